"""The script of the tour: what happens in each step, what to press, and what shows that it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bahriya_tui.demo.world import DOWN, EDITED, REGISTRIES, SLOW, TOUR_TOKEN
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.tui.tour import Step

if TYPE_CHECKING:
    from bahriya_tui.model.deployment import Deployment
    from bahriya_tui.model.registry import Registry
    from bahriya_tui.operations.inspect import World

OURS, FOREIGN = REGISTRIES
REFUSED, ASIDE = "api", "docs"
"""The container whose token is refused, and one that needs none: its steps work whatever was skipped."""


def _arrived(_: World, now: World) -> str:
    waiting = [one for one in now.containers if one.status != "running"]
    return f"{len(now.containers)} containers run" if now.containers and not waiting else ""


def _refused(before: World, now: World) -> str:
    failed = [run for one in _since(before, now) if one.spec.registry == OURS for run in one.regions]
    words = [f"{run.region}: {run.message}" for run in failed if run.state == "failed"]
    return words[0] if words else ""


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
            return f"deployment {one.id} reached {running} regions; {lost[0]} is told as unreachable"
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
        "Six containers set out",
        "They are on their way to three regions. Press 4 to see the deployments.",
        _arrived,
    ),
    Step(
        "A token has expired",
        f"The registry refuses {OURS}'s token. Press 2, choose {REFUSED}, press d, then Enter.",
        _refused,
        "expire",
    ),
    Step(
        "A new token",
        f"Press 1, choose {OURS}, press r, then Enter; type {TOUR_TOKEN}, then Enter. "
        "Let it be deployed, and wait until the old token may be revoked.",
        _replaced,
        "renew",
    ),
    Step(
        "A region is down",
        f"{DOWN} does not answer. Press 2, choose {ASIDE}, press d, then Enter: the others go on.",
        _lost,
        "down",
    ),
    Step(
        "The region is back",
        f"Press 4, choose the deployment of {ASIDE} that lacks {DOWN}, and press R to try again.",
        _regained,
    ),
    Step(
        "A slow rollout",
        f"Pods start slowly in {SLOW}. Press 2, choose {ASIDE}, press d, then Enter; "
        "then wait for its end, or press c to cancel it.",
        _watched,
        "slow",
    ),
    Step(
        "A pull secret was edited",
        f"Somebody changed one in {EDITED} with kubectl. Press 1, then m, then r: it is found. "
        "Press A to write it again.",
        _repaired,
        "edit",
    ),
    Step(
        "A registry goes",
        f"Press 1, choose {FOREIGN}, press x: the dialog says who still needs it. "
        "Choose Unlink all and delete.",
        _deleted,
    ),
)


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
