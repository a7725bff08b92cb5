"""What comes back from a backup does not go on by itself."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.operations import backup
from bahriya_tui.operations.deploy import plan_deployment, start_deployments
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.operations.vault import ensure_keys
from bahriya_tui.places import Places
from bahriya_tui.store import archive, audit, deployments, registries
from bahriya_tui.store.driver import connect
from tests.operations.conftest import Quiet, accept, define

WHO = Actor("operator", "/dev/pts/3", "192.0.2.7")


@pytest.fixture
def kept(session: Quiet, tmp_path: Path) -> Path:
    """A backup made while one deployment ran and another one was queued."""
    for handle in ("api", "web"):
        define(session, handle)
    start_deployments(session, plan_deployment(session, "shop", ["api", "web"]))
    with session.store.write() as tx:
        now = clock.now()
        assert deployments.claim(tx, "pid 1", now, clock.later(now, 60)) is not None
    archive.write(session.places.database, session.places.public_keys, tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Places:
    """The empty folders of another machine."""
    places = Places(tmp_path / "other" / "store", tmp_path / "other" / "keys", tmp_path / "other" / "logs")
    places.prepare()
    return places


def install(places: Places, file: Path) -> None:
    archive.install(places.database, places.public_keys, file, WHO)


@pytest.fixture
def safe(elsewhere: Places, kept: Path) -> Places:
    """That machine with the store in place, before anything else has opened it."""
    install(elsewhere, kept)
    return elsewhere


def test_a_store_is_safe_from_the_moment_it_is_in_place(safe: Places) -> None:
    with closing(connect(safe.database, read_only=True)) as c:
        assert [one.state for one in deployments.all(c, "shop")] == ["cancelled", "cancelling"]
        assert deployments.next_id(c) > 1000
        told = [(one.action, one.user, one.terminal, one.client) for one in audit.latest(c, 3)]
    assert told == [
        ("deployment.cancelled", *told_of(WHO)),
        ("deployment.cancelled", *told_of(WHO)),
        ("store.restored", *told_of(WHO)),
    ]


def told_of(who: Actor) -> tuple[str, str, str]:
    return who.user, who.terminal, who.client


def test_no_version_number_is_used_twice(safe: Places) -> None:
    with open_session(safe) as s:
        accept(s, "team")
        assert registries.get(s.connection, "shop", "team").version > 1000


def test_one_that_is_killed_before_its_store_is_safe_leaves_none(elsewhere: Places, kept: Path) -> None:
    arguments = ["install", str(elsewhere.database), str(elsewhere.public_keys), str(kept), "operator"]
    killed = subprocess.run([sys.executable, "-c", _KILLED, *arguments], check=False)
    assert killed.returncode == -9
    assert not elsewhere.database.exists()
    install(elsewhere, kept)
    assert elsewhere.database.exists()


_KILLED = """
import os, signal, sys
from bahriya_tui.store import archive, restored
restored.make_safe = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
archive.main(sys.argv[1:])
"""


def test_every_deployment_is_cancelled_before_a_worker_comes(
    session: Quiet, elsewhere: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handles = [f"app-{number}" for number in range(201)]
    for handle in handles:
        define(session, handle)
    started = start_deployments(session, plan_deployment(session, "shop", handles))
    with session.store.write() as tx:
        now = clock.now()
        running = [deployments.claim(tx, "pid 1", now, clock.later(now, 60)) for _ in range(2)]
    ensure_keys(session)
    archive.write(session.places.database, session.places.public_keys, tmp_path / "kept")
    states: list[list[str]] = []

    def wake(s: Session) -> bool:
        states.append([deployments.get(s.connection, one.id).state for one in started])
        return True

    monkeypatch.setattr(Session, "wake_worker", wake)

    told = backup.restore(elsewhere, tmp_path / "kept")

    assert told.cancelled == tuple(sorted(one.id for one in started))
    assert len(states) == 1
    assert states[0].count("cancelling") == len(running)
    assert {state for state in states[0] if state in ACTIVE} == {"cancelling"}
