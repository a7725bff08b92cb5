"""The way a deployment takes through its regions, from what an operator said about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from bahriya_tui.model.deployment import Manner
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.waves import canaries, failures_allowed, parse_soak, plan_waves
from bahriya_tui.store import regions

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


class Careful(TypedDict, total=False):
    """How carefully to go, as operators write it; nothing of it means all regions at once."""

    canary: str | None
    soak: str | None
    """As in `5m`; needs a canary, and so does the gate."""
    gate: bool
    batch: str | None
    """As in `5` or `25%`."""
    max_parallel: int | None
    max_failures: str | None
    """As in `2` or `10%`."""


@dataclass(frozen=True, slots=True)
class Way:
    """In which order regions are taken, and how carefully."""

    waves: tuple[tuple[str, ...], ...]
    max_parallel: int
    """How many regions of a wave are worked on at the same time."""
    manner: Manner


def canaries_of(
    c: "Connection", places: Mapping[str, Sequence[str]], asked: str | None
) -> dict[str, str | None]:
    """Choose the canary of each container, by its handle with its regions; raises as `way_through` does."""
    if asked is None:
        return dict.fromkeys(places)
    regions.get(c, asked)
    return dict(canaries(places, asked))


def way_through(c: "Connection", places: Sequence[str], careful: Careful) -> Way:
    """Plan the way through the regions `places`; `BadInput`, or `NotFound` for a canary that is no region."""
    canary, soak, gate = careful.get("canary"), careful.get("soak"), careful.get("gate", False)
    at_once, failures = careful.get("max_parallel"), careful.get("max_failures")
    if at_once is not None and at_once < 1:
        raise BadInput(f"{at_once} regions at a time would never end", "choose at least 1")
    if canary is not None:
        regions.get(c, canary)
    elif gate or soak is not None:
        raise BadInput("only a canary soaks, or waits for approval", "name one: --canary REGION")
    others = len(places) - (canary is not None)
    allowed = None if failures is None else failures_allowed(failures, others)
    return Way(
        waves=plan_waves(places, canary, careful.get("batch")),
        max_parallel=at_once or len(places),
        manner=Manner(canary, parse_soak(soak or "0"), "closed" if gate else "none", allowed),
    )
