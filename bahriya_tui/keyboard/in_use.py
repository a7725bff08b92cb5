"""The keys that this process has: the default ones, until others take their place."""

from bahriya_tui.keyboard.keymap import Keymap
from bahriya_tui.keyboard.table import Key

_IN_SENTENCES = {"enter": "Enter", "escape": "Esc"}
"""What reads better in a sentence than the sign of the key."""
_in_use = Keymap()


def use(keymap: Keymap) -> None:
    """Have `keymap` from now on. Screens take it when they are imported: before that."""
    global _in_use
    _in_use = keymap


def in_use() -> Keymap:
    """Give the keys there are."""
    return _in_use


def here(*places: str) -> list[Key]:
    """Give the keys of `places`, in the order of the table."""
    return [key for key in _in_use.table if set(places) & set(key.places)]


def sign(name: str) -> str:
    """Tell in a sentence how to do `place.action`: by its key, or by its name in the palette."""
    place, _, action = name.partition(".")
    key = next(one for one in here(place) if one.name == action)
    if not key.keys:
        return f"{sign('app.command_palette')} {key.label}"
    return _IN_SENTENCES.get(key.each[0], key.shown)
