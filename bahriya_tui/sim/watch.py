"""Watches: a stream of changes that goes on from a resourceVersion."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass

from bahriya_tui.sim.kinds import Json, Kind
from bahriya_tui.sim.objects import Change, Objects
from bahriya_tui.sim.selectors import Matches
from bahriya_tui.sim.status import StatusError, bad_request

BOOKMARK_EVERY = 60.0
"""Seconds between bookmarks of a watch that asked for them."""

DEFAULT_TIMEOUT = 1800.0


@dataclass(frozen=True, slots=True)
class Watch:
    """What a watch asks for: which objects, from where on, for how long (seconds)."""

    kind: Kind
    namespace: str | None
    matches: Matches
    show: Callable[[Json], Json]
    version: str
    initial: bool
    bookmarks: bool
    timeout: float


def watch(
    kind: Kind,
    namespace: str | None,
    matches: Matches,
    show: Callable[[Json], Json],
    query: Mapping[str, str],
) -> Watch:
    """Read a watch from its query; StatusError 400 for numbers that are none."""
    version = query.get("resourceVersion", "")
    if not version.isdigit() and version:
        raise bad_request(f'invalid resource version "{version}"')
    try:
        timeout = float(query.get("timeoutSeconds") or DEFAULT_TIMEOUT)
    except ValueError:
        raise bad_request("unable to decode query parameter timeoutSeconds") from None
    initial = query.get("sendInitialEvents") == "true"
    bookmarks = query.get("allowWatchBookmarks") in ("true", "1")
    return Watch(kind, namespace, matches, show, version, initial, bookmarks, timeout)


async def events(objects: Objects, asked: Watch) -> AsyncGenerator[bytes, None]:
    """The lines of a watch until its time is over; the first batch comes at once."""
    queue: asyncio.Queue[Change] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    end = loop.time() + asked.timeout
    objects.listeners.append(queue.put_nowait)
    try:
        try:
            lines = _beginning(objects, asked)
        except StatusError as gone:
            yield _line("ERROR", gone.body())
            return
        for line in lines:
            yield line
        while (left := end - loop.time()) > 0:
            change = await _next(queue, min(left, BOOKMARK_EVERY))
            if change is None:
                if asked.bookmarks:
                    yield _line("BOOKMARK", _bookmark(asked.kind, objects.version))
            elif seen := _seen(asked, change):
                yield seen
    finally:
        objects.listeners.remove(queue.put_nowait)


async def _next(queue: asyncio.Queue[Change], timeout: float) -> Change | None:
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(queue.get(), timeout)
    return None


def _beginning(objects: Objects, asked: Watch) -> list[bytes]:
    """What happened before the watch began: all objects, or the changes since its version."""
    if asked.initial or asked.version in ("", "0"):
        present = objects.list(asked.kind.plural, asked.namespace)
        lines = [_line("ADDED", asked.show(obj)) for obj in present if asked.matches(obj)]
        if asked.initial:
            ended = {"k8s.io/initial-events-end": "true"}
            lines.append(_line("BOOKMARK", _bookmark(asked.kind, objects.version, ended)))
        return lines
    return [line for change in objects.since(int(asked.version)) if (line := _seen(asked, change))]


def _seen(asked: Watch, change: Change) -> bytes | None:
    """A change as this watch sees it: an object that stops matching is DELETED, one that begins is ADDED."""
    if change.plural != asked.kind.plural:
        return None
    if asked.namespace not in (None, change.object["metadata"].get("namespace", "")):
        return None
    before = change.previous is not None and asked.matches(change.previous)
    after = change.type != "DELETED" and asked.matches(change.object)
    if not before and not after:
        return None
    kind = "DELETED" if not after else "MODIFIED" if before else "ADDED"
    return _line(kind, asked.show(change.object))


def _bookmark(kind: Kind, version: int, annotations: dict[str, str] | None = None) -> Json:
    metadata: Json = {"resourceVersion": str(version), "creationTimestamp": None}
    if annotations:
        metadata["annotations"] = annotations
    return {"kind": kind.name, "apiVersion": kind.api_version, "metadata": metadata}


def _line(kind: str, obj: Json) -> bytes:
    return json.dumps({"type": kind, "object": obj}, separators=(",", ":")).encode() + b"\n"
