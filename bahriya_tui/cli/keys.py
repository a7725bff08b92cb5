"""`bahriya keys`: what the keys of the screens do, and what the operator's file makes of them."""

from typing import Any

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.keyboard.file import load
from bahriya_tui.keyboard.keymap import by_default
from bahriya_tui.keyboard.spelling import written
from bahriya_tui.keyboard.table import Key
from bahriya_tui.places import places


@click.command("keys")
@common
def command(asked: Common) -> int:
    """List all keys of the screens: their actions, the places they work in, and which of them were changed.

    A file keys.toml beside the configuration changes them. Below a line [keys] it gives actions their keys:
    deploy = "D", or "registries.rotate" = "ctrl+r,f8" for one place alone, or reverse = "" for none.
    Exit code 2 when there are mistakes in it; the screens then have the default keys.
    """
    path = places().keymap_file
    found = load(path)
    known = [_record(key) for key in found.table]
    if asked.json:
        output.listing(known, (), as_json=True)
    else:
        output.table([_line(one) for one in known], ("action", "keys", "changed", "places", "help"))
        output.note(f"the file of keys is {path}")
    for sentence in found.lost if not asked.json else ():
        output.note(sentence)
    for mistake in found.mistakes:
        output.failure(mistake.message, mistake.hint, mistake.exit_code, as_json=asked.json)
    return 2 if found.mistakes else 0


def _record(key: Key) -> records.Key:
    before = by_default(key)
    return {
        "action": key.name,
        "keys": [written(one) for one in key.each],
        "default": [written(one) for one in before],
        "changed": key.each != before,
        "places": list(key.places),
        "help": key.help,
    }


def _line(record: records.Key) -> dict[str, Any]:
    """Give what people see: a changed key with what it was."""
    was = ", ".join(record["default"])
    return {**record, "changed": f"was {was}" if record["changed"] else ""}
