"""Lengths of time as operators write and read them."""

import pytest

from bahriya_tui.model.clock import duration, parse_seconds
from bahriya_tui.model.errors import BadInput


def test_a_length_that_was_chosen_is_written_to_the_second() -> None:
    assert [duration(one) for one in (30, 90, 300, 7200, 0.2)] == ["30 s", "90 s", "5 min", "2 h", "0 s"]


def test_a_time_may_be_as_long_as_the_longest_and_not_longer() -> None:
    assert parse_seconds("2h", "pause", 7200) == 7200
    with pytest.raises(BadInput) as refused:
        parse_seconds("7201", "pause", 7200, "ask somebody")
    assert str(refused.value) == "pause '7201' is longer than 2 h: ask somebody"
