"""Passphrases are typed twice and shown never, or come as lines of standard input."""

import os
from pathlib import Path

import pytest

from bahriya_tui.custody.typed import Answers, from_arguments
from bahriya_tui.model.errors import BadInput
from tests.custody.hands import answers
from tests.launch.terminal import on_terminal

_ASKS = """
from bahriya_tui.custody.typed import from_arguments
from bahriya_tui.throwaway import run
run(lambda: {"length": len(from_arguments([]).new_passphrase())}, "asker")
"""


def typing(tmp_path: Path, *keys: bytes) -> bytes:
    """Answer each question of a new passphrase, and give what is said at the end."""
    with on_terminal(_ASKS, [], tmp_path) as terminal:
        seen = 0
        for question, typed in zip((b"new passphrase: ", b"new passphrase again: "), keys, strict=False):
            seen = terminal.wait_for(question, seen)
            terminal.press(typed)
        terminal.wait_for(b"}", seen)
        return terminal.shown


def test_a_passphrase_is_typed_twice_and_not_shown(tmp_path: Path, canary: str) -> None:
    shown = typing(tmp_path, canary.encode() + b"\r", canary.encode() + b"\r")
    assert f'{{"length": {len(canary)}}}'.encode() in shown
    assert canary.encode() not in shown


def test_who_draws_the_screen_hears_the_questions_and_no_answer(tmp_path: Path, canary: str) -> None:
    with on_terminal(_ASKS.replace("[]", "['--screen']"), [], tmp_path) as terminal:
        seen = 0
        for question in (b"new passphrase", b"new passphrase again"):
            seen = terminal.wait_for(b'{"question": "%s"}\r\n{"ready": true}\r\n' % question, seen)
            terminal.press(canary.encode() + b"\r")
        terminal.wait_for(f'{{"length": {len(canary)}}}'.encode(), seen)
    assert canary.encode() not in terminal.shown


def test_two_that_differ_are_refused(tmp_path: Path) -> None:
    assert b"passphrases differ" in typing(tmp_path, b"one\r", b"two\r")


def test_an_empty_one_is_refused(tmp_path: Path) -> None:
    assert b"protects nothing" in typing(tmp_path, b"\r")


def test_one_who_cancels_ends_it(tmp_path: Path) -> None:
    with on_terminal(_ASKS, [], tmp_path) as terminal:
        terminal.wait_for(b"new passphrase: ")
        os.write(terminal.descriptor, b"half\x03")
        assert terminal.process.wait(120) == 130


def test_lines_answer_one_question_each_and_need_no_second_time() -> None:
    given = answers("old one", "new one")
    assert given.secret("present passphrase") == b"old one"
    assert given.new_passphrase() == b"new one"
    with pytest.raises(BadInput, match="no line for the third"):
        given.secret("third")


def test_a_line_may_end_as_on_other_systems_or_not_at_all() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\r\ntwo")
    os.close(writing)
    given = Answers(reading)
    os.close(reading)
    assert [given.secret("x"), given.secret("y")] == [b"one", b"two"]


def test_endless_input_is_not_read_for_ever() -> None:
    with open("/dev/zero", "rb") as zeros:  # noqa: PTH123
        given = Answers(zeros.fileno())
    assert len(given.secret("x")) <= 2 * 65536


def test_a_terminal_as_standard_input_is_refused() -> None:
    outer, inner = os.openpty()
    with pytest.raises(BadInput, match="would show"):
        Answers(inner)
    os.close(outer)
    os.close(inner)


def test_arguments_say_where_answers_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"one\n")
    os.close(writing)
    before = os.dup(0)
    os.dup2(reading, 0)
    try:
        assert from_arguments(["--stdin"]).secret("x") == b"one"
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(reading)
