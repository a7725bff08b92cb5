"""What failed is tried again ever more rarely, but never given up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.backoff import FIRST_WAIT, LONGEST_WAIT, wait_after


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_the_wait_between_tries_grows_and_is_bounded(failures: int, drawn: float) -> None:
    wait = wait_after(failures, drawn)
    assert 0.8 * FIRST_WAIT <= wait <= 1.2 * LONGEST_WAIT
    assert wait_after(failures + 1, drawn) >= wait


@pytest.mark.parametrize(("failures", "seconds"), [(1, 5), (2, 10), (6, 160), (7, 300)])
def test_it_doubles_from_the_second_failure_on(failures: int, seconds: float) -> None:
    assert wait_after(failures, 0.5) == pytest.approx(seconds)
