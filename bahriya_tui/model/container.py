"""Containers: what runs, with which image and registry, in which regions."""

from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.deployment import WAITING_FOR_UNLOCK

ContainerType = Literal["http", "worker", "cronjob"]
ContainerStatus = Literal["provisioning", "running", "error", "terminating", "terminated"]
TYPES: tuple[ContainerType, ...] = ("http", "worker", "cronjob")
WorkloadKind = Literal["Deployment", "CronJob"]
"""What a container is in a region: a cronjob's pods come and go, those of the other types stay."""


@dataclass(frozen=True, slots=True)
class InitJob:
    """What runs to its end in every pod of a container before the container itself starts."""

    name: str
    image: str
    command: tuple[str, ...] = ()
    """Instead of the image's own entrypoint; empty leaves that as it is."""
    registry: str | None = None
    registry_id: str | None = None
    secret: str | None = None
    """These three are as a container's own."""

    @property
    def registry_missing(self) -> bool:
        """Tell whether the registry this job names was deleted."""
        return self.registry is not None and self.registry_id is None


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
    schedule: str | None = None
    """When a cronjob runs; None for every other type."""
    init_jobs: tuple[InitJob, ...] = ()
    """In the order in which they run."""

    @property
    def registry_missing(self) -> bool:
        """Tell whether the registry this container names was deleted."""
        return self.registry is not None and self.registry_id is None

    @property
    def registries(self) -> frozenset[str]:
        """Ids of all registries it pulls from, for itself or an init job."""
        named = {self.registry_id, *(job.registry_id for job in self.init_jobs)}
        return frozenset(id_ for id_ in named if id_ is not None)

    def images_from(self, registry_id: str) -> list[str]:
        """List the images it pulls with the credentials of this registry."""
        own = [self.image] if self.registry_id == registry_id else []
        return own + [job.image for job in self.init_jobs if job.registry_id == registry_id]


@dataclass(frozen=True, slots=True)
class PlacedSecret:
    """A pull secret that an init job of a placement pulls with."""

    name: str
    registry_id: str
    version: int


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
    kind: WorkloadKind = "Deployment"
    arriving: WorkloadKind | None = None
    """The kind that is about to replace `kind`, and may be there already."""
    more: tuple[PlacedSecret, ...] = ()
    """The pull secrets of its init jobs."""

    @property
    def workloads(self) -> list[tuple[WorkloadKind, str | None]]:
        """Kind and known uid of every workload: two in the midst of a change of type."""
        arriving = [] if self.arriving is None else [(self.arriving, None)]
        return [(self.kind, self.workload_uid), *arriving]


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
    expires_at: str | None = None
    """When the token in it ends, where it was made for a time only."""
    refresh_at: str | None = None
    """When the worker will ask for the next one; None where it need not, or has asked."""

    def __post_init__(self) -> None:
        """Let it hold the version it is named for unless told otherwise."""
        if not self.holds:
            object.__setattr__(self, "holds", self.version)


UNREACHABLE = "region cannot be reached: "
"""How the error of a removal begins where no connection to the region came about."""


@dataclass(frozen=True, slots=True)
class Removal:
    """An object that has to go from a region and may not be gone yet."""

    id: int
    project: str
    region: str
    kind: Literal["Secret", "Deployment", "Service", "CronJob"]
    name: str
    uid: str | None
    reason: str
    """For people: `registry ghcr was deleted`, `container api left this region`."""
    state: Literal["pending", "done"]
    attempts: int
    next_try_at: str
    last_error: str
    created_at: str
    registry_id: str | None = None
    """The registry whose deletion asked for it; that waits for an answer to each of its removals."""

    @property
    def answered(self) -> bool:
        """Tell whether the object is gone, or a try has shown that it cannot be removed for now."""
        return self.state == "done" or self.attempts > 0

    @property
    def unreachable(self) -> bool:
        """Tell whether the last try found the region out of reach."""
        return self.last_error.startswith(UNREACHABLE)

    @property
    def trouble(self) -> str:
        """Say what the last try ran into, without the words for a region that is out of reach."""
        return self.last_error.removeprefix(UNREACHABLE)


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

    @property
    def waits_for_unlock(self) -> bool:
        """Tell whether it is put off because the vault is locked."""
        return self.last_error == WAITING_FOR_UNLOCK
