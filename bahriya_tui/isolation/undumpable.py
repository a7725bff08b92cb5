"""Keeps a process's memory to itself: no core file, and no reading of it by other processes of the same user.

Imported and called before anything else by every process that will hold a token or a private key.
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4
_PT_DENY_ATTACH = 31


def make_undumpable() -> bool:
    """Close this process to debuggers and core files; False where the system offers only the latter."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        return bool(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    if sys.platform == "darwin":
        return bool(libc.ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0)
    return False
