"""The keys that are in use, as Textual wants them; what they are is in `bahriya_tui.keyboard`.

Textual takes them when a class is made: `use` another table before any screen is imported.
"""

from textual.binding import Binding, BindingType

from bahriya_tui.keyboard.keymap import Keymap
from bahriya_tui.keyboard.table import Key, changes

__all__ = ["Key", "bindings", "changes", "here", "in_use", "use"]

_in_use = Keymap()


def use(keymap: Keymap) -> None:
    """Have all screens that are imported from now on use `keymap`."""
    global _in_use
    _in_use = keymap


def in_use() -> Keymap:
    """Give the keys that the screens have."""
    return _in_use


def here(*places: str) -> list[Key]:
    """Give the keys of `places`, in the order of the table."""
    return [key for key in _in_use.table if set(places) & set(key.places)]


def bindings(*places: str) -> list[BindingType]:
    """Give the keys of `places` as Textual wants them."""
    return [
        Binding(key.keys, key.action, key.label, show=key.show, key_display=key.sign, priority=key.early)
        for key in here(*places)
        if key.keys
    ]
