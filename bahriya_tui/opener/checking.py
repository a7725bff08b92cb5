"""The opener's other mode: whether a registry takes the credential. Prepared before it is opened."""

import hmac
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.connection import refuse_seen_by_proxy
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import parse
from bahriya_tui.model.proxy import read as read_proxy
from bahriya_tui.oci.connect import trust
from bahriya_tui.oci.probe import check
from bahriya_tui.oci.unreachable import Unreachable
from bahriya_tui.opener.protocol import Request, Row
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import RecordUnreadable

SECONDS = 15.0
"""For the whole check."""


def prepare(request: Request) -> Callable[[bytes | bytearray], dict[str, Any]]:
    """Read what the check needs of files and give the check itself: a `CheckResult` as a dictionary."""
    # Refused where it is entered too; but whoever can write the store does not have to enter it.
    refuse_seen_by_proxy(request.plain_http, request.proxy)
    images = [parse(image) for image in request.images]
    proxy = None if request.proxy is None else read_proxy(request.proxy)
    # Loads what looking up a name and reading a certificate's end need, while files can still be read.
    "localhost".encode("idna")
    ssl.cert_time_to_seconds("Jan  1 00:00:00 2030 GMT")
    with suppress(OSError):
        socket.getaddrinfo("localhost", 443)
    try:
        tls = trust(request.ca_file)
    except Unreachable as error:
        raise BadInput(f"{request.ca_file}: {error.reason}", "give the right one with --ca-file") from None

    def ask(token: bytes | bytearray) -> dict[str, Any]:
        result = check(
            request.context.server,
            request.context.username,
            token,
            images,
            request.plain_http,
            request.ca_file,
            SECONDS,
            tls,
            proxy,
        )
        return asdict(result)

    return ask


def known_as(token: bytearray, known: tuple[Row, ...], private: X25519PrivateKey) -> int | None:
    """Give the first version that holds `token` already, or None; what does not open is another."""
    for row in known:
        try:
            other = open_sealed(row.sealed, row.context, private)
        except RecordUnreadable:
            continue
        same = hmac.compare_digest(token, other)
        other[:] = bytes(len(other))
        if same:
            return row.context.version
    return None


def repeated(version: int) -> dict[str, Any]:
    """Give the result for a token that is stored as `version` already: it was not tried."""
    return asdict(CheckResult("not proven", "it was not tried", repeats=version))
