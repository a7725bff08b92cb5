"""How commands answer: text tables for people, JSON for scripts; errors as one line on standard error."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bahriya_tui.cli.plain import value
from bahriya_tui.cli.width import cells, padded
from bahriya_tui.failure import literal, one_line

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record: TypeAlias = "Mapping[str, Any] | DataclassInstance"
"""One of the `records`, or a dataclass that is printed as it is; `answers` says which command prints what."""
_LEAST_ROOM = 30
"""Columns in which a cell is not broken further."""


def show(record: Record, *, as_json: bool) -> None:
    """Print one thing: an object, or a line per field with lists of things as tables below."""
    if as_json:
        _json(record)
        return
    fields = _plain(record)
    tables = {key: one for key, one in fields.items() if _is_table(one)}
    width = max((len(key) for key in fields), default=0)
    for key, one in fields.items():
        if key not in tables:
            print(f"{_label(key):<{width}}  {value(one)}")
    for key, rows in tables.items():
        print(f"\n{_label(key)}")
        table(rows, list(rows[0]))


def listing(records: Sequence[Record], columns: Sequence[str], *, as_json: bool, empty: str = "") -> None:
    """Print a list: an array, or a table of the `columns`; `empty` says on standard error that it is."""
    if as_json:
        _json(records)
    elif records:
        table(map(_plain, records), columns)
    elif empty:
        note(empty)


def line(record: Record, text: str, *, as_json: bool) -> None:
    """Print one element of a stream at once: an object on a line of its own, or `text`."""
    if as_json:
        _json(record)
    else:
        print(literal(text))
    sys.stdout.flush()


def document(thing: Record) -> None:
    """Print one JSON document for people and programs alike."""
    print(json.dumps(_plain(thing), indent=2))


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under the names of their columns."""
    shown = [[value(row[column]) for column in columns] for row in rows]
    lines = [[_label(column).upper() for column in columns], *shown]
    widths = [max(cells(line[index]) for line in lines) for index in range(len(columns))]
    for *before, last in lines:
        head = "".join(f"{padded(cell, width)}  " for cell, width in zip(before, widths, strict=False))
        indent = cells(head)
        for part in _wrapped(last, indent):
            print(f"{head}{part}".rstrip())
            head = " " * indent


def _wrapped(text: str, indent: int) -> list[str]:
    """Break the last cell of a row where a terminal has no room for it; in a pipe it stays as it is."""
    room = max(_LEAST_ROOM, shutil.get_terminal_size().columns - indent)
    return textwrap.wrap(text, room) if sys.stdout.isatty() and len(text) > room else [text]


def say(text: str, *, as_json: bool) -> None:
    """Tell people that something was done; scripts see it from the exit code."""
    if not as_json:
        print(literal(text))


def note(text: str) -> None:
    """Tell people something beside the answer, on standard error."""
    print(f"note: {literal(text)}", file=sys.stderr)


def failure(message: str, hint: str, code: int, *, as_json: bool) -> None:
    """Tell what went wrong, in one line."""
    if as_json:
        error = {"error": {"code": code, "message": message, "hint": hint}}
        print(json.dumps(error), file=sys.stderr)
    else:
        print(one_line(message, hint), file=sys.stderr)


def _json(thing: object) -> None:
    # ASCII only: what a terminal might obey is escaped.
    print(json.dumps(_plain(thing)))


def _plain(thing: Any) -> Any:
    """Give a record, and all in it, as dictionaries, lists and values."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return _plain(asdict(thing))
    if isinstance(thing, Mapping):
        return {key: _plain(one) for key, one in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(one) for one in thing]
    return thing


def _is_table(thing: object) -> bool:
    return isinstance(thing, list) and bool(thing) and isinstance(thing[0], dict)


def _label(key: str) -> str:
    return key.replace("_", " ")
