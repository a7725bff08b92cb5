"""Threads of one interpreter take turns; here they do so where that is cheapest."""

import _thread
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_BATCH = 3
"""`SCHED_BATCH` of Linux (sched(7)), which not every build of Python names."""
_TURN_SECONDS = 0.02
"""Each thread computes for less than that between two waits: none is to be interrupted in it."""


def take_turns_here() -> None:
    """Keep this thread, and those that it starts from now on, on the core on which it runs now.

    One of them computes at a time. Spread over cores, every call into the kernel hands the interpreter to a
    thread elsewhere, and whoever called has to wait until it comes back: for 200 regions that costs a quarter
    more CPU (`python -m tests.benchmarks fleet`). For the same reason one that is woken does not interrupt
    whoever computes, whose turn it could not take anyway. Does nothing where the system has no such thing, or
    does not let us.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    if sys.platform == "linux":
        core, cores = ctypes.CDLL(None).sched_getcpu(), os.sched_getaffinity(0)
        _bind({core} & cores or cores, _BATCH)


@contextmanager
def unbound() -> Iterator[None]:
    """Start programs in the block as this process is run, not bound to the core on which turns are taken.

    A program inherits that from the thread that starts it, and all that it starts would share the one core.
    """
    if sys.platform != "linux":
        yield
        return
    bound = os.sched_getaffinity(0), _policy(0)
    _bind(os.sched_getaffinity(os.getpid()), _policy(os.getpid()))
    try:
        yield
    finally:
        _bind(*bound)


def begin(job: Callable[..., None], *arguments: object) -> None:
    """Have a thread do a job that tells by itself how it ended; nobody can wait for the thread.

    `threading.Thread` waits until the new one has had its first turn: of 200, each behind all those before.
    """
    _thread.start_new_thread(_traced, (job, arguments))


def do_together(job: Callable[[], None], threads: int) -> None:
    """Have so many threads do a job, and wait until the last of them has ended."""
    left, over = [None] * threads, threading.Event()

    def work() -> None:
        try:
            job()
        finally:
            left.pop()
            if not left:
                over.set()

    for _ in range(threads):
        begin(work)
    over.wait()


def _bind(cores: set[int], policy: int) -> None:
    """Have this thread run on these cores and in this way, as far as the system lets us."""
    # The cores that we may use can become others between the question and the answer.
    with suppress(OSError):
        os.sched_setaffinity(0, cores)
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, policy, os.sched_param(0))


def _policy(thread: int) -> int:
    """Give how a thread is scheduled; as most are where the system does not tell."""
    with suppress(AttributeError, OSError):
        return os.sched_getscheduler(thread)
    return 0


def _traced(job: Callable[..., None], arguments: tuple[object, ...]) -> None:
    """Do the job as any other thread would: seen by what measures which lines are executed."""
    if (trace := threading.gettrace()) is not None:
        sys.settrace(trace)
    job(*arguments)
