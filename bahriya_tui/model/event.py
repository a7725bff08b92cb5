"""Events: what happened, in the order it happened; what a screen replays after a reconnect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a deployment, a registry, a container or a region."""

    seq: int
    at: str
    project: str | None
    phase: str
    """A region state, a deployment state, or a verb such as `registry.rotated`: see `model.phases`."""
    message: str
    deployment: int | None = None
    region: str | None = None
    container: str | None = None
    registry: str | None = None
    actor: str = ""
