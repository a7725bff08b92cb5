"""The trial process tells a lock that holds from one that does not: it tries."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from bahriya_tui.isolation.syscalls import MACHINES
from bahriya_tui.isolation.trial import tried
from bahriya_tui.model.judgement.isolation import OpenerSeen, judge_memory, judge_opener

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in MACHINES, reason="the lock needs Linux"
)
WAYS = {"open a file", "connect", "start a process", "signal its parent", "run a program"}


def probed(before: str = "") -> OpenerSeen:
    """Run the trial process, with something changed before it begins, and give its last word."""
    program = f"import os; from bahriya_tui.isolation import probe, lockdown; {before}\nprobe.main()"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=60)
    told: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    return OpenerSeen(**[line for line in told if line][-1])


def test_the_lock_of_this_machine_holds_against_every_way_out() -> None:
    seen = probed()
    if seen.level == "process only":
        pytest.skip("this kernel has neither Landlock nor seccomp")
    assert seen.tried == dict.fromkeys(WAYS, False)
    assert judge_opener(seen).state == ("good" if seen.level == "full" else "attention")
    assert (seen.dumpable, seen.core_limit) == (False, 0)
    assert judge_memory(seen).state == "good"


def test_a_lock_that_only_says_it_is_one_is_found_out() -> None:
    seen = probed("probe.lock_in = lambda: 'full'")
    assert seen.tried == dict.fromkeys(WAYS, True)
    assert judge_opener(seen).state == "bad"


@pytest.mark.parametrize(
    ("group", "way"),
    [
        ("network", "connect"),
        ("signals", "signal its parent"),
        ("opening", "open a file"),
        ("programs", "run a program"),
    ],
)
def test_a_lock_with_one_hole_is_found_out(group: str, way: str) -> None:
    hole = (
        "from dataclasses import replace; from bahriya_tui.isolation import landlock;"
        "landlock.restrict = lambda *_, **__: 0;"
        f"lockdown._machine = lambda of=lockdown._machine(): replace(of, {group}=())"
    )
    seen = probed(hole)
    if not seen.seccomp:
        pytest.skip("this kernel has no seccomp")
    assert [name for name, succeeded in seen.tried.items() if succeeded] == [way]
    found = judge_opener(seen)
    assert found.state == "bad"
    assert f"could still {way} " in found.measured


def test_a_machine_without_locks_is_told_as_it_is() -> None:
    seen = probed("os.uname = lambda: os.uname_result(('Linux', '', '1', '', 'riscv64'))")
    assert seen.level == "process only"
    found = judge_opener(seen)
    assert found.state == "bad"
    assert "level process only" in found.measured
    assert "6.12" in found.advice


def test_a_process_that_left_itself_open_is_told() -> None:
    seen = probed("import ctypes; ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)")
    assert seen.dumpable is True
    assert judge_memory(seen).state == "bad"


def test_only_a_refusal_counts_as_a_lock() -> None:
    def end(error: type[OSError]) -> None:
        raise error

    actions = {
        "refused": lambda: end(PermissionError),
        "not there": lambda: end(FileNotFoundError),
        "nobody listens": lambda: end(ConnectionRefusedError),
        "done": lambda: None,
    }
    assert tried(actions) == {"refused": False, "not there": None, "nobody listens": True, "done": True}
