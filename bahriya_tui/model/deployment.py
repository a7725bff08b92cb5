"""Deployments: one revision of a container on its way to its regions; states and legal moves as data."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["deploy", "terminate"]
State = Literal["queued", "running", "cancelling", "done", "partial", "failed", "cancelled", "held"]
RegionState = Literal[
    "queued",
    "connecting",
    "preflight",
    "pull_secret",
    "workload",
    "rolling",
    "removing",
    "running",
    "terminated",
    "failed",
    "unreachable",
    "held",
    "cancelled",
]

Gate = Literal["none", "closed", "open"]
"""Whether somebody has to approve the canary: closed until the deployment is resumed."""

Isolation = Literal["process only", "partial", "full"]
ISOLATIONS: tuple[Isolation, ...] = ("process only", "partial", "full")
"""How well an opener could lock itself in, the weakest first."""

ACTIVE: frozenset[State] = frozenset({"queued", "running", "cancelling"})
"""States in which a deployment still belongs to the worker; at most one per container."""

MOVES: dict[State, frozenset[State]] = {
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"running", "cancelling", "done", "partial", "failed", "held"}),
    "cancelling": frozenset({"cancelling", "cancelled", "done", "partial", "failed"}),
    "held": frozenset({"queued", "cancelled"}),
    "done": frozenset(),
    "partial": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}
"""Which state may follow which; `running` may follow itself when another worker takes over a lost lease."""

REGION_ENDED: frozenset[RegionState] = frozenset(
    {"running", "terminated", "failed", "unreachable", "held", "cancelled"}
)
"""States in which nothing more happens to a region in this deployment."""
WAITING_FOR_UNLOCK = "waiting for unlock: bahriya vault unlock"
"""What a region says in `pull_secret`, and a secret that is to be written, while the vault is locked."""

REGION_MOVES: dict[RegionState, frozenset[RegionState]] = {
    "queued": frozenset({"connecting", "held", "cancelled"}),
    "connecting": frozenset(
        {"preflight", "pull_secret", "workload", "removing", "unreachable", "failed", "cancelled"}
    ),
    "preflight": frozenset({"pull_secret", "workload", "failed", "unreachable", "cancelled"}),
    "pull_secret": frozenset({"pull_secret", "workload", "failed", "unreachable", "cancelled"}),
    "workload": frozenset({"rolling", "running", "failed", "unreachable", "cancelled"}),
    "rolling": frozenset({"rolling", "running", "failed", "unreachable", "cancelled"}),
    "removing": frozenset({"terminated", "failed", "unreachable", "cancelled"}),
    "held": frozenset({"queued", "cancelled"}),
    "running": frozenset({"failed", "unreachable"}),
    "terminated": frozenset(),
    "failed": frozenset(),
    "unreachable": frozenset(),
    "cancelled": frozenset(),
}
"""Which region state may follow which; after a takeover an unfinished region begins at `connecting` again.

A cronjob has nothing to roll: it counts as running once it is applied. Only a canary leaves `running`, when
it turns out to be bad while it soaks.
"""


@dataclass(frozen=True, slots=True)
class Pull:
    """With which pull secret one image is pulled, and the credentials in it."""

    registry: str
    registry_id: str
    server: str
    username: str
    version: int
    secret: str


@dataclass(frozen=True, slots=True)
class InitRun:
    """An init job as a deployment puts it into its regions."""

    name: str
    image: str
    command: tuple[str, ...] = ()
    registry: str | None = None
    registry_id: str | None = None
    server: str | None = None
    username: str | None = None
    version: int | None = None
    secret: str | None = None
    """As of `Spec`."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a deployment puts into its regions: a copy taken when it was asked for."""

    project: str
    container: str
    image: str
    type: str
    replicas: int
    port: int | None
    env: tuple[tuple[str, str], ...]
    registry: str | None = None
    registry_id: str | None = None
    server: str | None = None
    username: str | None = None
    version: int | None = None
    secret: str | None = None
    """The pull secret the pods name; with `registry_id` None it belongs to a deleted registry."""
    schedule: str | None = None
    init_jobs: tuple[InitRun, ...] = ()

    @property
    def pulls(self) -> tuple[Pull, ...]:
        """Give what its images are pulled with, its own first, each once."""
        found = [_pull(self), *(_pull(job) for job in self.init_jobs)]
        return tuple(dict.fromkeys(pull for pull in found if pull is not None))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Name the pull secrets that its pods name, those of deleted registries too, each once."""
        named = [self.secret, *(job.secret for job in self.init_jobs)]
        return tuple(dict.fromkeys(secret for secret in named if secret is not None))


def _pull(one: Spec | InitRun) -> Pull | None:
    if one.registry_id is None or one.registry is None or one.version is None or one.secret is None:
        return None
    return Pull(one.registry, one.registry_id, one.server or "", one.username or "", one.version, one.secret)


@dataclass(frozen=True, slots=True)
class Manner:
    """How carefully a deployment goes about its regions; the default is all at once, to the end."""

    canary: str | None = None
    """The region that goes first, alone; its failure always stops the others."""
    soak_seconds: int = 0
    """For how long the canary must run well before the others begin."""
    gate: Gate = "none"
    max_failures: int | None = None
    """After the canary so many may fail; None: a wave goes to its end, the next begins if none failed."""
    take_over: bool = False
    """Whether fields of the workload that another manager owns are taken from it."""


ALL_AT_ONCE = Manner()


@dataclass(frozen=True, slots=True)
class RegionRun:
    """How far one region is."""

    region: str
    wave: int
    state: RegionState
    message: str
    updated: int | None
    """New replicas so far, while rolling."""
    replicas: int | None
    started_at: str | None
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class Deployment:
    """One revision of a container, or its termination, in all the regions asked for."""

    id: int
    project: str
    container: str
    container_id: str
    revision: int
    kind: Kind
    state: State
    spec: Spec
    regions: tuple[RegionRun, ...]
    max_parallel: int
    cancel_requested: bool
    fence: int
    """Rises with each claim; a worker whose fence is older may not write any more."""
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    plaintext_ms: float | None
    """How long a credential was open for this deployment, summed over its openers."""
    isolation: Isolation | None
    """How well the least isolated of them was locked in; None before the first."""
    canary: str | None = None
    soak_seconds: int = 0
    gate: Gate = "none"
    max_failures: int | None = None
    take_over: bool = False
    """These five as in `Manner`."""

    @property
    def waits_for_unlock(self) -> bool:
        """Tell whether a region says that the vault is locked."""
        return any(one.state == "pull_secret" and one.message == WAITING_FOR_UNLOCK for one in self.regions)


def outcome(kind: Kind, states: list[RegionState], cancelled: bool) -> State:
    """Sum up a deployment whose regions have all ended: `done` only when every one of them got there."""
    good = "running" if kind == "deploy" else "terminated"
    if all(state == good for state in states):
        return "done"
    if "held" in states:
        return "held"
    if cancelled and "cancelled" in states:
        return "cancelled"
    return "partial" if good in states else "failed"
