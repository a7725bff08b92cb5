"""What is asked about one region costs the same however much is in the others; SQLite steps are counted."""

from collections.abc import Callable

import pytest

from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.store import containers, pulls, regions, secrets
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import Connection

from .world import REGIONS, region

HERE, SECRET = REGIONS[0], "bahriya-ghcr-v1"
FEW, MANY = 10, 400


@pytest.mark.parametrize(
    "question",
    [
        lambda c: containers.placements(c, "shop", "web", HERE),
        lambda c: secrets.applied(c, project="shop", region=HERE),
        lambda c: pulls.naming(c, "shop", SECRET, HERE),
        lambda c: secrets.unneeded(c, "shop", HERE),
    ],
)
def test_a_question_about_one_region_does_not_look_at_the_others(
    store: Store, question: Callable[[Connection], object]
) -> None:
    _fill(store, range(FEW))
    few = _steps(store.connection, question)
    _fill(store, range(FEW, MANY))
    assert _steps(store.connection, question) <= 2 * few


def _fill(store: Store, numbers: range) -> None:
    with store.write() as tx:
        for number in numbers:
            elsewhere = f"region-{number}"
            regions.insert(tx, region(elsewhere))
            for where in (HERE, elsewhere) if number == 0 else (elsewhere,):
                containers.place(
                    tx,
                    Placement("shop", "web", where, number, "nginx:1", SECRET, "r1", 1, "u1", None),
                )
                secrets.note(tx, AppliedSecret("shop", where, SECRET, "r1", "ghcr", 1, "u2"))


def _steps(c: Connection, question: Callable[[Connection], object]) -> int:
    """Count the steps of SQLite's virtual machine, give or take one in ten."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    c.set_progress_handler(step, 10)
    try:
        assert question(c) is not None
    finally:
        c.set_progress_handler(None, 10)
    return max(steps, 1)
