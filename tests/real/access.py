"""Service accounts with few rights, and a kubeconfig with which an operator comes as one of them."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.real.cluster import Cluster

Rights = Mapping[str, tuple[str, ...]]
"""Verbs by resource; a resource outside the core group is written `deployments.apps`."""
ENOUGH: Rights = {
    "secrets": ("patch",),
    "pods": ("list",),
    "events": ("list",),
    "deployments.apps": ("patch", "watch"),
}
"""What a deployment needs in a project where an earlier one put the same objects."""


def let_in(cluster: Cluster, project: str, region: str, rights: Rights, file: Path) -> None:
    """Write a kubeconfig whose context `limited` leads into `region`, with these rights in its project."""
    namespace = f"bahriya-{project}"
    metadata = {"name": "limited", "namespace": namespace}
    subject = {"kind": "ServiceAccount", **metadata}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "limited"}
    rules = []
    for resource, verbs in rights.items():
        if not verbs:
            continue
        name, _, group = resource.partition(".")
        rules.append({"apiGroups": [group], "resources": [name], "verbs": list(verbs)})
    rbac = "rbac.authorization.k8s.io/v1"
    cluster.apply(
        region,
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": rbac, "kind": "Role", "metadata": metadata, "rules": rules},
        {
            "apiVersion": rbac,
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": role,
            "subjects": [subject],
        },
    )
    token = cluster.kubectl(region, "create", "token", "limited", "--namespace", namespace).strip()
    whole = yaml.safe_load(cluster.kubeconfig.read_text())
    context = next(one["context"] for one in whole["contexts"] if one["name"] == region)
    limited = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [one for one in whole["clusters"] if one["name"] == context["cluster"]],
        "users": [{"name": "limited", "user": {"token": token}}],
        "contexts": [{"name": "limited", "context": {"cluster": context["cluster"], "user": "limited"}}],
    }
    file.touch(0o600)
    file.write_text(yaml.safe_dump(limited))
