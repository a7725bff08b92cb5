"""Requests to one region's API server, by way of the package `kubernetes`.

It sends dictionaries and gives dictionaries back: the package's typed models cost half a second and print
secrets in their errors. Every call has timeouts and bounded retries, so every verb used must be safe to
repeat (server-side apply, GET, DELETE with a precondition). Never logs or quotes a request.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bahriya_tui.cluster.connections import Connections, Response
from bahriya_tui.cluster.errors import Expired, Refused, Unreachable
from bahriya_tui.cluster.package import RESTClientObject
from bahriya_tui.cluster.retry import asked_wait, wait_before_retry
from bahriya_tui.kubeconfig.endpoint import Endpoint

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
WATCH_SECONDS = 60
"""How long the server keeps one watch open; one that is still there a quarter later has fallen silent."""

_MOST_OF_A_REFUSAL = 1 << 16
_JSON = "application/json"
_METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server said; refusals are answers too."""

    status: int
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Tell whether the request was granted."""
        return 200 <= self.status < 300


class Stream:
    """The changes of one open watch."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self._rest = b""
        self._ends = time.monotonic() + WATCH_SECONDS * 1.25

    def changes(self, seconds: float) -> list[dict[str, Any]] | None:
        """Give what comes next, nothing if nothing comes in time, and None at the end.

        Raises `Unreachable` when the line is cut, and `Expired` where the region has forgotten the version.
        """
        part = self._response.part(seconds)
        if part is None:
            if time.monotonic() > self._ends:
                raise Unreachable("the watch has fallen silent", cut=True)
            return []
        if not part:
            return None
        *lines, self._rest = (self._rest + part).split(b"\n")
        return [_change(line) for line in lines]

    def close(self) -> None:
        """End the watch."""
        self._response.close()


class Transport:
    """The connections to one region; may be used by several threads.

    `before_change` is called before each try of a request that is no GET; what it raises is passed on, and
    nothing is sent. `told` is called after each try with method, path, status and milliseconds of it, never
    with what was sent or answered.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        sleep: Callable[[float], None] = time.sleep,
        before_change: Callable[[], None] = lambda: None,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.endpoint = endpoint
        self._told = told
        self._before_change = before_change
        self._base_path = endpoint.base_path.rstrip("/")
        self._sleep = sleep
        self._connections = Connections(endpoint)
        self._client = _Client(self._connections)
        self._headers = {"User-Agent": "bahriya"}
        if endpoint.authorization:
            self._headers["Authorization"] = endpoint.authorization

    def connect(self, timeout: float = CONNECT_SECONDS) -> None:
        """Open and verify a connection that the next request will use; raise `Unreachable`."""
        for attempt in range(3):
            try:
                self._connections.open(timeout)
            except Unreachable as error:
                self._wait_or_give_up(attempt + 2, error)
            else:
                return

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = _JSON,
        metadata_only: bool = False,
        metadata_list: bool = False,
        timeout: float = ANSWER_SECONDS,
    ) -> Answer:
        """Send one request and give the answer, whatever its status; raise `Unreachable` without one.

        `metadata_only` is for single objects, `metadata_list` for lists: an API server refuses the other.
        """
        headers = {"Accept": _METADATA_ONLY if metadata_only else _METADATA_LIST if metadata_list else _JSON}
        if body is not None:
            headers["Content-Type"] = content_type
        attempt = 0
        while True:
            try:
                response = self._call(method, path, query, headers, body, timeout)
                content = response.read()
            except Unreachable as error:
                self._wait_or_give_up(attempt, error)
            else:
                wait = wait_before_retry(
                    attempt, response.status, response.header("Retry-After"), random.random
                )
                if wait is None:
                    return Answer(response.status, _document(content))
                self._sleep(wait)
            attempt += 1

    def watch(self, path: str, query: Mapping[str, str]) -> "Stream":
        """Open a watch and give its changes as they come, until the server closes it.

        Raises `Expired` where the resourceVersion in `query` is too old, `Unreachable` when the line is cut
        or the region cannot serve it now, `Refused` when it will not.
        """
        whole = {**query, "watch": "true", "allowWatchBookmarks": "true"}
        whole["timeoutSeconds"] = str(WATCH_SECONDS)
        answer = self._call("GET", path, whole, {"Accept": _JSON}, None, ANSWER_SECONDS)
        if answer.status == 200:
            return Stream(answer)
        content = answer.read(_MOST_OF_A_REFUSAL)
        if answer.status == 410:
            raise Expired
        if answer.status in (401, 403):
            raise Refused(answer.status, _document(content))
        wait = asked_wait(answer.header("Retry-After"))
        raise Unreachable(f"the watch was refused with {answer.status}", wait)

    def take_latency(self) -> float | None:
        """Give in how many milliseconds a connection was opened; None once that was given."""
        ms, self._connections.opened_ms = self._connections.opened_ms, None
        return ms

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        headers: dict[str, str],
        body: Mapping[str, Any] | None,
        timeout: float,
    ) -> Response:
        url = self._base_path + path
        if query:
            url += "?" + "&".join(f"{name}={quote(value, '')}" for name, value in query.items())
        times = (CONNECT_SECONDS, timeout)
        if method != "GET":
            self._before_change()
        sent = {**self._headers, **headers}
        began = time.monotonic()
        try:
            answer = self._client.request(method, url, sent, body, _request_timeout=times)  # type: ignore[no-untyped-call]
        except Unreachable as error:
            self._told(f"{method} {path}: {error.message} after {_ms_since(began)} ms")
            raise
        response: Response = answer.response
        self._told(f"{method} {path}: {response.status} after {_ms_since(began)} ms")
        return response

    def _wait_or_give_up(self, attempt: int, error: Unreachable) -> None:
        """Sleep when a refused or cut connection deserves another try."""
        wait = wait_before_retry(attempt, None, None, random.random) if error.cut else None
        if wait is None:
            raise error
        self._sleep(wait)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


class _Client(RESTClientObject):
    """The package's client over our connections: its own write certificates into files, and retry unasked.

    It needs no configuration: address and login are told with each request.
    """

    def __init__(self, connections: Connections) -> None:
        self.configuration = None
        self.pool_manager = connections  # type: ignore[assignment]


def _change(line: bytes) -> dict[str, Any]:
    try:
        change: dict[str, Any] = json.loads(line)
    except ValueError:
        raise Unreachable("the watch was cut") from None
    if change.get("type") == "ERROR":
        if change["object"].get("code") == 410:
            raise Expired
        raise Unreachable("the region ended the watch")
    return change


def _document(content: bytes) -> dict[str, Any]:
    """Read an answer; proxies in front of an API server answer in HTML, which is no document."""
    try:
        document = json.loads(content) if content else {}
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
