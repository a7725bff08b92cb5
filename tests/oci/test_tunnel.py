"""What a proxy may answer to CONNECT."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.oci.deadline import Deadline
from bahriya_tui.oci.tunnel import dig
from bahriya_tui.oci.unreachable import Unreachable

PIECES = st.sampled_from(
    [b"HTTP/1.1 ", b"HTTP/1.0 ", b"200", b"407", b" OK", b"\r\n", b"\r\n\r\n", b"a: b", b"\xff"]
)


def answered(answer: bytes) -> bytes:
    """What is left to read after a tunnel was dug."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(answer)
        theirs.shutdown(socket.SHUT_WR)
        dig(ours, "registry.test", 443, Deadline(60))
        return ours.recv(1000)


def test_what_follows_the_answer_belongs_to_the_server_behind() -> None:
    assert answered(b"HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\nfirst words") == b"first words"


@given(st.lists(PIECES | st.binary(max_size=9), max_size=9).map(b"".join))
def test_any_answer_digs_a_tunnel_or_is_told(answer: bytes) -> None:
    try:
        answered(answer)
        said = "a tunnel of the proxy"
    except Unreachable as error:
        said = error.reason
    assert "proxy" in said
    assert ("tunnel" in said) <= answer.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2"))


def test_a_proxy_that_says_nothing_does_not_hold_up_the_check() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        dig(ours, "registry.test", 443, Deadline(0.05))
