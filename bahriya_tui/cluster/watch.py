"""Following one Deployment from a known resourceVersion to its end, over as many watches as it takes."""

import queue
import threading
import time
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
_REFUSALS = 4
"""So many in a row are meant: an API server that has just started does not know all its permissions yet."""


class Watch:
    """The changes a region reports, taken one by one with a limit on the wait.

    A thread reads, since a read that timed out cannot be taken up again.
    """

    def __init__(self, transport: Transport, collection: str, selector: str, version: str) -> None:
        self._transport = transport
        self._collection = collection
        self._selector = selector
        self._version = version
        self._seen: set[str] = set()
        self._changes: queue.SimpleQueue[Change | Exception | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self.opened_at: float | None = None
        """When the region first let us listen (`time.monotonic`); what happens before is not heard."""
        self.opening_seconds = 0.0
        """How long it took for that: long where the region, or this machine, is busy."""
        self.ended = threading.Event()
        """Set when the reading thread is done."""
        threading.Thread(target=self._read, name="watch", daemon=True).start()

    def next(self, timeout: float) -> Change | None:
        """Wait for the next change, at most `timeout` seconds or until `wake`; raise when the watch is lost.

        `Unreachable` when the region is away for too long, `Failed` when it refuses to be watched.
        """
        try:
            change = self._changes.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(change, Exception):
            raise change
        return change

    def wake(self) -> None:
        """Have whoever waits for the next change go on without one."""
        self._changes.put(None)

    def stop(self) -> None:
        """Close the watch; the reading thread ends."""
        self._stopped.set()
        with self._lock:
            if self._stream is not None:
                self._stream.cut()

    def _read(self) -> None:
        try:
            self._read_all()
        except Refused as refused:
            words = refusal(Answer(refused.status, refused.body), "following the rollout")
            self._changes.put(Failed(words))
        except Exception as error:
            self._changes.put(error)
        finally:
            self.ended.set()

    def _read_all(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            before = self._version
            try:
                self._read_one()
            except Expired:
                self._start_over()
            except Unreachable as error:
                failures = failures + 1 if self._version == before else 0
                if failures > len(_WAITS) or error.wait > LONGEST_WAIT:
                    raise
                self._stopped.wait(max(_WAITS[max(failures - 1, 0)], error.wait))
            except Refused:
                failures = failures + 1 if self._version == before else 0
                if failures > _REFUSALS:
                    raise
                self._stopped.wait(_WAITS[max(failures - 1, 0)])
            else:
                self._stopped.wait(0.05)

    def _read_one(self) -> None:
        query = {"labelSelector": self._selector, "resourceVersion": self._version}
        asked_at = time.monotonic()
        stream = self._transport.watch(self._collection, query)
        with self._lock:
            self._stream = stream
        if self.opened_at is None:
            self.opening_seconds = time.monotonic() - asked_at
            self.opened_at = asked_at + self.opening_seconds
        if self._stopped.is_set():
            stream.cut()
        for change in stream:
            self._take(change["type"], change["object"])

    def _start_over(self) -> None:
        """List afresh: the region has forgotten the version we knew."""
        answer = self._transport.request("GET", self._collection, query={"labelSelector": self._selector})
        if not answer.ok:
            raise Refused(answer.status, answer.body)
        items = answer.body.get("items") or []
        for item in items:
            self._changes.put(("MODIFIED", item))
        there = {item["metadata"]["name"] for item in items}
        for name in self._seen - there or ({""} if not items else ()):
            self._changes.put(("DELETED", {"metadata": {"name": name}} if name else {}))
        self._seen = there
        self._version = str(answer.body.get("metadata", {}).get("resourceVersion", "0"))

    def _take(self, kind: str, document: Mapping[str, Any]) -> None:
        self._version = str(document.get("metadata", {}).get("resourceVersion", self._version))
        if kind in ("ADDED", "MODIFIED", "DELETED"):
            self._seen.add(str(document["metadata"]["name"]))
            self._changes.put((kind, dict(document)))


@contextmanager
def watching(transport: Transport, collection: str, selector: str, version: str) -> Iterator[Watch]:
    """Watch the objects of `collection` that `selector` names, from `version` on, inside the block."""
    watch = Watch(transport, collection, selector, version)
    try:
        yield watch
    finally:
        watch.stop()
