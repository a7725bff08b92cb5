"""What the worker must be allowed to do in a region, as the objects of Kubernetes RBAC that allow just that.

Server-side apply of an object that is not there yet needs `create` beside `patch`. Reading the metadata of a
secret needs `get`: RBAC knows no right to metadata alone, so this account could read secrets; we never do.
"""

from collections.abc import Sequence

from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import Manifest
from bahriya_tui.model.manifests.namespace import manifest

ACCOUNT, HOME = "bahriya", "bahriya-system"
"""The service account, and the namespace it is in."""

_CHANGED = ("get", "create", "patch", "delete")
IN_PROJECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "secrets", (*_CHANGED, "list")),
    ("", "services", _CHANGED),
    ("apps", "deployments", (*_CHANGED, "list", "watch")),
    ("batch", "cronjobs", _CHANGED),
    ("", "pods", ("list",)),
    ("", "events", ("list",)),
)
"""API group, resource and verbs, in the namespace of each project."""
NAMESPACES = ("get", "create", "patch")
"""Verbs on namespaces; `get` alone where each project's was made before."""


def manifests(projects: Sequence[str]) -> list[Manifest]:
    """Give an account for these projects alone: their namespaces are made here, and it can make no other.

    Without any project it may make the namespaces of all, and do the same in every namespace of the region.
    """
    if not projects:
        rules = [*_rules(), _rule("", "namespaces", NAMESPACES)]
        return [*account(), _role("ClusterRole", rules), _binding("ClusterRole")]
    names = [namespace(project) for project in projects]
    see = {**_rule("", "namespaces", ("get",)), "resourceNames": names}
    inside = [one for project in projects for one in _in_project(project)]
    return [*account(), _role("ClusterRole", [see]), _binding("ClusterRole"), *inside]


def account() -> list[Manifest]:
    """Give the account alone, without any right, and the namespace it is in."""
    return [thing("v1", "Namespace", HOME), thing("v1", "ServiceAccount", ACCOUNT, HOME)]


def thing(api: str, kind: str, name: str, where: str = "") -> Manifest:
    """Begin an object of this name, in namespace `where` unless it is in none."""
    metadata: Manifest = {"name": name, **({"namespace": where} if where else {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata}


def _in_project(project: str) -> list[Manifest]:
    name = namespace(project)
    return [manifest(project), _role("Role", _rules(), name), _binding("Role", name)]


def _rules() -> list[Manifest]:
    return [_rule(*one) for one in IN_PROJECTS]


def _rule(group: str, resource: str, verbs: Sequence[str]) -> Manifest:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}


def _role(kind: str, rules: list[Manifest], where: str = "") -> Manifest:
    return {**thing("rbac.authorization.k8s.io/v1", kind, ACCOUNT, where), "rules": rules}


def _binding(kind: str, where: str = "") -> Manifest:
    return {
        **thing("rbac.authorization.k8s.io/v1", f"{kind}Binding", ACCOUNT, where),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": ACCOUNT},
        "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": HOME}],
    }
