"""What events are about, and the words that people read for it; scripts read the phase itself."""

from typing import Literal, get_args

from bahriya_tui.model.audit import Action
from bahriya_tui.model.deployment import RegionRun, RegionState, State

Told = Literal["warning", "conflict", "fields_taken", "soaking", "soaked", "taken_over"]
"""Of a deployment under way, beside the states of itself and its regions."""
Tended = Literal[
    "removal.done",
    "removal.pending",
    "secret.written",
    "secret.left",
    "secret.pending",
    "registry.version-dropped",
    "store",
    "notify.failed",
]
"""What the worker tells of its other work."""
Phase = Literal[State, RegionState, Told, Tended, Action]

_OWN: dict[State | RegionState | Told | Tended, str] = {
    "queued": "queued",
    "connecting": "connecting",
    "preflight": "preflight",
    "pull_secret": "pull secret",
    "workload": "workload",
    "rolling": "rolling",
    "removing": "removing",
    "running": "running",
    "terminated": "terminated",
    "failed": "failed",
    "unreachable": "unreachable",
    "held": "held",
    "cancelling": "cancelling",
    "cancelled": "cancelled",
    "done": "done",
    "partial": "partial",
    "warning": "warning",
    "conflict": "other owner",
    "fields_taken": "taken over",
    "soaking": "soaking",
    "soaked": "soak passed",
    "taken_over": "carried on",
    "removal.done": "removed",
    "removal.pending": "removal waits",
    "secret.written": "secret set",
    "secret.left": "secret kept",
    "secret.pending": "secret waits",
    "registry.version-dropped": "version gone",
    "store": "store",
    "notify.failed": "hook failed",
}
WORDS: dict[str, str] = {
    **{action: action.replace(".", " ").replace("-", " ") for action in get_args(Action)},
    **{str(phase): said for phase, said in _OWN.items()},
}
"""Of each phase; at most 13 characters where a log of deployments shows it. Actions read as they are."""


def words(phase: str) -> str:
    """Give the words for a phase; one that a newer version wrote is shown as it is."""
    return WORDS.get(phase, phase)


_SHARES: dict[RegionState, float] = {
    "connecting": 0.1,
    "preflight": 0.2,
    "pull_secret": 0.3,
    "workload": 0.4,
    "rolling": 0.5,
    "removing": 0.5,
    "running": 1.0,
    "terminated": 1.0,
}


def share(region: RegionRun) -> float:
    """Tell how far a region is, from 0 to 1; while rolling, by new replicas, which need not run yet."""
    reached = _SHARES.get(region.state, 0.0)
    if region.state == "rolling" and region.replicas:
        reached += 0.4 * min(1.0, (region.updated or 0) / region.replicas)
    return reached
