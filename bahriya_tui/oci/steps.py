"""What was tried on the way, in order, and how long each step took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bahriya_tui.model.check import Step, StepName
from bahriya_tui.oci.unreachable import Unreachable, told


@dataclass(slots=True)
class Found:
    """What a step finds while it is under way; what is found out later may still change it."""

    name: StepName
    good: bool = True
    detail: str = ""
    ms: int = 0


class Trail:
    """The steps of one check, up to the one that failed."""

    def __init__(self) -> None:
        self._found: list[Found] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give them as they stand now."""
        return tuple(Step(found.name, found.good, found.detail, found.ms) for found in self._found)

    def take(self, other: "Trail") -> None:
        """Go on with the steps of another trail."""
        self._found += other._found

    @contextmanager
    def step(self, name: StepName) -> Iterator[Found]:
        """Note a step; what keeps it from its end is raised as `Unreachable` and is its detail."""
        found = Found(name)
        self._found.append(found)
        begun = time.monotonic()
        try:
            with told():
                yield found
        except Unreachable as error:
            found.good, found.detail = False, error.reason
            raise
        finally:
            found.ms = round((time.monotonic() - begun) * 1000)
