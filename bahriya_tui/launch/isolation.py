"""What a process does first when it is going to hold a plaintext: nobody may look into it or dump it."""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def isolate() -> bool:
    """Forbid core files, debuggers of the same user, and new privileges; tell whether the kernel took it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    taken = [libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)]
    return taken == [0, 0]
