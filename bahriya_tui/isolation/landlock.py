"""Landlock through ctypes: which files remain, and that no TCP, signal or memory of others does.

Source: the kernel's documentation, userspace-api/landlock. Rules only ever add to what is allowed: a folder
inside an allowed one cannot be taken out again.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass

FULL_ABI = 6
"""From here on (Linux 6.12) files, TCP and signals are covered."""
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG = 0x2, 0x4, 0x8, 0x20, 0x100
_TRUNCATE, _IOCTL = 0x4000, 0x8000
_READ = _READ_FILE | _READ_DIR
_CHANGE = _READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_REG | _TRUNCATE
_DEVICE = _READ_FILE | _WRITE_FILE | _IOCTL
_OF_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
"""Rights that mean something for a file; a rule for one may name no others."""


@dataclass(frozen=True, slots=True)
class Files:
    """What remains of the file system, by paths; those that do not exist are left out."""

    readable: tuple[str, ...] = ()
    changeable: tuple[str, ...] = ()
    """Folders in which files may be made, changed and removed."""
    devices: tuple[str, ...] = ()
    removable: tuple[str, ...] = ()
    """Folders from which files may be removed, and nothing else."""


def abi(libc: ctypes.CDLL) -> int:
    """Give the version of Landlock that the kernel offers, 0 where there is none."""
    return max(0, _call(libc, _CREATE, None, 0, 1))


def restrict(libc: ctypes.CDLL, files: Files, *, tcp: bool) -> int:
    """Leave only `files`, TCP only with `tcp`, and no signals out; give the version in force, 0 for none."""
    version = abi(libc)
    if version < 1:
        return 0
    handled = 0x1FFF | (0x2000 if version >= 2 else 0)
    handled |= (_TRUNCATE if version >= 3 else 0) | (_IOCTL if version >= 5 else 0)
    ports = 3 if version >= 4 and not tcp else 0
    scopes = 3 if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _call(libc, _CREATE, struct.pack("=QQQ", handled, ports, scopes), size, 0)
    if rules < 0:
        return 0
    try:
        _allow(libc, rules, files.readable, _READ & handled)
        _allow(libc, rules, files.changeable, _CHANGE & handled)
        _allow(libc, rules, files.devices, _DEVICE & handled)
        _allow(libc, rules, files.removable, _REMOVE_FILE & handled)
        return version if _call(libc, _RESTRICT, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, paths: Iterable[str], rights: int) -> None:
    for path in paths:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = rights if os.path.isdir(path) else rights & _OF_FILES  # noqa: PTH112
        _call(libc, _ADD, rules, 1, struct.pack("=Qi", allowed, opened), 0)
        os.close(opened)


def _call(libc: ctypes.CDLL, number: int, *arguments: int | bytes | None) -> int:
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return int(libc.syscall(ctypes.c_long(number), *passed))
