"""Verified TLS connections to all targets at once, made before anything secret is there."""

import queue
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bahriya_tui.direct.target import Target
from bahriya_tui.reasons import why_not_connected
from bahriya_tui.tls import region_context
from bahriya_tui.turns import begin

_GRACE_SECONDS = 0.3
"""After a connection, the next is waited for at least so long, or as long again as that one took."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A target, and the verified connection to it."""

    target: Target
    connection: ssl.SSLSocket


@dataclass(frozen=True, slots=True)
class Unconnected:
    """A region to which there is no connection, and why; `late` when it was not waited for any longer."""

    region: str
    result: Literal["unreachable", "late"]
    message: str


def connect_all(targets: tuple[Target, ...], timeout: float) -> Iterator[Connected | Unconnected]:
    """Give every target's connection, or why there is none, as they come; slow ones are not waited for."""
    outcomes: queue.SimpleQueue[Connected | Unconnected] = queue.SimpleQueue()
    started = time.monotonic()
    for target in targets:
        begin(_connect, target, _context(target), timeout, outcomes)
    waiting = {target.region for target in targets}
    until = started + timeout
    while waiting:
        try:
            outcome = outcomes.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        if isinstance(outcome, Connected):
            waiting.discard(outcome.target.region)
            now = time.monotonic()
            until = min(started + timeout, now + max(_GRACE_SECONDS, now - started))
        else:
            waiting.discard(outcome.region)
        yield outcome
    for region in waiting:
        yield Unconnected(region, "late", f"no connection within {time.monotonic() - started:.1f} s")


def _context(target: Target) -> ssl.SSLContext | None:
    """Give the settings for a target; None where its certificates cannot be used."""
    try:
        return region_context(target.ca_pem, target.client_cert_pem, target.client_key_pem, target.insecure)
    except (OSError, TypeError, ValueError):
        return None


def _connect(
    target: Target,
    context: ssl.SSLContext | None,
    timeout: float,
    outcomes: "queue.SimpleQueue[Connected | Unconnected]",
) -> None:
    if context is None:
        outcomes.put(
            Unconnected(target.region, "unreachable", "the certificates in its kubeconfig are not valid")
        )
        return
    until = time.monotonic() + timeout
    try:
        plain = socket.create_connection((target.host, target.port), timeout)
        plain.settimeout(max(0.01, until - time.monotonic()))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = context.wrap_socket(plain, server_hostname=target.server_name or target.host)
        connection.settimeout(None)
    except Exception as error:
        words, _ = why_not_connected(error, timeout)
        outcomes.put(Unconnected(target.region, "unreachable", words))
    else:
        outcomes.put(Connected(target, connection))
