"""`python -I -m bahriya_tui.web JSON`: serves the screens to a browser on this machine, until Ctrl-C.

`bahriya serve` turns into it. Browsers talk to its child, which locks itself in and can then start nothing;
so this process starts the screens, each on a socket that the child sends. JSON has the arguments of `main`.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bahriya_tui.failure import tell
from bahriya_tui.isolation.lockdown import lock_in_page
from bahriya_tui.launch.confine import files_left
from bahriya_tui.logfile import open_log
from bahriya_tui.model.errors import BadInput, BahriyaError
from bahriya_tui.places import places
from bahriya_tui.sharing import file_mode

_LOOPBACK = "127.0.0.1"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_END_SECONDS = 5.0
"""Screens that have not ended by then are killed."""
_IN_PAGE = {
    "TEXTUAL_DRIVER": "bahriya_tui.tui.browser:BrowserDriver",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
    # Until the page tells its size.
    "COLUMNS": "80",
    "ROWS": "24",
}


def main(port: int, allow_changes: bool, project: str | None, as_json: bool) -> int:
    """Serve, and give the exit code; raises `BadInput` where the port cannot be had."""
    # Until there are handlers, Ctrl-C just ends this: nothing was started yet.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if project is not None:
        os.environ["BAHRIYA_PROJECT"] = project
    listener, (door, theirs) = _listening(port), socket.socketpair()
    child = os.fork()
    if child == 0:
        door.close()
        _serve(listener, theirs, read_only=not allow_changes, as_json=as_json)
        return 0
    for number in _SIGNALS:
        signal.signal(number, lambda number, _frame: _pass_on(child, number))
    listener.close()
    theirs.close()
    _start_screens(door, [] if allow_changes else ["--read-only"])
    return abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((_LOOPBACK, port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken" if taken else f"cannot be used ({error.strerror})"
        raise BadInput(f"port {port} of {_LOOPBACK} {why}", "give another one, or none") from None


def lock_in() -> None:
    """Leave this process no key and no store; it can answer on sockets that it has, and start nothing."""
    lock_in_page(replace(files_left(places()), changeable=(), devices=("/dev/null",)))


def _serve(listener: socket.socket, door: socket.socket, *, read_only: bool, as_json: bool) -> None:
    """Lock this process in and answer browsers."""
    lock_in()
    from bahriya_tui.web.server import serve

    serve(listener, door, read_only=read_only, as_json=as_json)


def _pass_on(child: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, number)


def _start_screens(door: socket.socket, options: Sequence[str]) -> None:
    """Start screens for every socket that comes, until no more can come; end those that are left."""
    running: list[subprocess.Popen[bytes]] = []
    log = places().logs / "serve.log"
    while True:
        try:
            word, descriptors, _, _ = socket.recv_fds(door, 1, 1)
        except OSError:
            word = b""
        if not word:
            break
        running = [one for one in running if one.poll() is None]
        for descriptor in descriptors:
            try:
                running.append(_screens(descriptor, options, log))
            except OSError as error:
                print(f"bahriya serve: no screens could be started ({error.strerror})", file=sys.stderr)  # noqa: T201
            finally:
                os.close(descriptor)
    for one in running:
        _end(one)


def _screens(descriptor: int, options: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start them apart from our terminal, which is for nobody to read from a browser."""
    complaints = open_log(log, file_mode(log.parent))
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "bahriya_tui.web.session", *options],
            stdin=descriptor,
            stdout=descriptor,
            stderr=complaints,
            env={**os.environ, **_IN_PAGE},
            start_new_session=True,
        )
    finally:
        os.close(complaints)


def _end(screens: "subprocess.Popen[bytes]") -> None:
    """Wait for the end of screens whose socket is closed."""
    try:
        screens.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(screens.pid, signal.SIGKILL)
        screens.wait()


if __name__ == "__main__":
    try:
        code = main(**json.loads(sys.argv[1]))
    except (BahriyaError, OSError) as error:
        code = tell(error)
    sys.exit(code)
