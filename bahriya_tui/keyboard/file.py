"""The operator's file of keys: TOML, with a table `[keys]` of actions and the keys they are to have.

[keys]
deploy = "D"
"registries.rotate" = "ctrl+r, f8"
reverse = ""
"""

import os
from pathlib import Path
from typing import Any

from bahriya_tui.keyboard.keymap import Keymap
from bahriya_tui.model.errors import BadInput


def load(path: Path) -> Keymap:
    """Give the keys as the file wants them: the default ones without one, or with a mistake in it."""
    if not os.path.lexists(path):
        return Keymap()
    from bahriya_tui.keyboard.remap import remapped

    wishes: dict[str, object] = {}
    mistakes: list[BadInput] = []
    try:
        document = _read(path)
    except BadInput as error:
        mistakes = [error]
    else:
        wishes = _wishes(document)
        mistakes = _elsewhere(document)
    found = remapped(wishes)
    wrong = tuple(BadInput(f"{path}: {one.message}", one.hint) for one in (*mistakes, *found.mistakes))
    if wrong:
        return Keymap(mistakes=wrong)
    return Keymap(found.table, lost=tuple(f"{path}: {one}" for one in found.lost))


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    if not path.is_file():
        raise BadInput("it is no file", "make it a text file, or remove it")
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadInput(f"it cannot be read ({error.strerror})", "look at its owner and mode") from None
    except UnicodeDecodeError:
        raise BadInput("it is not UTF-8 text", "save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(
            f"it is not TOML ({error})", 'write lines such as deploy = "D" below a line [keys]'
        ) from None


def _wishes(document: dict[str, Any]) -> dict[str, object]:
    """Give actions and keys; `[keys.regions]` with `test` is the same as `"regions.test"`."""
    table = document.get("keys")
    wishes: dict[str, object] = {}
    for name, value in table.items() if isinstance(table, dict) else ():
        if isinstance(value, dict):
            wishes |= {f"{name}.{action}": keys for action, keys in value.items()}
        else:
            wishes[name] = value
    return wishes


def _elsewhere(document: dict[str, Any]) -> list[BadInput]:
    """Say what stands where no key is looked for."""
    misplaced = [name for name in document if name != "keys" or not isinstance(document["keys"], dict)]
    return [
        BadInput(f"“{name}” means nothing here", "put actions and their keys below a line [keys]")
        for name in misplaced
    ]
