"""An opener lives no longer than whoever started it: nobody else waits for what it does."""

import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bahriya_tui.model.errors import Failed
from bahriya_tui.worker.openers import NoAnswer, end_openers, open_and_apply, reseal
from tests.opener.conftest import Ask
from tests.opener.region import region
from tests.processes import children

_ASKS = """
import json, sys
from bahriya_tui.worker.openers import open_and_apply
open_and_apply(json.load(sys.stdin), print)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_an_opener_ends_with_a_worker_that_is_killed(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        here.reply = here.hold
        asking = subprocess.Popen(
            [sys.executable, "-c", _ASKS], stdin=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert asking.stdin is not None
        asking.stdin.write(json.dumps(ask(here.target(), answer_timeout=300.0)).encode())
        asking.stdin.close()
        assert here.asked.wait(120)
        (opener,) = children(asking.pid)
        watched = os.pidfd_open(opener)
        try:
            asking.kill()
            asking.wait(120)
            ended, _, _ = select.select([watched], [], [], 120)
        finally:
            os.close(watched)
    assert ended == [watched]


def test_an_opener_whose_starter_is_gone_already_does_nothing(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        command = [sys.executable, "-I", "-m", "bahriya_tui.opener", str(os.getppid())]
        request = json.dumps(ask(here.target())).encode()
        done = subprocess.run(command, input=request, capture_output=True, timeout=60)
        assert here.contacts == 0
    assert done.stdout == b""
    assert done.returncode != 0


def test_a_worker_that_ends_takes_its_openers_with_it(tmp_path: Path, ask: Ask) -> None:
    outcomes: list[Failed] = []

    def send() -> None:
        try:
            open_and_apply(request, lambda _answer: None)
        except Failed as failed:
            outcomes.append(failed)

    with region(tmp_path / "a") as here:
        here.reply = here.hold
        request = ask(here.target(), answer_timeout=300.0)
        sending = threading.Thread(target=send, daemon=True)
        sending.start()
        assert here.asked.wait(120)
        end_openers()
        sending.join(120)
        assert not here.held.is_set()
    (failed,) = outcomes
    assert failed.message == "the opener ended without an answer"


def test_one_that_nobody_listens_to_breaks_without_a_word_of_what_it_held(
    tmp_path: Path, ask: Ask, canary: str
) -> None:
    with region(tmp_path / "a") as here:
        command = [sys.executable, "-I", "-m", "bahriya_tui.opener", str(os.getpid())]
        reading, writing = os.pipe()
        os.close(reading)
        request = json.dumps(ask(here.target())).encode()
        done = subprocess.run(command, input=request, stdout=writing, stderr=subprocess.PIPE, timeout=60)
        os.close(writing)
        assert len(here.requests) == 1
    assert done.returncode != 0
    assert b"BrokenPipeError" in done.stderr
    assert b"Traceback" not in done.stderr
    assert canary.encode() not in done.stderr


def test_an_opener_that_is_killed_while_it_speaks_has_said_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    half = [sys.executable, "-c", "import sys; sys.stdin.read(); print('{\"result\": \"resea', end='')"]
    started = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _command, **options: started(half, **options))
    with pytest.raises(NoAnswer):
        list(reseal({}))
