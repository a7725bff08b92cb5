"""Makes a token of ECR with the IAM key that was opened, over a connection that was made before.

What goes into regions, and to the registry in a check, is that token, never the key.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from bahriya_tui.model.check import CheckResult, ImageResult
from bahriya_tui.model.ecr import TOKEN_USER, NotMinted, place_of
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.model.image import parse
from bahriya_tui.model.proxy import read as read_proxy
from bahriya_tui.oci import ecr
from bahriya_tui.oci.connect import Route, connect, trust
from bahriya_tui.oci.deadline import Deadline
from bahriya_tui.oci.ecr import Minted
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.unreachable import Unreachable
from bahriya_tui.oci.wire import ask
from bahriya_tui.opener.protocol import Request

_ANSWER_SECONDS = 6.0


class Mint:
    """Who makes the tokens for one registry; it is connected to at once, in a thread beside the regions'."""

    def __init__(self, request: Request) -> None:
        context = request.context
        place = place_of(context.server)
        assert place is not None  # noqa: S101
        self._place, self._key_id, self._images = place, context.username, request.images
        self.as_minted = replace(request, context=replace(context, username=TOKEN_USER))
        """The request for a login with the token."""
        self._url = f"https://{place.api_host}/"
        self._timeout = request.connect_timeout
        self._until = time.monotonic() + self._timeout
        self._outcome: queue.SimpleQueue[tuple[socket.socket, Route] | str] = queue.SimpleQueue()
        self._connected: tuple[socket.socket, Route] | None = None
        threading.Thread(target=self._connect, args=(request,), daemon=True).start()

    def trouble(self) -> NotMinted | None:
        """Wait for the connection; say why there is none, or None where there is."""
        try:
            outcome = self._outcome.get(timeout=max(0.0, self._until - time.monotonic()))
        except queue.Empty:
            outcome = f"no connection within {self._timeout:g} s"
        if isinstance(outcome, str):
            return self._unreachable(outcome)
        self._connected = outcome
        return None

    def mint(self, secret: bytes | bytearray) -> Minted:
        """Have a token made with the secret half of the key, once; raises `NotMinted`."""
        at = datetime.now(UTC)
        headers = ecr.headers(self._place, self._key_id, secret, at)
        assert self._connected is not None  # noqa: S101
        connection, route = self._connected
        within = replace(route, deadline=Deadline(_ANSWER_SECONDS))
        try:
            answer = ask("POST", self._url, within, headers=headers, body=ecr.BODY, over=connection)
        except Unreachable as error:
            raise self._unreachable(error.reason) from None
        return ecr.read(answer, at)

    def checked(
        self, secret: bytes | bytearray, check: Callable[[bytes | bytearray], dict[str, Any]]
    ) -> dict[str, Any]:
        """Have a token made and do `check` with it; its `CheckResult` says which of both went wrong."""
        try:
            minted = self.mint(secret)
        except NotMinted as error:
            return self.unchecked(error)
        result = check(minted.token)
        minted.token[:] = bytes(len(minted.token))
        if result["login"] in ("rejected", "not proven"):
            return {**result, "reason": f"a token was minted, but then: {result['reason']}"}
        return result

    def unchecked(self, why: NotMinted) -> dict[str, Any]:
        """Give the `CheckResult` of a check for which there is no token."""
        images = (ImageResult(parse(one), "not proven", "there was no token") for one in self._images)
        return asdict(CheckResult("rejected" if why.refused else "not proven", why.reason, tuple(images)))

    def _connect(self, request: Request) -> None:
        try:
            proxy = None if request.proxy is None else read_proxy(request.proxy)
            route = Route(trust(request.ca_file), Deadline(self._timeout), proxy)
            self._outcome.put((connect(self._url, route, Trail()), route))
        except (Unreachable, BahriyaError) as error:
            self._outcome.put(str(error))

    def _unreachable(self, reason: str) -> NotMinted:
        return NotMinted(f"{self._place.api_host}: {reason}")
