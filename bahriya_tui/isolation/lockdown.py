"""Locks the calling process in for the rest of its life: one function for each kind of process we have.

Best effort: a kernel that lacks Landlock or seccomp gives a lower level, which is told, and never an error.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Literal

from bahriya_tui.isolation import landlock, seccomp
from bahriya_tui.isolation.landlock import Files
from bahriya_tui.isolation.syscalls import MACHINES, Machine

Level = Literal["full", "partial", "process only"]

NAME_SERVICE = ("/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve", "/run/nscd")
"""What looking up a name reads; no keys and nobody's home are below these."""
_NO_NEW_PRIVS = 38


def lock_in(network: bool = False) -> Level:
    """Give up files, sockets, programs, processes and signals; with `network`, connecting remains possible.

    Landlock binds this thread and those it starts later; seccomp binds every thread of the process.
    """
    machine = _machine()
    if machine is None:
        return "process only"
    always = machine.programs + machine.intrusion + machine.serving + machine.signals + machine.files
    if network:
        return _lock(machine, Files(readable=NAME_SERVICE), always, tcp=True)
    return _lock(machine, Files(), always + machine.network + machine.opening + machine.pairs, tcp=False)


def lock_in_holder(folder: Path) -> Level:
    """Give up everything but answering at the sockets there are, and removing their names from `folder`."""
    machine = _machine()
    if machine is None:
        return "process only"
    denied = machine.programs + machine.intrusion + machine.network + machine.signals
    return _lock(
        machine,
        Files(removable=(str(folder),)),
        denied + machine.opening + machine.pairs,
        tcp=False,
    )


def lock_in_screens(files: Files) -> Level:
    """Give up all but `files`, with programs, processes and the network: for the screens and the commands.

    Signals to threads of one's own remain, which Ctrl-Z needs; Landlock keeps them inside.
    """
    machine = _machine()
    if machine is None:
        return "process only"
    denied = machine.programs + machine.intrusion + machine.network + machine.serving
    return _lock(machine, files, denied, tcp=False)


def lock_in_page(files: Files) -> Level:
    """Give up all but `files`, with programs, processes and calling anybody: for what browsers call."""
    machine = _machine()
    if machine is None:
        return "process only"
    return _lock(machine, files, machine.programs + machine.intrusion + machine.network, tcp=False)


def _machine() -> Machine | None:
    """Give the numbers for this processor; None where the lock does not apply."""
    if sys.platform != "linux" or ctypes.sizeof(ctypes.c_void_p) != 8:
        return None
    return MACHINES.get(os.uname().machine)


def _lock(machine: Machine, files: Files, denied: tuple[int, ...], *, tcp: bool) -> Level:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    version = landlock.restrict(libc, files, tcp=tcp)
    filtered = seccomp.deny(libc, machine, denied + machine.modes)
    if filtered and version >= landlock.FULL_ABI:
        return "full"
    return "partial" if filtered or version else "process only"
