"""When a request is repeated, and how long it waits before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.cluster.retry import LONGEST_WAIT, MAX_RETRIES, wait_before_retry


def half() -> float:
    return 0.5


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 409, 410, 422])
def test_an_answer_that_means_something_is_not_asked_for_again(status: int) -> None:
    assert wait_before_retry(0, status, None, half) is None


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, None])
def test_a_passing_trouble_is_tried_again_a_bounded_number_of_times(status: int | None) -> None:
    waits = [wait_before_retry(attempt, status, None, half) for attempt in range(MAX_RETRIES + 1)]
    assert waits == [0.125, 0.25, 0.5, 1.0, None]


def test_the_wait_a_server_asks_for_is_kept() -> None:
    assert wait_before_retry(0, 429, "2", half) == 2.125


def test_a_server_that_asks_for_minutes_is_believed_at_once() -> None:
    assert wait_before_retry(0, 429, "3600", half) is None


@given(st.text(max_size=12), st.integers(0, 5))
def test_any_retry_after_header_gives_a_bounded_wait(header: str, attempt: int) -> None:
    wait = wait_before_retry(attempt, 503, header, half)
    assert wait is None or 0 <= wait <= LONGEST_WAIT + 4
