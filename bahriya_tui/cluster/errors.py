"""What can go wrong between here and a region's API server."""


class Unreachable(Exception):
    """The region gave no answer; `message` says how far the attempt came, without naming the region.

    `cut` where the connection was refused or cut at once: so it is while an API server is restarted.
    """

    def __init__(self, message: str, *, cut: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.cut = cut


class Expired(Exception):
    """The region no longer knows the resourceVersion a watch should start from (410 Gone)."""
