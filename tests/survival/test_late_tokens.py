"""A worker or an opener that comes late puts no older token into a pull secret: the region refuses it."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bahriya_tui.cluster.objects import path
from bahriya_tui.launch.worker import worker_running
from bahriya_tui.model import clock
from bahriya_tui.model.errors import StoreUnwritable
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import containers, secret_writes
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.secret_writes import run_secret_writes
from bahriya_tui.worker.shared_store import SharedStore
from tests.cluster.conftest import region_transport
from tests.survival.test_fence import stopped
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, Worker, until
from tests.worker.test_audit import openers
from tests.worker.test_secret_writes import (
    NAMESPACE,
    V1,
    all_done,
    give_registry_token,
    leaked,
    push,
    rotated,
    token_in,
)

__all__ = ["leaked", "rotated"]
SENT = f"PATCH /api/v1/namespaces/{NAMESPACE}/secrets/{V1}?fieldManager=bahriya&force="


def freeze(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    until(lambda: stopped(pid))


def freeze_worker(desk: Desk, worker: Worker) -> None:
    """Freeze a worker between two writes: nobody else could write while it stands still in one."""

    def frozen() -> bool:
        freeze(worker.process.pid)
        try:
            desk.store.connection.execute("PRAGMA busy_timeout = 0")
            with desk.store.write():
                return True
        except StoreUnwritable:
            worker.process.send_signal(signal.SIGCONT)
            return False

    until(frozen)
    desk.store.connection.execute("PRAGMA busy_timeout = 5000")


@contextmanager
def frozen_opener(desk: Desk) -> Iterator[int]:
    """Freeze the opener that stands by: what it is asked next, it does when it thaws. Ends its worker too."""
    assert desk.worker is not None
    late = desk.worker
    found: list[int] = []

    def one_stands_by() -> bool:
        found[:] = openers(desk)
        return len(found) == 1

    until(one_stands_by)
    (pid,) = found
    freeze(pid)
    try:
        yield pid
    finally:
        late.kill()


def thaw(desk: Desk, late: Worker, opener: int) -> None:
    """Let an opener and its worker go on, and wait until the opener has said all that it has to say."""
    os.kill(opener, signal.SIGCONT)
    until(
        lambda: all(asked(desk, region)[-1].startswith(SENT) for region in REGIONS),
        say=lambda: all_asked(desk),
    )
    late.process.send_signal(signal.SIGCONT)
    until(lambda: not Path(f"/proc/{opener}").exists())


def asked(desk: Desk, region: str) -> list[str]:
    return list(desk.world.regions[region].requests)


def all_asked(desk: Desk) -> dict[str, list[str]]:
    return {region: asked(desk, region) for region in REGIONS}


def other_worker(desk: Desk) -> Worker:
    """Start another one beside the first, as on a file system that does not keep locks."""
    desk.places.worker_lock.unlink()
    other = desk.start()
    until(lambda: worker_running(desk.places) == other.process.pid)
    return other


def tokens(desk: Desk) -> set[str]:
    return {token_in(desk, region) for region in REGIONS}


def push_twice(desk: Desk, team: Registry, newest: str, opener: int, *, force: bool = False) -> None:
    """Push a token that its opener is late with, and another one, by another worker, before it thaws."""
    late, before = desk.worker, opened(desk)
    assert late is not None
    freeze_worker(desk, late)
    push(desk)
    with desk.store.write() as tx:
        tx.execute("UPDATE secret_write SET force = ?", [force])
    late.process.send_signal(signal.SIGCONT)
    until(lambda: opened(desk) > before)
    freeze_worker(desk, late)
    other_worker(desk)
    give_registry_token(desk, newest)
    desk.rotate(team, newest)
    all_done(desk, push(desk))
    assert tokens(desk) == {newest}
    thaw(desk, late, opener)


@pytest.mark.parametrize("force", [False, True], ids=["pushed", "repaired"])
def test_what_a_late_worker_writes_does_not_replace_what_was_pushed_after_it(
    desk: Desk, rotated: Registry, canary: str, force: bool
) -> None:
    newest = f"{canary}-newest"
    with frozen_opener(desk) as opener:
        push_twice(desk, rotated, newest, opener, force=force)

        assert tokens(desk) == {newest}
    assert secret_writes.pending(desk.store.connection) == []


def test_a_late_token_in_a_secret_that_was_missing_is_replaced_by_the_newer_one_again(
    desk: Desk, rotated: Registry, canary: str
) -> None:
    newest = f"{canary}-newest"
    for region in REGIONS:
        with closing(region_transport(desk.world, region)) as transport:
            assert transport.request("DELETE", path("Secret", NAMESPACE, V1)).ok
    with frozen_opener(desk) as opener:
        push_twice(desk, rotated, newest, opener)

        until(lambda: tokens(desk) == {newest}, say=desk.told)


def test_a_late_worker_asks_no_opener_for_a_token_that_is_not_wanted_any_more(
    desk: Desk, rotated: Registry, canary: str
) -> None:
    newest = f"{canary}-newest"
    assert desk.worker is not None
    freeze_worker(desk, desk.worker)
    push(desk)
    late = secret_writes.pending(desk.store.connection)
    give_registry_token(desk, newest)
    desk.rotate(rotated, newest)
    pushed = push(desk)
    desk.worker.process.send_signal(signal.SIGCONT)
    all_done(desk, pushed)
    before = all_asked(desk)

    run_secret_writes(Resources(desk.places, SharedStore(desk.store)), late)

    looked = {region: lines[len(before[region]) :] for region, lines in all_asked(desk).items()}
    assert looked == {region: [SENT.split("?")[0].replace("PATCH", "GET")] for region in REGIONS}
    assert tokens(desk) == {newest}


def test_what_a_late_worker_deploys_does_not_replace_what_was_pushed_after_it(
    desk: Desk, rotated: Registry, canary: str
) -> None:
    late = desk.worker
    assert late is not None
    app = containers.get(desk.store.connection, PROJECT, "app")
    with frozen_opener(desk) as opener:
        number = desk.deploy(app, version=1, secret=V1)
        until(lambda: set(desk.states(number).values()) == {"pull_secret"}, say=lambda: desk.told(number))
        until(lambda: opened(desk) > 1)
        freeze_worker(desk, late)
        with desk.store.write() as tx:
            tx.execute("UPDATE deployment SET lease_until = created_at WHERE id = ?", [number])
        other_worker(desk)
        all_done(desk, push(desk))
        assert desk.ended(number).state == "done", desk.told(number)
        assert tokens(desk) == {canary}

        thaw(desk, late, opener)

    assert tokens(desk) == {canary}
    assert desk.deployment(number).fence == 2


def opened(desk: Desk) -> int:
    """Count the openers that were asked."""
    (count,) = desk.store.connection.execute(
        "SELECT count(*) FROM audit WHERE action = 'credential.opening'"
    ).fetchone()
    return int(count)


def test_a_deployment_takes_over_a_secret_that_still_awaits_an_older_push(
    desk: Desk, rotated: Registry, canary: str
) -> None:
    newest = f"{canary}-newest"
    all_done(desk, push(desk))
    give_registry_token(desk, newest)
    desk.rotate(rotated, newest)
    assert desk.worker is not None
    freeze_worker(desk, desk.worker)
    pushed = push(desk)
    with desk.store.write() as tx:
        put_off = clock.later(clock.now(), secret_writes.FARTHEST_SECONDS / 2)
        tx.execute("UPDATE secret_write SET next_try_at = ? WHERE state = 'pending'", [put_off])
    app = containers.get(desk.store.connection, PROJECT, "app")
    number = desk.deploy(app, version=1, secret=V1)

    desk.worker.process.send_signal(signal.SIGCONT)

    assert desk.ended(number).state == "done", desk.told(number)
    assert tokens(desk) == {newest}
    assert {secret_writes.get(desk.store.connection, one).state for one in pushed.writes} == {"pending"}
