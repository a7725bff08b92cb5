"""What has to go from a region is tried when somebody asks for it."""

from bahriya_tui.model.clock import later, now
from bahriya_tui.operations.removals import try_removals
from bahriya_tui.store import removals
from tests.operations.conftest import Quiet


def test_a_region_is_tried_now_and_the_worker_wakes_only_where_something_is_pending(session: Quiet) -> None:
    with session.store.write() as tx:
        number = removals.add(
            tx,
            project="shop",
            region="helsinki-1",
            kind="Secret",
            name="bahriya-team-v1",
            uid=None,
            reason="registry team was deleted",
            now=now(),
        )
        removals.failed(tx, number, "connection refused", later(now(), 300))
    assert try_removals(session, "virginia-1") == 0
    assert session.woken == []
    assert removals.due(session.connection, now()) == []
    assert try_removals(session, "helsinki-1") == 1
    assert session.woken == [1]
    assert [one.id for one in removals.due(session.connection, now())] == [number]
