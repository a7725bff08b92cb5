"""Locks the calling process in for the rest of its life, with Landlock and seccomp through ctypes.

Best effort: a kernel that lacks either gives a lower level, which is told, and never an error.
Sources: the kernel's documentation, userspace-api/landlock and userspace-api/seccomp_filter.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from bahriya_tui.opener.syscalls import MACHINES, Machine

Level = Literal["full", "partial", "process only"]

READABLE = ("/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve", "/run/nscd")
"""What looking up a name reads; no keys and nobody's home are below these."""
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR, _REMOVE_FILE = 4, 8, 32
_FULL_ABI = 6
_NO_NEW_PRIVS = 38
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE_THREAD = 0x10000
_TSYNC = 1


def lock_in(network: bool = False, serving: Path | None = None) -> Level:
    """Give up files, sockets, programs, processes and signals; with `network`, connecting remains possible.

    `serving` is the folder of a socket that goes on being answered, and may be removed. Only threads that
    live now or start later are bound, of those that live now only by seccomp.
    """
    machine = MACHINES.get(os.uname().machine)
    if sys.platform != "linux" or machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        return "process only"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    allowed = dict.fromkeys(READABLE if network else (), _READ_FILE | _READ_DIR)
    if serving is not None:
        allowed[str(serving)] = _REMOVE_FILE
    landlock = _landlock(libc, network, allowed)
    denied = machine.always if network else machine.always + machine.last
    if serving is not None:
        denied = tuple(number for number in denied if number not in machine.serving)
    filtered = _seccomp(libc, machine, denied)
    if filtered and landlock >= _FULL_ABI:
        return "full"
    return "partial" if filtered or landlock else "process only"


def _landlock(libc: ctypes.CDLL, network: bool, allowed: dict[str, int]) -> int:
    """Restrict TCP, signals and files not `allowed`, as far as the kernel can; give its ABI, 0 for none."""
    abi = _call(libc, _LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return 0
    files = 0x1FFF | (0x2000 if abi >= 2 else 0) | (0x4000 if abi >= 3 else 0) | (0x8000 if abi >= 5 else 0)
    tcp = 3 if abi >= 4 and not network else 0
    scopes = 3 if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    rules = _call(libc, _LANDLOCK_CREATE, struct.pack("=QQQ", files, tcp, scopes), size, 0)
    if rules < 0:
        return 0
    try:
        for path, rights in allowed.items():
            _allow(libc, rules, path, rights)
        return abi if _call(libc, _LANDLOCK_RESTRICT, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return
    _call(libc, _LANDLOCK_ADD, rules, 1, struct.pack("=Qi", rights, folder), 0)
    os.close(folder)


def _seccomp(libc: ctypes.CDLL, machine: Machine, denied: Iterable[int]) -> bool:
    """Filter the system calls of all threads; False where the kernel does not let us."""
    steps = list(_filter(machine, denied))
    program = ctypes.create_string_buffer(b"".join(steps))
    pointed = struct.pack("@HP", len(steps), ctypes.addressof(program))
    return _call(libc, machine.seccomp, 1, _TSYNC, pointed) == 0


def _filter(machine: Machine, denied: Iterable[int]) -> Iterable[bytes]:
    """Give the program: other architectures are killed, `denied` and new processes get EPERM."""
    yield _step(_LOAD, 4)
    yield _step(_JUMP_EQUAL, machine.audit_arch, 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, 0)
    # The numbers of x32, which would get around the list.
    yield _step(_JUMP_AT_LEAST, 0x40000000, 0, 1)
    yield _step(_RETURN, _KILL)
    for number in denied:
        yield _step(_JUMP_EQUAL, number, 0, 1)
        yield _step(_RETURN, _ERRNO | errno.EPERM)
    # The C library then falls back to clone, whose flags can be seen.
    yield _step(_JUMP_EQUAL, machine.clone3, 0, 1)
    yield _step(_RETURN, _ERRNO | errno.ENOSYS)
    yield _step(_JUMP_EQUAL, machine.clone, 0, 3)
    yield _step(_LOAD, 16)
    yield _step(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0)
    yield _step(_RETURN, _ERRNO | errno.EPERM)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _call(libc: ctypes.CDLL, number: int, *arguments: int | bytes | None) -> int:
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(libc.syscall(ctypes.c_long(number), *passed))
