"""Deployments that go together, without those that this worker has to leave as they are."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.run import Halted, Run

T = TypeVar("T")


class Going:
    """Goes on with each until the worker ends, another one has it, or nothing can be written of it.

    What is left is for whoever takes the lease. May be used by several threads.
    """

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = tuple(runs)
        self._left: dict[int, Exception] = {}

    def __iter__(self) -> Iterator[Run]:
        """Give those that still go on."""
        return (run for run in self._runs if run in self)

    def __contains__(self, run: Run) -> bool:
        """Tell whether a run still goes on."""
        return run.deployment.id not in self._left

    def each(self, step: Callable[[Run], T]) -> dict[int, T]:
        """Take a step of each; give what came of it by the deployment's number."""
        return {run.deployment.id: took for run in self for took in self.one(run, step)}

    def one(self, run: Run, step: Callable[[Run], T]) -> tuple[T, ...]:
        """Take a step of one that still goes on; it is left, and nothing given, when that raises."""
        if run in self:
            try:
                return (step(run),)
            except Exception as error:
                self._left[run.deployment.id] = error
        return ()

    def end(self) -> None:
        """Raise what kept one from being written down; the worker's end and a lost lease are no errors."""
        for error in self._left.values():
            if not isinstance(error, FenceLost | Halted):
                raise error
