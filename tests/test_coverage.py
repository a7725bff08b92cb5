"""What `python -m tests.coverage` tells of a process, which may be killed at any moment."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.coverage import Measured, measure

_MODULE = """\
'''A docstring, which is no code.'''
from contextlib import suppress


def numbers(upto):
    for number in range(upto):
        yield number

    # After the last one.


def choose(one):
    if one:
        return 1
    return 2


def broken():
    raise ValueError


def careful():
    with suppress(ValueError):
        if broken():
            return 3
    for _ in numbers(2):
        pass
"""


def measured(folder: Path, calls: str) -> Measured:
    """Run calls of the module in a traced process that then kills itself."""
    record, module = folder / "record", folder / "sample.py"
    record.touch()
    module.write_text(_MODULE)
    program = (
        "import os, sys; sys.path += sys.argv[1:3]; import tests.tracing;"
        "tests.tracing.start(sys.argv[3], (sys.argv[1],)); import threading, sample;"
        f"{calls}; os.kill(os.getpid(), 9)"
    )
    root = str(Path(__file__).parents[1])
    command = [sys.executable, "-I", "-c", program, str(folder), root, str(record)]
    assert subprocess.run(command, timeout=60).returncode == -signal.SIGKILL
    (found,) = measure(record, [module], folder)
    return found


def test_a_branch_that_is_not_taken_is_told_with_its_lines(tmp_path: Path) -> None:
    found = measured(tmp_path, "sample.choose(1); list(sample.numbers(1))")
    assert found.code == 16
    lines, arcs = {"15", "19", "23", "24", "25", "26", "27"}, {"13→15", "24→25", "24→26", "26→27", "26→end"}
    assert set(found.missing) == lines | arcs


def test_the_steps_of_threads_are_known(tmp_path: Path) -> None:
    calls = "one = threading.Thread(target=sample.choose, args=(0,)); one.start(); one.join()"
    assert "13→15" not in measured(tmp_path, calls).missing


def test_what_an_exception_skips_was_not_taken(tmp_path: Path) -> None:
    found = measured(tmp_path, "sample.careful(); sample.choose(0); sample.choose(1)")
    assert found.missing == ["25", "24→25", "24→26"]
