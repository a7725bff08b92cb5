"""Questions about pull secrets of others: queued, taken up once, answered, and taken out."""

from bahriya_tui.store import adoptions, work
from bahriya_tui.store.database import Store

from .world import LATER, NOW


def ask(store: Store, now: str = NOW) -> int:
    with store.write() as tx:
        return adoptions.request(tx, "shop", "helsinki-1", "look", {"namespace": ""}, now, "mira")


def test_a_question_is_work_until_it_is_claimed_once(store: Store) -> None:
    number = ask(store)
    assert work.anything(store.connection, NOW)
    with store.write() as tx:
        claimed = adoptions.claim(tx)
        assert adoptions.claim(tx) is None
    assert claimed is not None
    assert (claimed.id, claimed.region, claimed.kind, claimed.requested_by) == (
        number,
        "helsinki-1",
        "look",
        "mira",
    )
    assert not work.anything(store.connection, LATER)


def test_a_question_that_cannot_be_read_keeps_nobody_from_the_others(store: Store) -> None:
    broken, good = ask(store), ask(store)
    with store.write() as tx:
        tx.execute("UPDATE adoption SET request = '{' WHERE id = ?", [broken])
        claimed = adoptions.claim(tx)
        assert adoptions.claim(tx) is None
    assert claimed is not None
    assert claimed.id == good
    assert adoptions.get(store.connection, broken) is None


def test_what_a_dead_worker_left_behind_is_asked_again(store: Store) -> None:
    ask(store)
    with store.write() as tx:
        adoptions.claim(tx)
        adoptions.reset_running(tx)
        assert adoptions.claim(tx) is not None


def test_an_answer_is_kept_until_it_is_taken_out(store: Store) -> None:
    number = ask(store)
    with store.write() as tx:
        adoptions.claim(tx)
        adoptions.finish(tx, number, {"secrets": []}, NOW)
    found = adoptions.get(store.connection, number)
    assert found is not None
    assert (found.state, found.result) == ("done", {"secrets": []})
    with store.write() as tx:
        adoptions.take_out(tx, number)
        adoptions.finish(tx, number, {}, NOW)
    assert adoptions.get(store.connection, number) is None


def test_an_answer_that_nobody_took_is_dropped_with_a_later_question(store: Store) -> None:
    number = ask(store)
    with store.write() as tx:
        adoptions.claim(tx)
        adoptions.finish(tx, number, {"secrets": []}, "2026-11-23T12:00:00.000Z")
    ask(store, "2026-11-23T12:59:00.000Z")
    assert adoptions.get(store.connection, number) is not None
    ask(store, "2026-11-23T13:01:00.000Z")
    assert adoptions.get(store.connection, number) is None
