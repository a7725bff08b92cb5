"""How much SQLite does to answer something, which is the same on a slow machine."""

from collections.abc import Callable

from bahriya_tui.store.driver import Connection


def steps(c: Connection, question: Callable[[Connection], object]) -> int:
    """Count the steps of SQLite's virtual machine, give or take one in ten."""
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    c.set_progress_handler(step, 10)
    try:
        assert question(c) is not None
    finally:
        c.set_progress_handler(None, 10)
    return max(counted, 1)
