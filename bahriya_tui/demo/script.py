"""The script of the tour: what happens in each step, what to press, and what shows that it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bahriya_tui.demo.world import DOWN, EDITED, REGISTRIES, SLOW, TOUR_TOKEN
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.tui.tour import Step

if TYPE_CHECKING:
    from pathlib import Path

    from bahriya_tui.model.deployment import Deployment
    from bahriya_tui.model.registry import Registry
    from bahriya_tui.operations.inspect import World

OURS, FOREIGN = REGISTRIES
FIRST, REFUSED, ASIDE = "web", "api", "docs"
"""The containers that are deployed; the last one needs no token, so its steps work whatever was skipped."""

_UNAUTHORIZED = "401 Unauthorized"


def _arrived(before: World, now: World) -> str:
    done = [one for one in _since(before, now) if one.container == FIRST and one.state == "done"]
    return f"{FIRST} runs in {len(done[0].regions)} regions" if done else ""


def _refused(before: World, now: World) -> str:
    for one in _since(before, now):
        refused = [run for run in one.regions if run.state == "failed" and _UNAUTHORIZED in run.message]
        if refused and one.state not in ACTIVE:
            return f"{len(refused)} regions were told {_UNAUTHORIZED}; what ran there before still does"
    return ""


def _replaced(before: World, now: World) -> str:
    registry, old = _registry(now, OURS), _registry(before, OURS)
    if registry is None or old is None or registry.version == old.version:
        return ""
    linked = [one.id for one in now.containers if registry.id in one.registries]
    latest = [_latest(now, id_) for id_ in linked]
    if any(one is None or one.state != "done" or one.spec.version != registry.version for one in latest):
        return ""
    return f"all pull with v{registry.version}; v{old.version} may be revoked"


def _lost(before: World, now: World) -> str:
    for one in _since(before, now):
        lost = [run.region for run in one.regions if run.state == "unreachable"]
        if lost and one.state not in ACTIVE:
            running = sum(run.state == "running" for run in one.regions)
            return f"deployment {one.id} reached {running} regions; {lost[0]} was unreachable"
    return ""


def _regained(before: World, now: World) -> str:
    done = [one for one in _since(before, now) if one.state == "done" and _in(one, DOWN)]
    return f"deployment {done[0].id} brought {done[0].container} to {DOWN}" if done else ""


def _watched(before: World, now: World) -> str:
    ended = [one for one in _since(before, now) if one.state not in ACTIVE and _in(one, SLOW)]
    return f"deployment {ended[0].id} ended: {ended[0].state}" if ended else ""


def _repaired(before: World, now: World) -> str:
    last = max((one.seq for one in before.audit), default=0)
    asked = [one for one in now.audit if one.seq > last and one.action == "registry.repaired"]
    cells = now.matrix.cells if now.matrix is not None else ()
    edited = [cell for cell, _ in cells if cell.state == "edited"]
    return f"{OURS} in {EDITED} is as it should be" if asked and not edited else ""


def _deleted(_: World, now: World) -> str:
    return f"{FOREIGN} is gone, its pull secrets too" if _registry(now, FOREIGN) is None else ""


SCRIPT = (
    Step(
        "A deployment",
        f"Press 2, go down to {FIRST}, press d, then Enter: it goes to three regions.",
        _arrived,
    ),
    Step(
        f"The token of {OURS} expired",
        f"Press 2, choose {REFUSED}, press d, then Enter: no region can pull its image.",
        _refused,
        "expire",
    ),
    Step(
        "A new token",
        f"Press 1, choose {OURS}, press r, then Enter; type {TOUR_TOKEN}, Enter. "
        "Then right arrow for deploy, Enter; wait until the old token may be revoked.",
        _replaced,
        "renew",
    ),
    Step(
        f"{DOWN} is down",
        f"Press 2, choose {ASIDE}, press d, then Enter: the other regions go on.",
        _lost,
        "down",
    ),
    Step(
        f"{DOWN} is back",
        f"Press R on that deployment of {ASIDE} (4, first line): it tries once more.",
        _regained,
    ),
    Step(
        f"Pods start slowly in {SLOW}",
        f"Press 2, choose {ASIDE}, press d, then Enter. Wait for its end, or cancel: c, right arrow, Enter.",
        _watched,
        "slow",
    ),
    Step(
        "A pull secret was edited by hand",
        "Press 1, m, then r: it is found. A, then right arrow and Enter: mended.",
        _repaired,
        "edit",
    ),
    Step(
        "A registry goes",
        f"Press 1, choose {FOREIGN}, press x. Read who needs it; Unlink all and delete.",
        _deleted,
    ),
)

END = "The end of the tour", "The demo goes on: ? lists the keys of a screen, F4 puts this away, q leaves."


def without_tour(token: Path) -> tuple[str, str]:
    """Give what the strip says where nobody is led: how to rotate a token, with the one in the file."""
    says = f"To rotate {OURS}: 1, its line, r, and paste what is in {token}. Led: bahriya demo --tour."
    return "Sample data, embedded regions", says


def _since(before: World, now: World) -> list[Deployment]:
    """Give the deployments that are newer than the step, newest first."""
    last = max((one.id for one in before.deployments), default=0)
    return [one for one in now.deployments if one.id > last]


def _latest(world: World, container: str) -> Deployment | None:
    return next((one for one in world.deployments if one.container_id == container), None)


def _registry(world: World, handle: str) -> Registry | None:
    return next((one for one in world.registries if one.handle == handle), None)


def _in(deployment: Deployment, region: str) -> bool:
    return any(run.region == region for run in deployment.regions)
