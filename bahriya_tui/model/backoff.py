"""Back-off: how long to leave alone what failed, ever longer the more often it failed in a row."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
"""Seconds until the next try: doubled each time, give or take a fifth."""
FARTHEST_SECONDS = 2 * LONGEST_WAIT
"""No try lies farther ahead; one that seems to was put off before the clock was put back."""
_DOUBLINGS = 10
"""More than it takes to the longest; without end the number would not fit any more."""


def wait_after(failures: int, drawn: float) -> float:
    """Give the seconds until the next try, after `failures` in a row; `drawn` is from 0 to 1."""
    doubled = FIRST_WAIT * 2.0 ** min(max(failures - 1, 0), _DOUBLINGS)
    return min(doubled, LONGEST_WAIT) * (0.8 + 0.4 * drawn)
