"""Lengths of time as operators write and read them, and the clock by which a vault is locked again."""

import time

import pytest

from bahriya_tui.model.clock import duration, parse_seconds, uptime
from bahriya_tui.model.errors import BadInput


def test_a_length_that_was_chosen_is_written_to_the_second() -> None:
    assert [duration(one) for one in (30, 90, 300, 7200, 0.2)] == ["30 s", "90 s", "5 min", "2 h", "0 s"]


def test_a_time_may_be_as_long_as_the_longest_and_not_longer() -> None:
    assert parse_seconds("2h", "pause", 7200) == 7200
    with pytest.raises(BadInput) as refused:
        parse_seconds("7201", "pause", 7200, "ask somebody")
    assert str(refused.value) == "pause '7201' is longer than 2 h: ask somebody"


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="its other clocks count sleep")
def test_the_time_since_the_start_of_the_machine_is_told_by_the_clock_that_counts_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 3600.0, time.CLOCK_MONOTONIC: 60.0}.get)
    assert uptime() == 3600.0
