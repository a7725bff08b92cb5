"""Waves: in which order regions are started, and when those that have not begun are held back."""

import re
from collections.abc import Mapping, Sequence

from bahriya_tui.model import clock
from bahriya_tui.model.deployment import Deployment, RegionRun, RegionState
from bahriya_tui.model.errors import BadInput

LONGEST_SOAK = 24 * 3600
"""Seconds; whoever wants to wait longer wants a gate."""
BAD: frozenset[RegionState] = frozenset({"failed", "unreachable"})


def parse_batch(text: str) -> tuple[int, bool]:
    """Read `5` or `25%` as (number, whether it is a share); raise `BadInput` otherwise."""
    number, share = _number_or_share(text, "batch")
    if number < 1:
        raise BadInput(f"batch {text!r} would never end", "write for example 5 or 25%")
    return number, share


def parse_soak(text: str) -> int:
    """Read for how long a canary is to run before the others, in seconds; raise `BadInput` otherwise."""
    return clock.parse_seconds(text, "soak time", LONGEST_SOAK, "use --gate to wait for somebody")


def failures_allowed(text: str, after_canary: int) -> int:
    """Read `2` or `10%` (of the regions after the canary, rounded down) as how many may fail."""
    number, share = _number_or_share(text, "max failures")
    return after_canary * number // 100 if share else number


def _number_or_share(text: str, what: str) -> tuple[int, bool]:
    found = re.fullmatch(r"([0-9]{1,6})(%?)", text)
    if found is None or (found[2] and int(found[1]) > 100):
        raise BadInput(f"{what} {text!r} is neither a number nor a percentage", "write for example 5 or 25%")
    return int(found[1]), bool(found[2])


def canaries(places: Mapping[str, Sequence[str]], asked: str) -> dict[str, str]:
    """Choose for each container, by its handle with its regions, which of these goes first, alone.

    That is `asked`, or its own first region where it does not run there: none goes everywhere at once because
    the others have another canary. `BadInput` when none of them runs in `asked`.
    """
    if not any(asked in regions for regions in places.values()):
        them = f"container {next(iter(places))}" if len(places) == 1 else f"any of {', '.join(places)}"
        there = dict.fromkeys(region for regions in places.values() for region in regions)
        raise BadInput(f"canary {asked!r} is not a region of {them}", f"choose one of {', '.join(there)}")
    return {name: asked if asked in regions else regions[0] for name, regions in places.items()}


def elsewhere(container: str, asked: str | None, canary: str | None) -> str:
    """Say that a container has another canary than was asked for; empty when it has not."""
    if canary == asked:
        return ""
    return f"container {container} does not run in {asked}: its canary is {canary}"


def plan_waves(
    regions: Sequence[str], canary: str | None = None, batch: str | None = None
) -> tuple[tuple[str, ...], ...]:
    """Put `regions` in waves: the canary alone, then batches; everything at once unless told otherwise.

    A share is of the regions after the canary, rounded down, at least one.
    """
    if canary is not None and canary not in regions:
        raise BadInput(f"canary {canary!r} is not one of the regions of this deployment", ", ".join(regions))
    rest = [region for region in regions if region != canary]
    size = len(rest)
    if batch is not None:
        number, share = parse_batch(batch)
        size = max(1, len(rest) * number // 100) if share else number
    waves = [tuple(rest[start : start + size]) for start in range(0, len(rest), size)] if rest else []
    return ((canary,), *waves) if canary is not None else tuple(waves)


def canary_of(deployment: Deployment) -> RegionRun | None:
    """Find the region that goes first, alone; None without one."""
    return next((one for one in deployment.regions if one.region == deployment.canary), None)


def why_held(deployment: Deployment, wave: int, since: str) -> str:
    """Say why the regions of `wave` that have not begun must not begin now; empty when they may.

    What failed before `since` was seen by whoever resumed the deployment, and does not count any more.
    """
    canary = canary_of(deployment)
    bad = [one for one in deployment.regions if one.state in BAD and (one.finished_at or "") >= since]
    if canary is not None and canary.wave < wave:
        if canary in bad:
            return f"the canary {canary.region} {_ended(canary)}"
        if deployment.gate == "closed":
            return f"waits for approval: the canary {canary.region} is {canary.state}"
    limit = deployment.max_failures
    counted = [one for one in bad if one is not canary and (limit is not None or one.wave < wave)]
    if len(counted) <= (limit or 0):
        return ""
    if limit is None:
        return "an earlier wave failed"
    many = "1 region" if len(counted) == 1 else f"{len(counted)} regions"
    return f"{many} failed, {limit} may: {', '.join(one.region for one in counted)}"


def _ended(run: RegionRun) -> str:
    return "failed" if run.state == "failed" else "could not be reached"


def soak_left(deployment: Deployment, now: str) -> float | None:
    """Give the seconds that the canary still has to run before the others; None when none are asked for.

    0.0 when it is time to look at it again. Read from what is stored, so another worker goes on with the same
    soak; a clock that was set back makes it at most as long as a whole one.
    """
    canary = canary_of(deployment)
    if canary is None or canary.state != "running" or canary.finished_at is None:
        return None
    others_begun = any(one.started_at is not None for one in deployment.regions if one is not canary)
    if not deployment.soak_seconds or deployment.gate == "open" or others_begun:
        return None
    passed = clock.seconds_between(canary.finished_at, now)
    return max(0.0, min(deployment.soak_seconds - passed, deployment.soak_seconds))
