"""A clock that jumps by hours neither starts a deployment twice nor leaves one lying for hours."""

import signal

import pytest

from bahriya_tui.model import clock
from bahriya_tui.worker.lease import HEARTBEAT_SECONDS
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until

HOURS = 5 * 3600.0


def leased(desk: Desk, number: int) -> str:
    (until_,) = desk.store.connection.execute(
        "SELECT lease_until FROM deployment WHERE id = ?", [number]
    ).fetchone()
    return str(until_)


@pytest.mark.parametrize("jump", [HOURS, -HOURS])
def test_a_worker_does_not_take_over_from_itself_when_the_clock_jumps(
    desk: Desk, canary: str, jump: float
) -> None:
    desk.world.registry.silent.add("team/app")
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    rolling = dict.fromkeys(REGIONS, "rolling")
    until(lambda: desk.states(number) == rolling, say=lambda: desk.told(number))
    # As its lease looks to a clock that has jumped.
    written = clock.later(clock.now(), HEARTBEAT_SECONDS - jump)
    with desk.store.write() as tx:
        tx.execute("UPDATE deployment SET lease_until = ? WHERE id = ?", [written, number])

    until(lambda: leased(desk, number) != written)

    desk.world.registry.silent.clear()
    assert desk.ended(number).state == "done", desk.told(number)
    assert desk.deployment(number).fence == 1
    assert "taken_over" not in [phase for _, phase, _ in desk.told(number)]


def test_a_dead_workers_lease_from_before_the_clock_was_put_back_is_taken_over_at_once(desk: Desk) -> None:
    web = desk.container("web", image="nginx:1.27")
    first = desk.deploy(web)
    worker = desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    worker.process.send_signal(signal.SIGSTOP)
    second = desk.deploy(web)
    with desk.store.write() as tx:
        later = clock.later(clock.now(), HOURS)
        tx.execute(
            "UPDATE deployment SET state = 'running', owner = 'lost', fence = fence + 1, created_at = ?,"
            " lease_until = ? WHERE id = ?",
            [later, clock.later(later, 15), second],
        )
    worker.process.send_signal(signal.SIGCONT)

    assert desk.ended(second).state == "done", desk.told(second)
    assert worker.process.poll() is None


def test_a_deployment_queued_before_the_clock_was_put_back_begins_at_once(desk: Desk) -> None:
    worker = desk.start()
    until(lambda: desk.places.worker_lock.exists() and desk.places.worker_lock.read_text() != "")
    made = desk.container("web", image="nginx:1.27")
    worker.process.send_signal(signal.SIGSTOP)
    number = desk.deploy(made)
    with desk.store.write() as tx:
        later = clock.later(clock.now(), HOURS)
        tx.execute("UPDATE deployment SET created_at = ? WHERE id = ?", [later, number])
    worker.process.send_signal(signal.SIGCONT)
    assert desk.ended(number).state == "done", desk.told(number)
