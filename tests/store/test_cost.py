"""What is asked costs the same however much there is of what it is not about; SQLite steps are counted."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bahriya_tui.model.container import AppliedSecret, PlacedSecret, Placement
from bahriya_tui.store import containers, history, pulls, regions, registries, secrets
from bahriya_tui.store.database import Store
from bahriya_tui.store.driver import Connection
from tests.steps import steps

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
    few = steps(store.connection, question)
    _fill(store, range(FEW, MANY))
    assert steps(store.connection, question) <= 2 * few


def test_a_version_is_let_go_without_a_look_at_all_that_is_placed(store: Store) -> None:
    registry = replace(registries.get(store.connection, "shop", "ghcr"), max_versions=1)
    _fill(store, range(FEW))
    few = steps(store.connection, lambda c: history.dropped_for(c, registry, 2))
    _fill(store, range(FEW, MANY))
    assert steps(store.connection, lambda c: history.dropped_for(c, registry, 2)) <= 2 * few
    assert history.dropped_for(store.connection, registry, 2) == (1,)


@pytest.mark.parametrize("more", [(), (PlacedSecret("bahriya-hub-v1", "r2", 1),)])
def test_the_secrets_of_a_region_are_needed_without_a_look_at_all_that_pulls_with_them(
    store: Store, more: tuple[PlacedSecret, ...]
) -> None:
    _crowd(store, range(FEW), more)
    few = steps(store.connection, lambda c: secrets.unneeded(c, "shop", HERE))
    _crowd(store, range(FEW, MANY), more)
    assert steps(store.connection, lambda c: secrets.unneeded(c, "shop", HERE)) <= 2 * few
    assert secrets.unneeded(store.connection, "shop", HERE) == []


def _crowd(store: Store, numbers: range, more: tuple[PlacedSecret, ...]) -> None:
    """Place that many containers in one region, which all pull with the same."""
    with store.write() as tx:
        for number in numbers:
            placed = Placement("shop", f"web-{number}", HERE, number, "nginx:1", SECRET, "r1", 1, "u1", None)
            containers.place(tx, replace(placed, more=more))
        for name in (SECRET, *(one.name for one in more)):
            secrets.note(tx, AppliedSecret("shop", HERE, name, "r1", "ghcr", 1, "u2"))


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
