"""A seccomp filter through ctypes: the named system calls and new processes are refused in every thread.

Source: the kernel's documentation, userspace-api/seccomp_filter.
"""

import ctypes
import errno
import struct
from collections.abc import Iterable

from bahriya_tui.isolation.syscalls import Machine

_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE_THREAD = 0x10000
_SET_FILTER, _TSYNC = 1, 1
_AS_IF_TYPED = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX put characters into a terminal, which a shell then takes for its operator's."""
_FIRST, _SECOND = 16, 24
"""Where the low half of an argument is."""


def deny(libc: ctypes.CDLL, machine: Machine, denied: Iterable[int]) -> bool:
    """Filter the system calls of all threads, now and later; False where the kernel does not let us."""
    steps = list(_program(machine, denied))
    program = ctypes.create_string_buffer(b"".join(steps))
    pointed = struct.pack("@HP", len(steps), ctypes.addressof(program))
    called = libc.syscall(
        ctypes.c_long(machine.seccomp), ctypes.c_long(_SET_FILTER), ctypes.c_long(_TSYNC), pointed
    )
    return int(called) == 0


def _program(machine: Machine, denied: Iterable[int]) -> Iterable[bytes]:
    """Give the filter: other architectures are killed; `denied`, new processes and typing get EPERM."""
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
    yield _step(_LOAD, _FIRST)
    yield _step(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0)
    yield _step(_RETURN, _ERRNO | errno.EPERM)
    # What was loaded for clone is no number of a call, so it must not be taken for one.
    yield _step(_LOAD, 0)
    yield _step(_JUMP_EQUAL, machine.ioctl, 0, 4)
    yield _step(_LOAD, _SECOND)
    yield _step(_JUMP_EQUAL, _AS_IF_TYPED[0], 1, 0)
    yield _step(_JUMP_EQUAL, _AS_IF_TYPED[1], 0, 1)
    yield _step(_RETURN, _ERRNO | errno.EPERM)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
