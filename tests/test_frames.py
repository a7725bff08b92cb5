"""Calls below a function with room never take memory from the system, however deep they are."""

import resource
import sys

import pytest

from bahriya_tui.frames import with_room

CALLS, DEEPEST = 400, 300


def nothing(*_some: int, a: int = 0, b: int = 0, c: int = 0, d: int = 0, e: int = 0, f: int = 0) -> int:
    """Be called, with a frame larger than that of `below`, so that at one depth only this does not fit."""
    g = h = i = j = k = a + b + c + d + e + f
    return g + h + i + j + k


def below(depth: int) -> int:
    """Go so deep, call something many times, and count the pages that the system had to give for it."""
    if depth:
        return below(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        nothing()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def most() -> int:
    """Give the most pages at any depth."""
    return max(below(depth) for depth in range(DEEPEST))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the pages of a thread")
def test_no_depth_costs_memory_at_each_call() -> None:
    assert with_room(most)() < CALLS / 4
