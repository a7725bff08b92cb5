"""Through a proxy to a server that speaks TLS (CONNECT, RFC 9110 9.3.6), and what the proxy says to it."""

import re
import socket

from bahriya_tui.oci.deadline import READ_SECONDS, Deadline
from bahriya_tui.oci.unreachable import Unreachable

_MAX_ANSWER = 16384
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: |\r\n)")
_SAID = {
    403: "the proxy does not let it through (403); have it allowed there",
    407: "the proxy wants a login (407), which it is never given; let it pass this machine without one",
    502: "the proxy says that it cannot be reached (502)",
    503: "the proxy says that it cannot be reached (503)",
    504: "the proxy got no answer from it in time (504)",
}


def dig(sock: socket.socket, host: str, port: int, deadline: Deadline) -> None:
    """Have the proxy at the other end connect on; `Unreachable` with its reason where it does not."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    sock.settimeout(deadline.left(READ_SECONDS))
    sock.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: bahriya\r\n\r\n".encode("ascii"))
    status = _status(sock, deadline)
    if not 200 <= status < 300:
        raise Unreachable(refusal(status))


def refusal(status: int) -> str:
    """Say what a proxy means that does not connect on."""
    return _SAID.get(status, f"the proxy answered {status} instead of connecting to it")


def _status(sock: socket.socket, deadline: Deadline) -> int:
    """Read the answer byte by byte: what follows it belongs to the server behind."""
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        sock.settimeout(deadline.left(READ_SECONDS))
        byte = sock.recv(1)
        answer += byte
        if not byte or len(answer) > _MAX_ANSWER:
            raise Unreachable("the proxy did not answer in HTTP")
    match = _STATUS.match(answer)
    if match is None:
        raise Unreachable("the proxy did not answer in HTTP")
    return int(match[1])
