"""Projects' containers, the regions they run in, and deployments."""

from typing import Any, Literal, TypedDict

from bahriya_tui.cli.records.registries import Removal
from bahriya_tui.model.container import ContainerStatus, ContainerType, WorkloadKind
from bahriya_tui.model.deployment import Gate, Isolation, Kind, RegionRun, State
from bahriya_tui.model.drift import CellState


class InitJob(TypedDict):
    """An init job of a container."""

    name: str
    image: str
    command: list[str]
    """Instead of the image's own; empty leaves that as it is."""
    registry: str | None
    registry_missing: bool


class Container(TypedDict):
    """A container as it is wanted."""

    handle: str
    name: str
    project: str
    image: str
    type: ContainerType
    schedule: str | None
    """When a cronjob runs."""
    registry: str | None
    registry_missing: bool
    """Whether the registry that it names was deleted."""
    replicas: int
    port: int | None
    env: dict[str, str]
    init_jobs: list[InitJob]
    regions: list[str]
    status: ContainerStatus
    revision: int
    """Number of its latest deployment; 0 before the first."""
    created_at: str
    updated_at: str


class Placement(TypedDict):
    """What of a container is in one region."""

    region: str
    deployment: int
    kind: WorkloadKind
    image: str
    secret: str | None
    """Name of its pull secret."""
    version: int | None
    """Of the credentials in it."""
    init_secrets: list[str]


class ContainerDetail(Container):
    """A container and what of it is in the regions."""

    placements: list[Placement]


class Region(TypedDict):
    """A region; the credentials for it stay in the kubeconfig."""

    id: str
    name: str
    city: str
    country: str
    context: str
    kubeconfig: str
    server: str
    ca_fingerprint: str
    """SHA-256 of its CA certificates, hexadecimal; empty where the system's are used."""
    status: str
    """`active`, or `unreachable` when the last contact failed."""
    last_error: str
    last_seen_at: str | None
    created_at: str
    cron_api: str
    """The API version that serves CronJobs there; empty while nobody has asked."""
    failures: int
    """Contacts in a row that failed."""
    next_check_at: str | None
    protected: bool
    """Whether it has to be named before anything is changed there."""
    latencies: str
    """Milliseconds of the latest contacts, oldest first, with a space between them; `-` for failures."""


class RegionDetail(Region):
    """A region and what still has to go from it."""

    pending_removals: list[Removal]


class Manifests(TypedDict):
    """A Kubernetes List."""

    apiVersion: str
    kind: Literal["List"]
    items: list[dict[str, Any]]


class InitRun(TypedDict):
    """An init job as it was deployed."""

    name: str
    image: str
    registry: str | None
    version: int | None


class Deployment(TypedDict):
    """One revision of a container, or its termination, and how far each region is."""

    id: int
    project: str
    container: str
    revision: int
    kind: Kind
    state: State
    image: str
    registry: str | None
    version: int | None
    """Of the registry's credentials."""
    canary: str | None
    """The region that goes first, alone."""
    soak_seconds: int
    gate: Gate
    """`closed` until somebody resumes it after the canary."""
    max_failures: int | None
    take_over: bool
    init_jobs: list[InitRun]
    plaintext_ms: float | None
    """For how long a credential was open for it, over all processes."""
    isolation: Isolation | None
    """How well the least isolated of these was locked in."""
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    regions: list[RegionRun]


class Cell(TypedDict):
    """A registry in a region, as it was when that was read back."""

    registry: str
    region: str
    state: CellState
    version: int | None
    detail: str
    read_at: str | None
    expires_at: str | None
    """When the first token there ends, where they are made for a time only."""


class HandleDeleted(TypedDict):
    """A project or a container that was deleted."""

    handle: str
    deleted: Literal[True]


class RegionDeleted(TypedDict):
    """A region that was deleted."""

    id: str
    deleted: Literal[True]
