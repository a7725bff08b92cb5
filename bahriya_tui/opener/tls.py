"""Connections to regions, verified before any credential is open; a client key is loaded from memory."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bahriya_tui.opener.protocol import Target


def connect(target: Target, seconds: float) -> ssl.SSLSocket:
    """Connect and verify. Raises `OSError` (`ssl.SSLError` among them) with the reason."""
    until = time.monotonic() + seconds
    plain = socket.create_connection((target.host, target.port), timeout=seconds)
    try:
        plain.settimeout(max(0.1, until - time.monotonic()))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _context(target).wrap_socket(plain, server_hostname=target.server_name or target.host)
    except BaseException:
        plain.close()
        raise


def _context(target: Target) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=target.ca_pem or None)
    if target.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if target.client_cert_pem:
        with _in_memory(target.client_cert_pem) as certificate, _in_memory(target.client_key_pem) as key:
            context.load_cert_chain(certificate, key)
    return context


@contextmanager
def _in_memory(text: str) -> Iterator[str]:
    """Give a path to `text` that is on no disk: OpenSSL loads client keys from paths only."""
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as file:
            file.write(text.encode())
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
