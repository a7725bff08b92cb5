"""An opener that stands by knows nothing, is used once, and is replaced when it was killed."""

import os
import signal
from pathlib import Path

import pytest

from bahriya_tui.worker.openers import Opener, Standby, end_openers, open_and_apply
from tests.opener.conftest import Ask
from tests.opener.region import region


@pytest.fixture
def standby() -> Standby:
    return Standby()


def pid_of(opener: Opener) -> int:
    return opener._process.pid


def test_the_one_that_stands_by_is_taken_once_and_answers(standby: Standby, ask: Ask, tmp_path: Path) -> None:
    standby.prepare()
    standby.prepare()
    first, second = standby.take(), standby.take()
    assert pid_of(first) != pid_of(second)
    with region(tmp_path / "region") as here:
        answers: list[dict[str, object]] = []
        open_and_apply(ask(here.target()), answers.append, first)
        assert [one["result"] for one in answers] == ["applied"]
    assert not first.alive
    assert second.alive
    second.end()


@pytest.mark.parametrize("prepared", [False, True])
def test_one_that_was_killed_is_replaced_and_let_go_of(standby: Standby, prepared: bool) -> None:
    standby.prepare()
    killed = standby._next
    assert killed is not None
    os.kill(pid_of(killed), signal.SIGKILL)
    os.waitid(os.P_PID, pid_of(killed), os.WEXITED | os.WNOWAIT)
    if prepared:
        standby.prepare()
    fresh = standby.take()
    assert fresh.alive
    fresh.end()
    assert killed._process.stdin is not None
    assert killed._process.stdin.closed


def test_it_ends_with_the_others(standby: Standby) -> None:
    standby.prepare()
    waiting = standby.take()
    end_openers()
    assert waiting._process.wait(120) == -signal.SIGKILL
    waiting.end()
