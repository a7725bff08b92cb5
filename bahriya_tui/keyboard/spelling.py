"""How keys are written: by operators in a file, by Textual, and on screens."""

import string
import unicodedata

_SHORT = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
}
_SIGNS = {
    "enter": "⏎",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "space": "space",
}
_SILENT = frozenset(
    [
        *(*_SHORT.values(), "tab", "backspace", "home", "end", "up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
    ]
)
"""The keys with a name that type nothing."""
_FRIENDLY = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual calls a character by another name than Unicode does."""
_MODIFIERS = ("alt", "ctrl", "shift")
_SAME = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
"""What terminals send the same for as for another key."""
_FIXED = {"ctrl+c": "copies", "ctrl+q": "leaves"}
"""What Textual keeps for itself."""


def key_of(written: str) -> str:
    """Give the key that is meant, as Textual names it; raise `ValueError` with the reason why it is none."""
    text = written.strip()
    if text == "+":
        before, base = [], "+"
    elif text.endswith("++"):
        before, base = text[:-2].split("+"), "+"
    else:
        *before, base = text.split("+")
    modifiers = {one.strip().lower() for one in before}
    if not modifiers <= set(_MODIFIERS) or len(modifiers) < len(before):
        raise ValueError("there is no such key")
    base = base.strip()
    if len(base) == 1 and "shift" in modifiers:
        if not base.isalpha():
            raise ValueError("write the character that it types")
        modifiers -= {"shift"} if "ctrl" not in modifiers else set()
        base = base.upper()
    if len(base) == 1 and "ctrl" in modifiers:
        base = base.lower()
    key = "+".join([*sorted(modifiers), _base(base)])
    if key in _SAME:
        raise ValueError(f"terminals send the same for {_SAME[key]}")
    if key in _FIXED:
        raise ValueError(f"it always {_FIXED[key]}")
    return key


def types(key: str) -> bool:
    """Tell whether `key` types a character where there is a field."""
    return "+" not in key and key not in _SILENT


def written(key: str) -> str:
    """Give `key` as an operator writes it."""
    *modifiers, base = key.split("+")
    char = _character(base)
    return "+".join([*modifiers, base if char in ",+ " else char])


def shown(key: str) -> str:
    """Give `key` as screens show it, briefly."""
    *modifiers, base = key.split("+")
    return "+".join([*modifiers, _SIGNS.get(base) or _character(base)])


def _base(text: str) -> str:
    if len(text) == 1:
        name = _name(text)
        if name is None:
            raise ValueError("there is no such key")
        return name
    name = text.lower()
    name = _SHORT.get(name, name)
    if name not in _SILENT and name not in _CHARACTERS:
        raise ValueError("there is no such key")
    return name


def _name(char: str) -> str | None:
    """Give what Textual calls a character; None for one that no key types."""
    if char.isalnum():
        return char
    if not char.isprintable():
        return None
    name = unicodedata.name(char, "").lower().replace("-", "_").replace(" ", "_")
    return _FRIENDLY.get(name, name) or None


def _character(name: str) -> str:
    """Give the character of that name; of other keys the name."""
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    try:
        return unicodedata.lookup(name.replace("_", " ")) if "_" in name else name
    except KeyError:
        return name


_CHARACTERS: dict[str, str] = {str(_name(char)): char for char in (*string.punctuation, " ")}
"""The names of characters."""
