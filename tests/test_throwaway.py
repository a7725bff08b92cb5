"""A throw-away process ends with one line and an exit code, whatever happened in it."""

import os
import sys

import pytest

from bahriya_tui.model.errors import BadInput
from bahriya_tui.throwaway import run


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (BadInput("wrong", "do it right"), 2, '"hint": "do it right"'),
        (PermissionError(13, "Permission denied", "/keys/private"), 5, "/keys/private cannot be used"),
        (OSError(5, "Input/output error"), 5, "a file cannot be used"),
        (ValueError("something secret"), 1, "the vault's process failed: ValueError"),
    ],
    ids=["ours", "file", "disk", "unforeseen"],
)
def test_every_end_of_a_process_is_one_line_without_secrets(
    error: BaseException, code: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def work() -> dict[str, object]:
        raise error

    child = os.fork()
    if child == 0:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        run(work, "vault's process")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code
    out, err = capfd.readouterr()
    assert words in out
    assert len(out.splitlines()) == 1
    assert "secret" not in out + err


def test_it_ends_at_once_though_nobody_hears_it(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> dict[str, object]:
        raise BadInput("wrong", "do it right")

    reading, writing = os.pipe()
    os.close(reading)
    child = os.fork()
    if child == 0:
        sys.stdout = os.fdopen(writing, "w")
        run(work, "process")
    os.close(writing)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert capfd.readouterr() == ("", "")
