"""What comes back from a backup does not go on by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bahriya_tui.launch import backup as processes
from bahriya_tui.model import clock
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.operations import backup
from bahriya_tui.operations.deploy import plan_deployment, start_deployments
from bahriya_tui.operations.vault import ensure_keys
from bahriya_tui.places import Places
from bahriya_tui.store import deployments
from tests.operations.conftest import Quiet, define


def test_every_deployment_is_cancelled_before_a_worker_comes(
    session: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = [f"app-{number}" for number in range(201)]
    for handle in handles:
        define(session, handle)
    started = start_deployments(session, plan_deployment(session, "shop", handles))
    with session.store.write() as tx:
        now = clock.now()
        running = [deployments.claim(tx, "pid 1", now, clock.later(now, 60)) for _ in range(2)]
    ensure_keys(session)
    states: list[list[str]] = []

    def wake(s: Quiet) -> bool:
        states.append([deployments.get(s.connection, one.id).state for one in started])
        return True

    @contextmanager
    def opened(_places: Places) -> Iterator[Quiet]:
        yield session

    monkeypatch.setattr(Quiet, "wake_worker", wake)
    monkeypatch.setattr(backup, "open_session", opened)
    monkeypatch.setattr(processes, "install", lambda _places, _file: {"made_at": clock.now()})

    told = backup.restore(session.places, Path("kept"))

    assert sorted(told.cancelled) == sorted(one.id for one in started)
    assert len(states) == 1
    assert states[0].count("cancelling") == len(running)
    assert {state for state in states[0] if state in ACTIVE} == {"cancelling"}
