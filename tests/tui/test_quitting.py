"""Leaving: at once, whatever is waited for at that moment, and with a word about what becomes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import pytest

from bahriya_tui.model.audit import Actor
from bahriya_tui.operations import check, inspect
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.session import open_session as open_real_session
from bahriya_tui.places import Places
from bahriya_tui.store import checks
from bahriya_tui.store.database import open_store
from bahriya_tui.tui.app import BahriyaApp
from bahriya_tui.tui.feed import Feed
from bahriya_tui.tui.widgets.bars import TopBar
from tests.tui.hands import DEADLINE, press, until

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

SECONDS = """
WITH RECURSIVE one (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM one WHERE number < 30000000)
SELECT count(*) FROM one
"""


class Unanswered(Session):
    """A session whose worker is there, and answers nothing."""

    __slots__ = ()

    def wake_worker(self) -> bool:
        return True

    def refuse_unattended(self) -> None:
        """Somebody keeps it."""


async def test_a_check_that_is_not_answered_does_not_keep_the_process(
    app: BahriyaApp, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "TIMEOUT", 1e9)
    ended = Event()

    @contextmanager
    def opened(places: Places) -> Iterator[Session]:
        try:
            with open_real_session(places) as session:
                yield Unanswered(session.store, session.places, Actor("mira"))
        finally:
            ended.set()

    def asked() -> list[str]:
        with open_store(app.places.database) as store:
            rows = store.connection.execute("SELECT state FROM registry_check ORDER BY id DESC LIMIT 1")
            return [row["state"] for row in rows]

    app.open_session = opened
    try:
        async with app.run_test() as pilot:
            await press(pilot, "t")
            await until(pilot, lambda: app.busy and asked() != ["done"], "the check is asked for")
            await press(pilot, "q")
            await until(pilot, lambda: not app.is_running, "the screens are gone")
        assert ended.wait(DEADLINE)
        assert asked() != ["done"]
    finally:
        with open_store(app.places.database) as store, store.write() as tx:
            for row in tx.execute("SELECT id FROM registry_check WHERE state <> 'done'").fetchall():
                checks.finish(tx, row["id"], {"login": "accepted", "reason": "", "images": []}, "")
    assert "Left while checking ghcr" in " ".join(capsys.readouterr().err.split())


def test_a_picture_that_is_being_taken_is_given_up(seeded: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Event()
    told: list[object] = []

    def look(connection: "Connection", *_: object, **__: object) -> None:
        begun.set()
        connection.execute(SECONDS).fetchone()
        told.append("the picture")

    with Feed(seeded.database, "shop") as feed:
        monkeypatch.setattr(inspect, "overview", look)
        feed.start(told.append, told.append)
        assert begun.wait(DEADLINE)
        feed.stop()
        assert told == []
        monkeypatch.undo()
        assert feed.picture().world.containers


async def test_a_picture_that_comes_while_the_screens_are_taken_down_is_not_drawn(app: BahriyaApp) -> None:
    async with app.run_test() as pilot:
        await press(pilot, "j")
        app.feed.stop()
        await app.screen.query_one(TopBar).remove()
        # As Textual has it from the moment on in which it begins to take widgets away.
        app._running = False
        app.redraw()
