"""The TUI over a real store, with a frozen clock, and without any process being started for work."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual import app as textual_app
from textual import pilot as textual_pilot

from bahriya_tui.launch.keys import ensure_keys
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.finding import Finding
from bahriya_tui.operations import doctor
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.session import open_session as open_real_session
from bahriya_tui.places import Places
from bahriya_tui.store import checks, regions
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from tests.sealing import read_token
from tests.tui import world
from tests.tui.idle import wait_for_idle

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import SealedToken
    from bahriya_tui.vault.context import CredentialContext

# Whatever drives an app in this process waits for it like this.
for driving in (textual_app, textual_pilot):
    setattr(driving, "wait_for_idle", wait_for_idle)  # noqa: B010

ACCEPTED: dict[str, Any] = {"login": "accepted", "reason": "", "images": []}


class QuietSession(Session):
    """A session that starts no worker; checks that were asked for are answered at once."""

    __slots__ = ()
    woken = 0
    verdict: dict[str, Any] = ACCEPTED

    def wake_worker(self) -> bool:
        QuietSession.woken += 1
        with self.store.write() as tx:
            check = checks.claim(tx)
            if check is not None:
                checks.finish(tx, check.id, QuietSession.verdict, world.NOW)
            for region in regions.to_check(tx.conn):
                regions.checked(tx, region)
        return True


@contextmanager
def quiet_session(places: Places) -> Iterator[Session]:
    with open_real_session(places) as session:
        yield QuietSession(session.store, session.places, Actor("mira"))


@pytest.fixture
def quiet() -> Iterator[type[QuietSession]]:
    """The stand-in for worker and registry: counts how often work was announced, says what is told."""
    QuietSession.woken, QuietSession.verdict = 0, ACCEPTED
    yield QuietSession
    QuietSession.verdict = ACCEPTED


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """An installation with nothing in it."""
    found = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    found.prepare()
    return found


def _app(places: Places, feed: Feed, token: str) -> BahriyaApp:
    def read(context: "CredentialContext") -> "SealedToken":
        return read_token(token, context, places.public_keys)

    return BahriyaApp(places, feed, token_reader=read, open_session=quiet_session, now=lambda: world.NOW)


@pytest.fixture
def empty_app(places: Places, canary: str, quiet: type[QuietSession]) -> Iterator[BahriyaApp]:
    """The TUI before anything was made."""
    ensure_keys(places)
    with Feed(places.database) as feed:
        yield _app(places, feed, canary)


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store filled by `world`, to be copied."""
    path = tmp_path_factory.mktemp("evening") / "bahriya.db"
    world.seed(path)
    return path


@pytest.fixture
def seeded(places: Places, evening: Path) -> Places:
    """An installation on the evening of `world`."""
    shutil.copyfile(evening, places.database)
    return places


@pytest.fixture
def app(seeded: Places, canary: str, quiet: type[QuietSession]) -> Iterator[BahriyaApp]:
    """The TUI over the evening of `world`; whoever reads a token gets the canary."""
    places = seeded
    with Feed(places.database, "shop") as feed:
        yield _app(places, feed, canary)


@pytest.fixture
def keyed(places: Places) -> Places:
    """The installation with its keys made."""
    ensure_keys(places)
    return places


FINDINGS = [
    Finding("opener lock", "good", "A locked-in opener could not open a file, connect or run a program."),
    Finding(
        "private key",
        "bad",
        "The opener refuses a key: private key /k/00.key has mode 0644, so others can use it.",
        "Repair: chmod 600 it, then rotate the tokens.",
    ),
    Finding("swap", "attention", "Memory may be written to /dev/sda2.", "Encrypt it."),
    Finding("debuggers", "unknown", "This could not be measured: there is no \x1b[31mYama."),
]


class Doctor:
    """Stands in for the measuring, whose outcome depends on the machine; may be held up."""

    def __init__(self) -> None:
        self.asked: list[Places] = []
        self.findings = FINDINGS
        self.may_end = threading.Event()
        self.may_end.set()

    def examine(self, places: Places) -> list[Finding]:
        assert threading.current_thread() is not threading.main_thread()
        self.asked.append(places)
        assert self.may_end.wait(120)
        return self.findings


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Stand in for the measuring."""
    someone = Doctor()
    monkeypatch.setattr(doctor, "examine", someone.examine)
    return someone
