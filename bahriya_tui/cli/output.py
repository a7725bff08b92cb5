"""How commands answer: text tables for people, JSON for scripts; errors as one line on standard error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bahriya_tui.cli.plain import literal, value

Record = dict[str, Any]


def show(record: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: an object, or a line per field with lists of things as tables below."""
    if as_json:
        _json(record)
        return
    tables = {key: one for key, one in record.items() if _is_table(one)}
    width = max((len(key) for key in record), default=0)
    for key, one in record.items():
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
        table(records, columns)
    elif empty:
        note(empty)


def line(record: Record, text: str, *, as_json: bool) -> None:
    """Print one element of a stream at once: an object on a line of its own, or `text`."""
    if as_json:
        _json(record)
    else:
        print(literal(text))
    sys.stdout.flush()


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows under the names of their columns."""
    cells = [[value(row[column]) for column in columns] for row in rows]
    lines = [[_label(column).upper() for column in columns], *cells]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    for one in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip())


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
        print(f"bahriya: {literal(message)}" + (f"; {literal(hint)}" if hint else ""), file=sys.stderr)


def _json(thing: object) -> None:
    # ASCII only: what a terminal might obey is escaped.
    print(json.dumps(thing))


def _is_table(thing: object) -> bool:
    return isinstance(thing, list) and bool(thing) and isinstance(thing[0], dict)


def _label(key: str) -> str:
    return key.replace("_", " ")
