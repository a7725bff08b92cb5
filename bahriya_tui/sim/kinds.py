"""The resource kinds an embedded region serves. Only this table decides what exists."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource of the API; `group` is empty for the core group."""

    group: str
    plural: str
    singular: str
    name: str
    namespaced: bool
    short: tuple[str, ...] = ()
    status: bool = False
    categories: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def resource(self) -> str:
        """The name errors use: `deployments.apps`, or `secrets` for the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified(self) -> str:
        """The kind as validation errors write it: `Deployment.apps`, or `Secret`."""
        return f"{self.name}.{self.group}" if self.group else self.name


KINDS = (
    Kind("", "namespaces", "namespace", "Namespace", False, ("ns",), status=True),
    Kind("", "nodes", "node", "Node", False, ("no",), status=True),
    Kind("", "secrets", "secret", "Secret", True),
    Kind("", "services", "service", "Service", True, ("svc",), status=True, categories=("all",)),
    Kind("", "serviceaccounts", "serviceaccount", "ServiceAccount", True, ("sa",)),
    Kind("", "pods", "pod", "Pod", True, ("po",), status=True, categories=("all",)),
    Kind("", "events", "event", "Event", True, ("ev",)),
    Kind(
        "apps", "deployments", "deployment", "Deployment", True, ("deploy",), status=True, categories=("all",)
    ),
    Kind("apps", "replicasets", "replicaset", "ReplicaSet", True, ("rs",), status=True, categories=("all",)),
)
BY_PLURAL = {kind.plural: kind for kind in KINDS}
GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS if kind.group))
