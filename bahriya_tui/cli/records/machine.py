"""The installation: worker, hooks, keys of the screens, what is served; and errors."""

from typing import Literal, TypedDict


class Shared(TypedDict):
    """With whom an installation is shared, and who runs its worker."""

    group: str | None
    access: Literal["none", "read", "write"]
    worker: str


class HooksTested(TypedDict):
    """How a trial of the hooks went."""

    event: str
    hooks: int
    """So many were run."""
    problems: list[str]


class Key(TypedDict):
    """An action of the screens and its keys."""

    action: str
    keys: list[str]
    default: list[str]
    changed: bool
    places: list[str]
    """Screens that it works on."""
    help: str


class WorkerStatus(TypedDict):
    """Whether a worker runs, and when something is due for one."""

    running: bool
    pid: int | None
    next_work: str | None


class WorkerStopped(TypedDict):
    """Whether a worker ran, and was stopped."""

    stopped: bool


class SimulatedRegistry(TypedDict):
    """How to reach the registry beside embedded regions."""

    server: str
    username: str
    password: str
    """Made for this run of it."""
    images: list[str]


class Simulated(TypedDict):
    """Embedded regions that are being served with a registry; without one nothing is printed."""

    kubeconfig: str
    registry: SimulatedRegistry


class Served(TypedDict):
    """Where the screens are served."""

    url: str
    """Works once, for the browser that opens it first."""
    read_only: bool


class ErrorDetail(TypedDict):
    """What went wrong."""

    code: int
    """The exit code."""
    message: str
    hint: str
    """What to do; may be empty."""


class Error(TypedDict):
    """An error, as a line on standard error."""

    error: ErrorDetail
