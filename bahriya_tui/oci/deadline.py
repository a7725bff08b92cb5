"""How long a check may wait: for each wait, and for all of them together."""

import time

CONNECT_SECONDS = 3.0
READ_SECONDS = 6.0


class Deadline:
    """The moment after which nothing of a check may still wait."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Tell whether it has passed."""
        return time.monotonic() >= self._ends

    def left(self, at_most: float) -> float:
        """Give the seconds one step may take; `TimeoutError` when none are left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, at_most)
