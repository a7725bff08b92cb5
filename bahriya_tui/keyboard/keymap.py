"""The table of keys as an operator wants it, with what was wrong with the wish."""

from dataclasses import dataclass

from bahriya_tui.keyboard.table import TABLE, Key
from bahriya_tui.model.errors import BadInput


@dataclass(frozen=True, slots=True)
class Keymap:
    """What the keys do."""

    table: tuple[Key, ...] = TABLE
    """The default table where there is any mistake."""
    mistakes: tuple[BadInput, ...] = ()
    lost: tuple[str, ...] = ()
    """Sentences: which keys were taken from an action by a wish for another one."""

    @property
    def warnings(self) -> list[str]:
        """What the screens say of it when they start."""
        wrong = [f"{one.message}; {one.hint}." for one in self.mistakes]
        return [*wrong, *(["Until then the keys are the default ones."] if wrong else self.lost)]


def by_default(key: Key) -> tuple[str, ...]:
    """Give the keys that the action has by itself."""
    return next(one.each for one in TABLE if one.name == key.name and set(key.places) <= set(one.places))
