import pytest

from bahriya_tui.model.errors import NotFound
from bahriya_tui.store import checks, registries
from bahriya_tui.store.checks import Check
from bahriya_tui.store.database import Store

from .world import LATER, NOW

IMAGES = ["ghcr.io/acme/api:1", "ghcr.io/acme/web:2"]


def request(store: Store, images: list[str] = IMAGES) -> int:
    registry = registries.get(store.connection, "shop", "ghcr")
    with store.write() as tx:
        return checks.request(tx, registry.id, 1, images, NOW)


def claim(store: Store) -> Check | None:
    with store.write() as tx:
        return checks.claim(tx)


def test_a_check_is_claimed_once_and_answered(store: Store, other: Store) -> None:
    number = request(store)
    claimed = claim(other)
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.images) == (number, "running", tuple(IMAGES))
    assert claim(store) is None
    with other.write() as tx:
        checks.finish(tx, number, {"login": "accepted"}, LATER)
    done = checks.get(store.connection, number)
    assert (done.state, done.result, done.finished_at) == ("done", {"login": "accepted"}, LATER)
    assert checks.last(store.connection, done.registry_id) == done


def test_checks_are_claimed_in_the_order_they_were_asked_for(store: Store) -> None:
    numbers = [request(store), request(store, [])]
    assert [one.id for one in (claim(store), claim(store)) if one] == numbers


@pytest.mark.parametrize(
    "images", ["", "{}", "1", "null", '{"images": [], "settings": {"later": 1}}', "[" * 9999]
)
def test_a_check_that_cannot_be_read_keeps_nobody_from_the_others(store: Store, images: str) -> None:
    broken, good = request(store), request(store, [])
    with store.write() as tx:
        tx.execute("UPDATE registry_check SET images = ? WHERE id = ?", [images, broken])
    claimed = claim(store)
    assert claimed is not None
    assert claimed.id == good
    assert claim(store) is None


def test_the_checks_of_a_worker_that_ended_are_done_by_the_next_one(store: Store) -> None:
    number = request(store)
    claim(store)
    with store.write() as tx:
        checks.reset_running(tx)
    again = claim(store)
    assert again is not None
    assert again.id == number


def test_a_finished_check_is_not_done_again(store: Store) -> None:
    number = request(store)
    with store.write() as tx:
        checks.finish(tx, number, {}, NOW)
        checks.reset_running(tx)
    assert claim(store) is None


def test_an_open_check_does_not_hide_the_last_result(store: Store) -> None:
    first = request(store)
    with store.write() as tx:
        checks.finish(tx, first, {"login": "rejected"}, NOW)
    second = request(store)
    registry_id = checks.get(store.connection, second).registry_id
    last = checks.last(store.connection, registry_id)
    assert last is not None
    assert last.id == first


def test_a_registry_that_was_never_checked_has_no_result(store: Store) -> None:
    assert checks.last(store.connection, "nobody") is None


def test_the_result_for_a_registry_that_is_gone_is_dropped(store: Store) -> None:
    number = request(store)
    claim(store)
    with store.write() as tx:
        registries.delete(tx, registries.get(tx.conn, "shop", "ghcr").id)
        checks.finish(tx, number, {}, NOW)
    with pytest.raises(NotFound, match="its registry may have been deleted"):
        checks.get(store.connection, number)
