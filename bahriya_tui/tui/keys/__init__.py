"""The keys that are in use, as Textual wants them: it takes them when a class is made."""

from textual.binding import Binding, BindingType

from bahriya_tui.keyboard.in_use import here, in_use, sign, use
from bahriya_tui.keyboard.table import Key, changes

__all__ = ["Key", "bindings", "changes", "here", "in_use", "sign", "use"]


def bindings(*places: str) -> list[BindingType]:
    """Give the keys of `places` as Textual wants them."""
    return [
        Binding(key.keys, key.action, key.label, show=key.show, key_display=key.sign, priority=key.early)
        for key in here(*places)
        if key.keys
    ]
