"""The resource kinds an embedded region serves. Only this table decides what exists."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")

_RIGHTS = "rbac.authorization.k8s.io"


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
    version: str = "v1"

    @property
    def api_version(self) -> str:
        """`apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

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
    Kind("batch", "cronjobs", "cronjob", "CronJob", True, ("cj",), status=True, categories=("all",)),
    Kind("apps", "replicasets", "replicaset", "ReplicaSet", True, ("rs",), status=True, categories=("all",)),
    # Kept, and not obeyed: whoever knows a region's token may do all in it.
    Kind(_RIGHTS, "roles", "role", "Role", True),
    Kind(_RIGHTS, "rolebindings", "rolebinding", "RoleBinding", True),
    Kind(_RIGHTS, "clusterroles", "clusterrole", "ClusterRole", False),
    Kind(_RIGHTS, "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", False),
)
CRON_VERSIONS: tuple[str, ...] = ("v1",)
"""In which versions of `batch` a region serves CronJobs, unless it is told otherwise."""
BY_PLURAL = {kind.plural: kind for kind in KINDS}
