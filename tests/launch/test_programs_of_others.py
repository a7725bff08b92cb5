"""Programs that are not ours leave nothing to the group that shares the store, and have all of our cores."""

import json
import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bahriya_tui.kubeconfig.endpoint import endpoint
from bahriya_tui.launch.tokens import TokenSource, token_reader
from bahriya_tui.notify.calling import call
from bahriya_tui.notify.hooks import Hook
from bahriya_tui.places import Places
from bahriya_tui.reader.credential_helper import answer_of
from bahriya_tui.turns import take_turns_here
from tests.kubeconfig.config import config, written
from tests.launch.conftest import CONTEXT

MADE = "cache"
RUN_AS = "sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0)" if sys.platform == "linux" else "()"


@pytest.fixture
def sharing() -> Iterator[None]:
    """This process leaves its group all that it makes, as in a store that is shared."""
    before = os.umask(0o007)
    yield
    os.umask(before)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that writes how it is run into a file beside it, and prints what its caller wants."""
    path = tmp_path / "program"
    answer = json.dumps({"status": {"token": "t"}})
    told = f"print({RUN_AS}, file=open({str(tmp_path / MADE)!r}, 'w'))"
    path.write_text(f"#!{sys.executable}\nimport os\n{told}\nprint({answer!r})\n")
    path.chmod(0o700)
    return path


def as_hook(program: Path, _: Places) -> None:
    assert call([Hook((str(program),), ("deployment.failed",))], {"event": "deployment.failed"}, {}) == []


def as_login_of_a_kubeconfig(program: Path, _: Places) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program)}
    assert endpoint(written(program.parent, config({"exec": plugin})), "here").token == "t"


def as_credential_helper(program: Path, _: Places) -> None:
    assert b"status" in answer_of(str(program), "ghcr.io")


def as_password_command(program: Path, home: Places) -> None:
    token_reader(TokenSource("command", shlex.quote(str(program))), home)(CONTEXT)


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize(
    "run", [as_hook, as_login_of_a_kubeconfig, as_credential_helper, as_password_command]
)
def test_what_such_a_program_makes_is_its_owners_alone(
    run: Callable[[Path, Places], None], program: Path, home: Places
) -> None:
    run(program, home)
    assert stat.S_IMODE((program.parent / MADE).stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="nothing binds a thread to a core there")
@pytest.mark.parametrize("run", [as_hook, as_login_of_a_kubeconfig])
def test_a_thread_that_takes_turns_starts_such_a_program_for_all_cores_and_stays_on_its_own(
    run: Callable[[Path, Places], None], program: Path, home: Places
) -> None:
    def work() -> tuple[int, int]:
        take_turns_here()
        run(program, home)
        return len(os.sched_getaffinity(0)), os.sched_getscheduler(0)

    interval = sys.getswitchinterval()
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(work).result() == (1, os.SCHED_BATCH)
    sys.setswitchinterval(interval)
    ours = sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0)
    assert (program.parent / MADE).read_text() == " ".join(map(str, ours)) + "\n"
