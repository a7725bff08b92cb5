import pytest

from bahriya_tui.model.connection import ConnectionSettings
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


def finished(store: Store, login: str, settings: ConnectionSettings | None = None) -> int:
    """Ask once more, and let the answer be `login`; gives the number of that check."""
    registry = registries.get(store.connection, "shop", "ghcr")
    with store.write() as tx:
        number = checks.request(tx, registry.id, 1, IMAGES, NOW, settings=settings)
        checks.finish(tx, number, {"login": login}, LATER)
    return number


def kept(store: Store) -> list[int]:
    registry = registries.get(store.connection, "shop", "ghcr")
    return [one.id for one in checks.of_version(store.connection, registry.id, 1)]


def test_of_the_checks_of_a_version_the_newest_are_kept(store: Store) -> None:
    numbers = [finished(store, "accepted") for _ in range(60)]
    assert kept(store) == numbers[-50:]


def test_a_rejection_that_stands_is_kept_with_its_beginning(store: Store) -> None:
    former = [finished(store, login) for login in ("rejected", "accepted")]
    standing = [finished(store, "rejected") for _ in range(3)]
    for _ in range(60):
        finished(store, "not proven")
    assert not {*former, standing[1]} & set(kept(store))
    assert {standing[0], standing[2]} <= set(kept(store))
    assert len(kept(store)) == 52


def test_tries_of_other_settings_do_not_drive_out_what_is_known_of_a_registry(store: Store) -> None:
    known = finished(store, "accepted")
    tried = [finished(store, "not proven", ConnectionSettings(True)) for _ in range(60)]
    assert kept(store) == [known, *tried[-50:]]
    last = checks.last(store.connection, registries.get(store.connection, "shop", "ghcr").id)
    assert last is not None
    assert last.id == known


def test_a_check_that_took_longer_than_many_others_has_its_answer(store: Store) -> None:
    slow = request(store, [])
    for _ in range(60):
        finished(store, "accepted")
    with store.write() as tx:
        checks.finish(tx, slow, {"login": "accepted"}, LATER)
    assert checks.get(store.connection, slow).state == "done"


@pytest.mark.parametrize("column", ["images", "result"])
def test_an_old_check_that_cannot_be_read_keeps_no_other_from_its_end(store: Store, column: str) -> None:
    broken = finished(store, "accepted")
    with store.write() as tx:
        tx.execute(f"UPDATE registry_check SET {column} = '[' WHERE id = ?", [broken])
    after = finished(store, "accepted")
    assert checks.get(store.connection, after).state == "done"
