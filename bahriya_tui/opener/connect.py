"""Verified TLS connections to all targets at once, made before anything is opened."""

import os
import queue
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bahriya_tui.opener.protocol import Answer, Target
from bahriya_tui.turns import begin

_GRACE_SECONDS = 0.3
"""After a connection, the next is waited for at least so long, or as long again as that one took."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A target, and the verified connection to it."""

    target: Target
    connection: ssl.SSLSocket


def connect_all(targets: tuple[Target, ...], timeout: float) -> Iterator[Connected | Answer]:
    """Give every target's connection, or why there is none, as they come; slow ones are not waited for."""
    outcomes: queue.SimpleQueue[Connected | Answer] = queue.SimpleQueue()
    trust = _Trust()
    started = time.monotonic()
    for target in targets:
        context = trust.context(target)
        begin(_connect, target, context, timeout, outcomes)
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
        yield Answer(region, "late", f"no connection within {time.monotonic() - started:.1f} s")


class _Trust:
    """TLS settings, made once for all targets with the same certificates."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, str, bool], ssl.SSLContext | None] = {}

    def context(self, target: Target) -> ssl.SSLContext | None:
        """Give the settings for a target; None where its certificates cannot be read."""
        key = (target.ca_pem, target.client_cert_pem, target.client_key_pem, target.insecure)
        if key not in self._made:
            try:
                self._made[key] = _context(target)
            except (ssl.SSLError, ValueError, OSError):
                self._made[key] = None
        return self._made[key]


def _context(target: Target) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=target.ca_pem or None)
    # Python 3.13 refuses authorities without some optional extensions, which nodes and kubectl take.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if target.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if target.client_cert_pem:
        with _unnamed(target.client_cert_pem) as certificate, _unnamed(target.client_key_pem) as key:
            context.load_cert_chain(certificate, key, password=lambda: "")
    return context


@contextmanager
def _unnamed(text: str) -> Iterator[str]:
    """Give a path at which `text` can be read, on no disk: OpenSSL takes keys from paths only."""
    if hasattr(os, "memfd_create"):
        reading = os.memfd_create("pem", os.MFD_CLOEXEC)
        os.write(reading, text.encode())
        os.lseek(reading, 0, os.SEEK_SET)
    else:
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)


def _connect(
    target: Target,
    context: ssl.SSLContext | None,
    timeout: float,
    outcomes: "queue.SimpleQueue[Connected | Answer]",
) -> None:
    if context is None:
        outcomes.put(Answer(target.region, "unreachable", "the certificates in its kubeconfig are not valid"))
        return
    until = time.monotonic() + timeout
    try:
        plain = socket.create_connection((target.host, target.port), timeout)
        plain.settimeout(max(0.01, until - time.monotonic()))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = context.wrap_socket(plain, server_hostname=target.server_name or target.host)
        connection.settimeout(None)
    except Exception as error:
        outcomes.put(Answer(target.region, "unreachable", _why(error)))
    else:
        outcomes.put(Connected(target, connection))


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate was not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "no TLS connection could be made"
    if isinstance(error, socket.gaierror):
        return "its name does not resolve"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return "no connection could be made"
