"""How the tests are shared out among processes with `-n`, and in which order they begin."""

import os
from collections.abc import Callable
from typing import Any

REAL, PACKAGING = "tests/real/", "tests/packaging/"
TOGETHER = (REAL, PACKAGING)
"""Rooms whose files stay in one process: they share the regions' one password, or what is built for them."""
_LONG = (REAL, PACKAGING, "tests/survival/", "tests/hostile/", "tests/worker/", "tests/cli/")
"""Rooms whose files take long, the one first that takes longest and waits most."""


def processes() -> int | None:
    """Give how many share the tests: two for each core, as a test often waits for what it started.

    None where the environment says how many, which pytest-xdist reads.
    """
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else 2 * (os.cpu_count() or 1)


def rank(nodeid: str) -> int:
    """Give what to order tests by: nobody is to be left alone with a long file at the end."""
    return next((place for place, room in enumerate(_LONG) if nodeid.startswith(room)), len(_LONG))


def scheduling(config: object, log: object) -> Any:
    """Keep a file in one process, and so all the files of a room that shares more."""
    from xdist.scheduler import LoadFileScheduling

    made = LoadFileScheduling(config, log)
    file_of: Callable[[str], str] = made._split_scope

    def scope(nodeid: str) -> str:
        return next((room for room in TOGETHER if nodeid.startswith(room)), None) or file_of(nodeid)

    made._split_scope = scope
    return made
