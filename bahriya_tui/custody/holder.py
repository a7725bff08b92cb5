"""`python -I -m bahriya_tui.custody.holder PUBLIC_FOLDER PRIVATE_FOLDER --for SECONDS [--stdin]`: unlocks.

Asks for the passphrase, unwraps every key that it opens, and leaves a detached process behind that answers
for them at a socket, locked in. Returns when that one listens. The keys are forgotten when it ends.
"""

import array  # noqa: F401 (receiving descriptors loads it, which must happen before the lock)
import fcntl
import os
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from bahriya_tui.custody import holding
from bahriya_tui.custody.files import keys_lock, sweep
from bahriya_tui.custody.typed import Answers, from_arguments
from bahriya_tui.custody.wrap import read_wrapped, unwrap
from bahriya_tui.isolation.lockdown import lock_in_holder
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BadInput, Failed, Locked
from bahriya_tui.throwaway import run
from bahriya_tui.vault import keys

_PEER_SECONDS = 1.0
_LOOK_SECONDS = 1.0
"""Between two looks for whether the socket is there and the time not over: timeouts do not count sleep."""
_VERB, _ID, _KEY = 1, 8, 32


def unlock(public_folder: Path, private_folder: Path, answers: Answers) -> dict[bytes, bytes]:
    """Give the private keys that the passphrase opens; `Locked` unless the one in use is among them."""
    with keys_lock(private_folder):
        sweep(private_folder)
    texts = read_wrapped(private_folder)
    if not texts:
        raise Failed("the vault has no passphrase", "nothing needs to be unlocked")
    passphrase = answers.secret("passphrase of the vault")
    opened: dict[bytes, bytes] = {}
    current = keys.find_public(public_folder).id
    for id_ in sorted(texts, key=lambda one: one != current):
        try:
            opened[id_] = unwrap(texts[id_], id_, passphrase)
        except Locked:
            # Without the key in use nothing can be deployed; an older one may still have its old passphrase.
            if not opened:
                raise
    return opened


class Holder:
    """The unlocked keys, and the socket at which they are asked for, which has just got its name."""

    def __init__(self, folder: Path, opened: dict[bytes, bytes], listening: socket.socket) -> None:
        self._folder = folder
        self._opened = opened
        self._listening = listening
        self._named: tuple[int, int] | None = _identity(folder / holding.SOCKET_NAME)

    def serve(self, seconds: float) -> None:
        """Answer until the time is over, somebody ends it, or nobody can reach it any more."""
        until, ended = clock.uptime() + seconds, False
        while not ended and self._is_named() and (left := until - clock.uptime()) > 0:
            self._listening.settimeout(min(left, _LOOK_SECONDS))
            with suppress(OSError):
                peer, _ = self._listening.accept()
                with peer:
                    peer.settimeout(_PEER_SECONDS)
                    # Whoever asks when the machine wakes may be faster than the next look.
                    ended = clock.uptime() >= until or (_is_ours(peer) and self._answer(peer))

    def _is_named(self) -> bool:
        """Tell whether the socket's name is there, and ours: without it, nobody could end this process."""
        with suppress(OSError):
            return _identity(self._folder / holding.SOCKET_NAME) == self._named
        return False

    def close(self) -> None:
        """Remove the socket's name, once, and only while it is ours."""
        if self._is_named():
            (self._folder / holding.SOCKET_NAME).unlink()
        self._named = None

    def _answer(self, peer: socket.socket) -> bool:
        """Answer one request; True when it asked for the end."""
        request, descriptors, _, _ = socket.recv_fds(peer, _VERB + _ID + _KEY, 1)
        verb, id_, private = request[:_VERB], request[_VERB : _VERB + _ID], request[_VERB + _ID :]
        proofs = [self._proves(descriptor, id_) for descriptor in descriptors]
        proven = any(proofs)
        if verb == holding.END:
            # Before the answer, after which another holder may take the name.
            self.close()
        if verb == holding.END or (verb == holding.HAS and id_ in self._opened):
            peer.sendall(holding.YES)
        elif verb == holding.GIVE and proven and id_ in self._opened:
            peer.sendall(self._opened[id_].hex().encode())
        elif verb == holding.KEEP and proven and len(private) == _KEY:
            self._opened[id_] = private
            peer.sendall(holding.YES)
        return verb == holding.END

    def _proves(self, descriptor: int, id_: bytes) -> bool:
        """Tell whether this is the key's file, open for reading: a locked-in process could not open it."""
        try:
            shown, real = os.fstat(descriptor), _identity(keys.wrapped_path(self._folder, id_))
            flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        finally:
            os.close(descriptor)
        only_named = flags & getattr(os, "O_PATH", 0)
        return not only_named and (shown.st_dev, shown.st_ino) == real


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino


def _is_ours(peer: socket.socket) -> bool:
    """Tell whether the peer runs as our user, where the system says so; the socket's mode says it too."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, uid, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return bool(uid == os.geteuid())


def _listen(folder: Path) -> socket.socket:
    """Give a socket with its name in the folder; a name that a dead holder left is taken over."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    (folder / holding.SOCKET_NAME).unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        with holding.address(folder) as name:
            listening.bind(name)
    finally:
        os.umask(before)
    listening.listen(64)
    return listening


def _leave(folder: Path, opened: dict[bytes, bytes], seconds: float) -> None:
    """Leave a detached process behind that holds the keys, in place of the one there is."""
    # Of several at once, each ends the one before, which therefore has to listen already.
    with keys_lock(folder):
        holding.end(folder)
        listening = _listen(folder)
        holder = Holder(folder, opened, listening)
    ready, tell = os.pipe()
    if os.fork():
        listening.close()
        os.close(tell)
        with os.fdopen(ready, "rb") as told:
            if told.read(1) != b"y":
                raise Failed("the key holder did not start", "try again")
        return
    # From here on another process, whose every way out is `os._exit`.
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        signal.signal(signal.SIGTERM, _stop)
        lock_in_holder(folder)
        os.write(tell, b"y")
        os.close(tell)
        holder.serve(seconds)
    finally:
        try:
            holder.close()
        finally:
            os._exit(0)


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit


def main(arguments: list[str]) -> dict[str, Any]:
    """Run as a process."""
    public_folder, private_folder = Path(arguments[0]), Path(arguments[1])
    seconds = float(arguments[arguments.index("--for") + 1])
    if not 0 < seconds <= holding.LONGEST_SECONDS:
        raise BadInput("a vault is unlocked for at most 24 hours", "for example: --for 8h")
    opened = unlock(public_folder, private_folder, from_arguments(arguments))
    _leave(private_folder, opened, seconds)
    return {}


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]), "vault's process")
