"""Bahriya inside one of its own regions, as the objects that an administrator applies there.

A StatefulSet of one pod, since a store has one worker: Kubernetes starts the next pod only when the one
before is gone. Its volume is claimed from a template, so deleting the objects leaves store and keys. The
account is that of `rbac`, and so are its rights, which are given region by region.
"""

import json
import re
from dataclasses import dataclass

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.handle import check_region_id
from bahriya_tui.model.manifests.marks import Manifest
from bahriya_tui.model.rbac import ACCOUNT, HOME, account, thing
from bahriya_tui.model.validate import image_reference

NAME = "bahriya"
"""The StatefulSet and its container; its pod is `bahriya-0`, its claim `store-bahriya-0`."""
STORE = "/var/lib/bahriya"
REGIONS = "/run/bahriya"
"""Kubeconfigs, certificates and tokens: not below the folders of the system, which the screens may read."""
HERE, OTHERS = f"{REGIONS}/here", f"{REGIONS}/regions"
"""Kubeconfig of the region that it runs in, and that of the others, from the Secret `bahriya-regions`."""
OTHERS_SECRET = "bahriya-regions"  # noqa: S105
USER = 10001
"""Owns the store, whose files nobody else may read; no account of any image."""
TOKEN_SECONDS = 86400
"""Life of the token for this region, renewed at four fifths. A region's part of a deployment logs in once."""

_HERE_MAP = "bahriya-here"
_QUANTITY = re.compile(r"[1-9][0-9]*(Mi|Gi|Ti)", re.ASCII)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs from cluster to cluster."""

    region: str
    """Context by which the region is known that it runs in."""
    image: str
    pull_secret: str | None = None
    """Secret of the namespace with which nodes pull the image; None for a public one."""
    storage: str = "1Gi"
    storage_class: str | None = None
    """None for the cluster's default."""


def checked(settings: Settings) -> Settings:
    """Give the settings back; `BadInput` for what Kubernetes would refuse, or run otherwise than meant."""
    check_region_id(settings.region)
    image_reference(settings.image)
    if not _QUANTITY.fullmatch(settings.storage):
        raise BadInput(f"storage {settings.storage[:40]!r} is no size", "write it as 1Gi or 500Mi")
    for what, name in (("pull secret", settings.pull_secret), ("storage class", settings.storage_class)):
        if name is not None and not _NAME.fullmatch(name):
            raise BadInput(f"{what} {name[:80]!r} is no name of Kubernetes", "look at `kubectl get`")
    return settings


def objects(settings: Settings) -> list[Manifest]:
    """Give everything but rights, which `rbac` has, and the other regions' kubeconfig, which is secret."""
    here = thing("v1", "ConfigMap", _HERE_MAP, HOME)
    workload = thing("apps/v1", "StatefulSet", NAME, HOME)
    workload["metadata"]["labels"] = _labels()
    return [
        *account(),
        {**here, "data": {"kubeconfig": json.dumps(_kubeconfig(settings.region))}},
        {
            **workload,
            "spec": {
                "replicas": 1,
                "serviceName": NAME,
                "selector": {"matchLabels": _labels()},
                "template": {"metadata": {"labels": _labels()}, "spec": _pod(settings)},
                "volumeClaimTemplates": [_claim(settings)],
            },
        },
    ]


def _labels() -> dict[str, str]:
    return {"app.kubernetes.io/name": NAME}


def _kubeconfig(region: str) -> Manifest:
    """Lead from inside a pod into its own cluster; the token is read anew from its file at each login."""
    cluster = {"server": "https://kubernetes.default.svc", "certificate-authority": f"{REGIONS}/ca.crt"}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": region,
        "clusters": [{"name": region, "cluster": cluster}],
        "users": [{"name": region, "user": {"tokenFile": f"{REGIONS}/token"}}],
        "contexts": [{"name": region, "context": {"cluster": region, "user": region}}],
    }


def _pod(settings: Settings) -> Manifest:
    pulled_with = {"imagePullSecrets": [{"name": settings.pull_secret}]} if settings.pull_secret else {}
    return {
        "serviceAccountName": ACCOUNT,
        # Its token comes with the kubeconfigs, on every version of Kubernetes with an end.
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        # The first process of a pod takes in those whose own parent is gone; the worker does not.
        "shareProcessNamespace": True,
        "terminationGracePeriodSeconds": 30,
        **pulled_with,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            # Otherwise each start opens all files to the group, and keys that others can read are refused.
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(settings)],
        "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "regions", "projected": _regions()}],
    }


def _container(settings: Settings) -> Manifest:
    return {
        "name": NAME,
        "image": settings.image,
        "command": ["bahriya", "worker", "run"],
        "env": [
            {"name": "BAHRIYA_HOME", "value": STORE},
            # Programs that log into clusters keep files there.
            {"name": "HOME", "value": "/tmp"},  # noqa: S108
            {"name": "LANG", "value": "C.UTF-8"},
        ],
        "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        # A store of an older release is brought up to date first, which may take minutes.
        "startupProbe": _probe(initialDelaySeconds=2, periodSeconds=2, failureThreshold=150),
        "livenessProbe": _probe(periodSeconds=60),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "store", "mountPath": STORE},
            {"name": "regions", "mountPath": REGIONS, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
        ],
    }


def _probe(**when: int) -> Manifest:
    command = ["bahriya", "worker", "status", "--exit-code"]
    return {"exec": {"command": command}, "timeoutSeconds": 10, **when}


def _regions() -> Manifest:
    """Gather what leads into regions; the others may come later, and are replaced while the pod runs."""
    others = [{"key": "kubeconfig", "path": "regions"}]
    return {
        "defaultMode": 0o440,
        "sources": [
            {"serviceAccountToken": {"path": "token", "expirationSeconds": TOKEN_SECONDS}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"configMap": {"name": _HERE_MAP, "items": [{"key": "kubeconfig", "path": "here"}]}},
            {"secret": {"name": OTHERS_SECRET, "items": others, "optional": True}},
        ],
    }


def _claim(settings: Settings) -> Manifest:
    named = {"storageClassName": settings.storage_class} if settings.storage_class is not None else {}
    return {
        "metadata": {"name": "store"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            **named,
            "resources": {"requests": {"storage": settings.storage}},
        },
    }
