"""Following objects from a known resourceVersion on, over as many watches as it takes.

One watch is enough for all that a lane brings to its region: a selector names them together.
"""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bahriya_tui.cluster.errors import Expired, Refused, Unreachable
from bahriya_tui.cluster.retry import LONGEST_WAIT
from bahriya_tui.cluster.transport import Answer, Stream, Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed

Change = tuple[str, dict[str, Any]]
"""`ADDED`, `MODIFIED` or `DELETED`, and the object."""

_WAITS = (0.2, 0.4, 0.8, *[1.5] * 12)
"""Seconds between attempts to take up a watch that was cut: as long as an API server takes to restart."""
_AGAIN_SECONDS = 0.05
"""After a watch that ended as it should."""
_REFUSALS = 4
"""So many in a row are meant: an API server that has just started does not know all its permissions yet."""


class Watch:
    """The changes a region reports, taken one by one with a limit on the wait."""

    def __init__(self, transport: Transport, collection: str, selector: str, version: str) -> None:
        self._transport = transport
        self._collection = collection
        self._selector = selector
        self._version = self._opened_at = version
        self._seen: set[str] = set()
        self._changes: deque[Change] = deque()
        self._stream: Stream | None = None
        self._failures = 0
        self._next_try = 0.0
        self.opened_at: float | None = None
        """When the region first let us listen (`time.monotonic`); what happens before is not heard."""
        self.opening_seconds = 0.0
        """How long it took for that: long where the region, or this machine, is busy."""

    def next(self, seconds: float) -> Change | None:
        """Wait for the next change, at most so long; raise when the watch is lost.

        `Unreachable` when the region is away for too long, `Failed` when it refuses to be watched.
        """
        until = time.monotonic() + seconds
        while not self._changes and (left := until - time.monotonic()) > 0:
            try:
                self._go_on(left)
            except Refused as refused:
                words = refusal(Answer(refused.status, refused.body), "following the rollout")
                raise Failed(words) from None
        return self._changes.popleft() if self._changes else None

    def stop(self) -> None:
        """Close the watch."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _go_on(self, seconds: float) -> None:
        try:
            if self._stream is None:
                self._open(seconds)
            else:
                self._read(self._stream, seconds)
        except Expired:
            self.stop()
            self._start_over()
        except Unreachable as error:
            self._failed()
            if self._failures > len(_WAITS) or error.wait > LONGEST_WAIT:
                raise
            self._try_in(max(_WAITS[max(self._failures - 1, 0)], error.wait))
        except Refused:
            self._failed()
            if self._failures > _REFUSALS:
                raise
            self._try_in(_WAITS[max(self._failures - 1, 0)])

    def _open(self, seconds: float) -> None:
        wait = self._next_try - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, seconds))
            return
        self._opened_at = self._version
        query = {"labelSelector": self._selector, "resourceVersion": self._version}
        asked_at = time.monotonic()
        self._stream = self._transport.watch(self._collection, query)
        if self.opened_at is None:
            self.opened_at = time.monotonic()
            self.opening_seconds = self.opened_at - asked_at

    def _read(self, stream: Stream, seconds: float) -> None:
        changes = stream.changes(seconds)
        if changes is None:
            self.stop()
            self._try_in(_AGAIN_SECONDS)
            return
        for change in changes:
            self._take(change["type"], change["object"])

    def _failed(self) -> None:
        """Count the failures since something came."""
        self.stop()
        self._failures = self._failures + 1 if self._version == self._opened_at else 0

    def _try_in(self, seconds: float) -> None:
        self._next_try = time.monotonic() + seconds

    def _start_over(self) -> None:
        """List afresh: the region has forgotten the version we knew."""
        answer = self._transport.request("GET", self._collection, query={"labelSelector": self._selector})
        if not answer.ok:
            raise Refused(answer.status, answer.body)
        items = answer.body.get("items") or []
        for item in items:
            self._changes.append(("MODIFIED", item))
        there = {item["metadata"]["name"] for item in items}
        for name in self._seen - there or ({""} if not items else ()):
            self._changes.append(("DELETED", {"metadata": {"name": name}} if name else {}))
        self._seen = there
        self._version = str(answer.body.get("metadata", {}).get("resourceVersion", "0"))

    def _take(self, kind: str, document: Mapping[str, Any]) -> None:
        self._version = str(document.get("metadata", {}).get("resourceVersion", self._version))
        if kind in ("ADDED", "MODIFIED", "DELETED"):
            self._seen.add(str(document["metadata"]["name"]))
            self._changes.append((kind, dict(document)))


@contextmanager
def watching(transport: Transport, collection: str, selector: str, version: str) -> Iterator[Watch]:
    """Watch the objects of `collection` that `selector` names, from `version` on, inside the block."""
    watch = Watch(transport, collection, selector, version)
    try:
        yield watch
    finally:
        watch.stop()
