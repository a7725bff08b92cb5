"""Locks this process in for good: no file, no new connection, no other program (Landlock and seccomp).

What the kernel does not offer is left out, and the level says so; a deployment never fails for it.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Literal

Level = Literal["full", "partial", "process only"]

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_FULL_ABI = 6
"""From this Landlock version on signals to other processes can be forbidden too (Linux 6.12)."""

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_DENIED = {
    "x86_64": {
        "open": 2, "openat": 257, "openat2": 437, "creat": 85, "link": 86, "symlink": 88, "rename": 82,
        "unlink": 87, "socket": 41, "socketpair": 53, "connect": 42, "bind": 49, "listen": 50,
        "sendmmsg": 307, "fork": 57, "vfork": 58, "clone3": 435, "execve": 59,
        "execveat": 322, "kill": 62, "tkill": 200,
        "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "memfd_create": 319,
        "io_uring_setup": 425, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "keyctl": 250,
        "add_key": 248, "request_key": 249, "mount": 165, "unshare": 272, "setns": 308, "pidfd_getfd": 438,
        "open_by_handle_at": 304, "personality": 135,
    },
    "aarch64": {
        "openat": 56, "openat2": 437, "linkat": 37, "symlinkat": 36, "renameat2": 276, "unlinkat": 35,
        "socket": 198, "socketpair": 199, "connect": 203, "bind": 200, "listen": 201, "sendmmsg": 269,
        "clone3": 435, "execve": 221, "execveat": 281, "kill": 129, "tkill": 130, "ptrace": 117,
        "process_vm_readv": 270, "process_vm_writev": 271, "memfd_create": 279, "io_uring_setup": 425,
        "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "keyctl": 219, "add_key": 217,
        "request_key": 218, "mount": 40, "unshare": 97, "setns": 268, "pidfd_getfd": 438,
        "open_by_handle_at": 265, "personality": 92,
    },
}  # fmt: skip
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE_THREAD = 0x10000
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def lock_in() -> Level:
    """Take away files, connections, programs and other processes; tell how much the kernel agreed to."""
    if sys.platform != "linux":
        return "process only"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return "process only"
    landlock = _landlock(libc)
    filtered = _seccomp(libc)
    if landlock >= _FULL_ABI and filtered:
        return "full"
    return "partial" if landlock or filtered else "process only"


def _landlock(libc: ctypes.CDLL) -> int:
    """Restrict all that this kernel's Landlock knows, with no exception; give its version, 0 without."""
    version = int(libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_LANDLOCK_VERSION)))
    if version <= 0:
        return 0
    files = (1 << 13) - 1
    files |= (
        (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0) | (1 << 15 if version >= 5 else 0)
    )
    attributes = struct.pack("QQQ", files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = int(libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(size), ctypes.c_uint(0)))
    if rules < 0:
        return 0
    restricted = libc.syscall(_LANDLOCK_RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    os.close(rules)
    return version if restricted == 0 else 0


def _seccomp(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return False
    program = b"".join(_filter(machine))
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(header)
    taken = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.c_ulong(ctypes.addressof(pointer)), 0, 0)
    return bool(taken == 0)


def _filter(machine: str) -> list[bytes]:
    """Write the BPF program: another architecture is killed, what is denied gets EPERM, the rest passes."""

    def step(code: int, then: int, otherwise: int, value: int) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    refuse = step(_RETURN, 0, 0, _ERRNO | errno.EPERM)
    program = [
        step(_LOAD, 0, 0, 4),
        step(_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        step(_RETURN, 0, 0, _KILL),
        step(_LOAD, 0, 0, 0),
    ]
    if machine == "x86_64":
        program += [step(_AT_LEAST, 0, 1, 0x40000000), step(_RETURN, 0, 0, _KILL)]
    for name, number in _DENIED[machine].items():
        # glibc falls back to clone, whose flags can be looked at, only when clone3 is said not to exist.
        answer = step(_RETURN, 0, 0, _ERRNO | errno.ENOSYS) if name == "clone3" else refuse
        program += [step(_EQUAL, 0, 1, number), answer]
    return [
        *program,
        step(_EQUAL, 0, 3, _CLONE[machine]),
        step(_LOAD, 0, 0, 16),
        step(_ANY_BIT, 1, 0, _CLONE_THREAD),
        refuse,
        step(_RETURN, 0, 0, _ALLOW),
    ]
