"""Threads of one interpreter take turns; here they do so where that is cheapest."""

import ctypes
import os
import sys

_TURN_SECONDS = 0.02
"""Each thread computes for less than that between two waits: none is to be interrupted in it."""


def take_turns_here() -> None:
    """Keep this thread, and those that it starts from now on, on the core on which it runs now.

    One of them computes at a time. Spread over cores, every call into the kernel hands the interpreter to a
    thread elsewhere, and whoever called has to wait until it comes back: for 200 regions that costs a quarter
    more CPU (`python -m tests.benchmarks fleet`). Does nothing where the system has no such thing.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    if sys.platform == "linux":
        core = ctypes.CDLL(None).sched_getcpu()
        if core in os.sched_getaffinity(0):
            os.sched_setaffinity(0, {core})
