"""The process that `bahriya` starts as: it forks the screens or the command, which lock themselves in.

It stays small and holds no secret: for what the locked process cannot do, it starts others (`verbs`). It
stops and continues with its child, takes it along when it ends, and ends with the child's exit code.
"""

import ctypes
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NoReturn

from bahriya_tui.actor import login_name
from bahriya_tui.isolation.lockdown import lock_in_screens
from bahriya_tui.launch.channel import ended, open_door
from bahriya_tui.launch.confine import files_left
from bahriya_tui.launch.verbs import Typed, perform, values_of
from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.places import Places
from bahriya_tui.sharing import share_what_is_made
from bahriya_tui.terminal.kept import Kept

_PR_SET_PDEATHSIG = 1
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGCONT)
_FROM_INPUT = ("--password-stdin", "--passphrase-stdin", "--key-stdin")
"""Options that give standard input to a process that reads a secret, so that the command must not have it."""
_SECRET_FILES = ("--password-file", "--file")
"""Options that name a file with secrets. The supervisor opens it; the command must not have it open."""
_WITHOUT_STORE = ("demo", "sim", "doctor", "keys", "man", "schema")
"""Commands that leave the operator's own folders alone."""
_HELP = ("-h", "--help", "--version")


def split(
    places: Places, typed: list[str], at_end: Callable[[], None] | None = None, *, screens: bool = False
) -> None:
    """Fork; return in the child only, locked in. The parent serves it and ends the process with its code.

    Call it before anything heavy is imported and before any thread is started. `at_end` is done by the parent
    after the child's end. The terminal of `screens` that a signal ended is put back as it was.
    """
    kept = Kept() if screens else None
    share_what_is_made(places.store)
    ours, theirs = socket.socketpair()
    # What comes before there is a handler would end the parent alone.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    parent, child = os.getpid(), os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        ours.close()
        _end_with(parent)
        _lock_in(places, typed)
        open_door(theirs)
        return
    theirs.close()
    pass_on = _passing_on(child)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    threading.Thread(target=_serve, args=(ours, places, typed), name="requests", daemon=True).start()
    code, by_signal = _wait_for(child, pass_on)
    if kept is not None and by_signal:
        kept.put_back()
    if at_end is not None:
        at_end()
    _end(places, code)


def _lock_in(places: Places, typed: list[str]) -> None:
    login_name()
    taken = set(_descriptors(typed))
    if any(option in typed for option in _FROM_INPUT) or _imports_from_input(typed):
        taken.add(0)
    for descriptor in taken:
        # One that is not open is for the supervisor to tell of.
        with suppress(OSError, OverflowError):
            os.fstat(descriptor)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, descriptor)
            os.close(nothing)
    if not any(typed[:1] == [one] for one in _WITHOUT_STORE) and not any(one in typed for one in _HELP):
        with suppress(OSError):
            # Only what exists can be left open; where they cannot be made, whoever needs them is told.
            places.prepare()
    lock_in_screens(files_left(places))


def _descriptors(typed: list[str]) -> Iterator[int]:
    """Give the open files that the operator named for a secret, as `<(command)` does."""
    for option in _SECRET_FILES:
        for path in values_of(option, typed):
            folder, _, name = path.rpartition("/")
            if path == "/dev/stdin":
                yield 0
            elif folder in ("/dev/fd", "/proc/self/fd") and name.isdecimal():
                yield int(name)


def _imports_from_input(typed: list[str]) -> bool:
    """Tell whether standard input holds logins; `--stdin` of other commands is for these themselves."""
    return typed[:2] == ["registry", "import"] and "--stdin" in typed


def _end_with(parent: int) -> None:
    """Have this process told to end when `parent` does, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # A parent that ended before the line above is not told of any more.
    if os.getppid() != parent:
        os._exit(1)


def _serve(door: socket.socket, places: Places, typed: Typed) -> None:
    """Take requests until the child is gone; each comes with a socket of its own for the answer."""
    while True:
        try:
            word, sockets, _, _ = socket.recv_fds(door, 1, 1)
        except OSError:
            return
        if not word:
            return
        for descriptor in sockets:
            # Something else than a socket is nothing to answer on.
            with suppress(OSError):
                asked = (socket.socket(fileno=descriptor), places, typed)
                threading.Thread(target=_answer, args=asked, name="request", daemon=True).start()


def _answer(asked: socket.socket, places: Places, typed: Typed) -> None:
    """Do what one request asks for, and say how it ended; who asked may be gone by then."""
    with suppress(OSError), asked, asked.makefile("rwb") as stream:
        request = stream.read()
        if not request:
            # Who wanted to ask was told to end meanwhile.
            return
        verb, argument = json.loads(request)
        try:
            for line in perform(verb, places, argument, typed):
                stream.write(json.dumps(line).encode() + b"\n")
                stream.flush()
            end = ended(None)
        except BahriyaError as error:
            end = ended(error)
        except Exception as error:
            end = ended(
                Failed(
                    f"{verb} broke: {type(error).__name__}",
                    "try again, or see bahriya doctor",
                )
            )
        stream.write(json.dumps(end).encode() + b"\n")


def _passing_on(child: int) -> Callable[[int, object], None]:
    """Have the signals that would end us end the child first; give what passes one on."""

    def pass_on(number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    return pass_on


def _wait_for(child: int, pass_on: Callable[[int, object], None]) -> tuple[int, bool]:
    """Wait for the child's end; give its exit code and whether a signal ended it. Stop and go on with it."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
        # The terminal sends the first two to both of us; a handler, unlike ignoring, is not inherited.
        signal.signal(number, lambda _number, _frame: None)
    # Waiting for the child itself would not do: a signal that another thread takes does not interrupt it.
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        changed, status = os.waitpid(child, os.WUNTRACED | os.WNOHANG)
        if not changed:
            select.select([woken], [], [])
            os.read(woken, 512)
            continue
        if os.WIFSTOPPED(status):
            os.kill(os.getpid(), signal.SIGSTOP)
            pass_on(signal.SIGCONT, None)
            continue
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status), False
        return 128 + os.WTERMSIG(status), True


def _end(places: Places, code: int) -> NoReturn:
    """End what was started for the child, turn into what it asked for, or end with its code."""
    process = sys.modules.get("bahriya_tui.launch.process")
    if process is not None:
        process.end_processes()
    become = sys.modules.get("bahriya_tui.launch.become")
    if code == 0 and become is not None and become.has_next():
        become.turn(places)
    os._exit(code)
