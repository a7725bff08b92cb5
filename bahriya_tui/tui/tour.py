"""A tour through the screens, as far as it is no screen: its steps, and which one is on. No input or output.

A step is over when the store shows what was to be done, whatever keys did it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bahriya_tui.operations.inspect import World


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, and what to do about it."""

    title: str
    says: str
    """What happens, and what to press."""
    came: "Callable[[World, World], str]"
    """What came of it, from the world as the step began and as it is; empty until it is done."""
    fault: str = ""
    """What goes wrong in the outside world while it lasts; empty when nothing does."""


class Tour:
    """The steps, the one that is on, and what came of the one before."""

    def __init__(self, steps: Sequence[Step], end: tuple[str, str], set_fault: Callable[[str], None]) -> None:
        self.steps = tuple(steps)
        self.end = end
        """Title and sentence for when all steps were taken."""
        self.set_fault = set_fault
        """Lets a fault begin, and end the one before; takes a moment."""
        self.at = 0
        self.came = ""
        self._before: World | None = None

    @property
    def step(self) -> Step | None:
        """The step that is on; None at the end."""
        return self.steps[self.at] if self.at < len(self.steps) else None

    @property
    def fault(self) -> str:
        """What is to go wrong now."""
        return self.step.fault if self.step is not None else ""

    def move(self, steps: int, world: "World", came: str = "") -> None:
        """Begin another step, in the world as it is now."""
        self.at = min(max(self.at + steps, 0), len(self.steps))
        self.came = came
        self._before = world

    def look(self, world: "World") -> bool:
        """Go on to the next step when the one that is on is done; tell whether it was."""
        came = self.step.came(self._before or world, world) if self.step is not None else ""
        if came:
            self.move(1, world, came)
        return bool(came)
