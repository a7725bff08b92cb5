"""Marks: the lines, by key, that the keys act on together. Pure; a table keeps them and draws them."""

from collections.abc import Iterable

Marks = frozenset[str]

CURSOR, MARKED = "▌", "✓"
"""Before a line: whether it is the chosen one, and whether it is marked."""


def toggled(marks: Marks, keys: Iterable[str]) -> Marks:
    """Mark all of `keys`; where they all are, unmark them."""
    these = frozenset(keys)
    return marks - these if these <= marks else marks | these


def gutter(*, chosen: bool, marked: bool) -> str:
    """Draw the two cells before a line."""
    return f"{CURSOR if chosen else ' '}{MARKED if marked else ' '}"
