"""What can go wrong between here and a region's API server."""

from typing import Any


class Unreachable(Exception):
    """The region gave no answer; `message` says how far the attempt came, without naming the region.

    `cut` where the connection was refused or cut at once: so it is while an API server is restarted.
    """

    def __init__(self, message: str, wait: float = 0.0, *, cut: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.wait = wait
        """Seconds that the region asked to wait before the next attempt."""
        self.cut = cut


class Refused(Exception):
    """The region will not serve a watch: what it said, as status and body of its answer."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
        self.body = body


class Expired(Exception):
    """The region no longer knows the resourceVersion a watch should start from (410 Gone)."""
