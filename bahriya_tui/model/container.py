"""Containers: what runs, with which image and registry, in which regions."""

from dataclasses import dataclass
from typing import Literal

ContainerType = Literal["http", "worker"]
ContainerStatus = Literal["provisioning", "running", "error", "terminating", "terminated"]
TYPES: tuple[ContainerType, ...] = ("http", "worker")


@dataclass(frozen=True, slots=True)
class Container:
    """One container as the operator wants it; deployments say what the regions made of it."""

    id: str
    project: str
    handle: str
    name: str
    image: str
    type: ContainerType
    registry: str | None
    """The registry's handle as it was named; kept when that registry is deleted."""
    registry_id: str | None
    secret: str | None
    """Name of the pull secret of a registry that was deleted; it stays in the pod template."""
    replicas: int
    port: int | None
    env: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]
    """Active regions, at least one."""
    status: ContainerStatus
    revision: int
    """Number of the latest deployment of this container; 0 before the first."""
    created_at: str
    updated_at: str

    @property
    def registry_missing(self) -> bool:
        """Tell whether the registry this container names was deleted."""
        return self.registry is not None and self.registry_id is None


@dataclass(frozen=True, slots=True)
class Placement:
    """What of a container was put into one region, so that it can be found and removed there."""

    project: str
    container: str
    region: str
    deployment: int
    image: str
    secret: str | None
    registry_id: str | None
    version: int | None
    workload_uid: str | None
    service_uid: str | None


@dataclass(frozen=True, slots=True)
class AppliedSecret:
    """A pull secret that was, or was about to be, written into one region."""

    project: str
    region: str
    name: str
    registry_id: str
    registry: str
    version: int
    uid: str | None
    """None until the region confirmed it."""
    holds: int = 0
    """The version whose token is in it: `version` (or 0), unless another one was put in since."""

    def __post_init__(self) -> None:
        """Let it hold the version it is named for unless told otherwise."""
        if not self.holds:
            object.__setattr__(self, "holds", self.version)


@dataclass(frozen=True, slots=True)
class Removal:
    """An object that has to go from a region and may not be gone yet."""

    id: int
    project: str
    region: str
    kind: Literal["Secret", "Deployment", "Service"]
    name: str
    uid: str | None
    reason: str
    """For people: `registry ghcr was deleted`, `container api left this region`."""
    state: Literal["pending", "done"]
    attempts: int
    next_try_at: str
    last_error: str
    created_at: str


@dataclass(frozen=True, slots=True)
class SecretWrite:
    """A pull secret in a region that is to hold the token of a certain version, and may not do so yet."""

    id: int
    project: str
    region: str
    name: str
    """The secret, which keeps its name: workloads are not touched."""
    registry_id: str
    version: int
    """The version whose token is put in."""
    reason: str
    """For people: `v1 was withdrawn`, `it was missing`."""
    actor: str
    state: Literal["pending", "done"]
    attempts: int
    next_try_at: str
    last_error: str
    created_at: str
    force: bool = False
    """Whether it is taken back from whoever changed it: an operator asked for its repair."""
