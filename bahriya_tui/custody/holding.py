"""Talking to the key holder: the process that keeps unlocked keys for a time, behind a socket beside them.

A request is a verb, a key's id and, where the key itself is meant, an open descriptor of its wrapped file:
who may not read the files must not get the keys through the holder either.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bahriya_tui.vault import keys

SOCKET_NAME = "holder.sock"
HAS, GIVE, KEEP, END = b"?", b"g", b"k", b"x"
YES = b"y"
LONGEST_SECONDS = 24 * 3600.0
"""For how long a vault may be unlocked."""
_NO_KEY = bytes(8)
_SECONDS = 3.0
_LONGEST = 100
"""Bytes of a socket's name, beyond which it may not fit."""


def has(folder: Path, id_: bytes) -> bool:
    """Tell whether a key can be had from the holder now."""
    return _ask(folder, HAS + id_) == YES


def usable(folder: Path, id_: bytes) -> bool:
    """Tell whether the opener gets this key now: it is there, and needs no passphrase or was unlocked."""
    kind = keys.kind_of(folder, id_)
    return kind == "plain" or (kind == "wrapped" and has(folder, id_))


def end(folder: Path) -> bool:
    """End the holder, which then has forgotten all keys; False when there was none."""
    return _ask(folder, END + _NO_KEY) == YES


def keep(folder: Path, id_: bytes, private: bytes) -> bool:
    """Give the holder one key more; False when there is none, which is no harm."""
    descriptor = keys.open_file(keys.wrapped_path(folder, id_))
    try:
        return _ask(folder, KEEP + id_ + private, descriptor) == YES
    finally:
        os.close(descriptor)


def open_private(path: Path) -> int:
    """Open a private key without reading it: its file, or the answer of the holder when it is wrapped.

    Raises `VaultLocked` when nobody has unlocked it, `Locked` where its file is missing or not safe.
    """
    folder, id_ = path.parent, bytes.fromhex(path.stem)
    if keys.kind_of(folder, id_) != "wrapped":
        return keys.open_file(path)
    descriptor = keys.open_file(keys.wrapped_path(folder, id_))
    try:
        if not has(folder, id_):
            raise keys.locked()
        connection = _connected(folder)
        socket.send_fds(connection, [GIVE + id_], [descriptor])
    except OSError:
        raise keys.locked() from None
    finally:
        os.close(descriptor)
    connection.settimeout(None)
    return connection.detach()


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """Give a name of the socket that is short enough for the system; Linux has one for every open folder."""
    plain = str(folder / SOCKET_NAME)
    if len(os.fsencode(plain)) < _LONGEST or not hasattr(os, "O_PATH"):
        yield plain
        return
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_NAME}"
    finally:
        os.close(descriptor)


def _ask(folder: Path, request: bytes, descriptor: int | None = None) -> bytes:
    """Give the holder's answer; empty when there is no holder, or it answers nothing."""
    with suppress(OSError), _connected(folder) as connection:
        socket.send_fds(connection, [request], [] if descriptor is None else [descriptor])
        return connection.recv(1)
    return b""


def _connected(folder: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_SECONDS)
    try:
        with address(folder) as name:
            connection.connect(name)
    except BaseException:
        connection.close()
        raise
    return connection
