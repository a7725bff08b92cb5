"""A manual page, written a part at a time in roff with the macros of man(7)."""

import textwrap
from collections.abc import Iterable

_AS_TYPED = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti", '"': "\\(dq"}
"""What a formatter would take for something else, or print as another character than is typed."""


def escaped(text: str) -> str:
    """Give `text` as roff that prints just that: ASCII, and no line of it is a request."""
    lines = ["".join(map(_escaped, line)) for line in text.split("\n")]
    return "\n".join(f"\\&{line}" if line.startswith(".") else line for line in lines)


def _escaped(character: str) -> str:
    if character.isascii():
        return _AS_TYPED.get(character, character)
    return f"\\[u{ord(character):04X}]"


def _filled(text: str) -> str:
    """Give a text in short lines, as roff wants them; any of these may begin with a dot."""
    return escaped(textwrap.fill(text, 70, break_long_words=False, break_on_hyphens=False))


class Page:
    """Collects the lines of a page; every text is escaped here."""

    def __init__(self, name: str, version: str, date: str) -> None:
        self._lines = [f'.TH {name.upper()} 1 "{date}" "{escaped(name)} {escaped(version)}" "User Commands"']

    def section(self, title: str) -> None:
        """Begin a section."""
        self._lines.append(f".SH {escaped(title)}")

    def part(self, title: str) -> None:
        """Begin a part of a section."""
        self._lines.append(f".SS {escaped(title)}")

    def paragraph(self, text: str) -> None:
        """Write a paragraph; the formatter breaks its lines."""
        self._begin()
        self._lines.append(_filled(text))

    def as_typed(self, text: str) -> None:
        """Write lines that stay as they are."""
        self._begin()
        self._lines += [".nf", ".RS 4", escaped(text), ".RE", ".fi"]

    def terms(self, records: Iterable[tuple[str, str]]) -> None:
        """Write terms, each with what is said about it below."""
        for term, text in records:
            self._lines += [".TP", f".B {escaped(term)}", _filled(text) or "\\&"]

    def _begin(self) -> None:
        if not self._lines[-1].startswith((".SH", ".SS")):
            self._lines.append(".PP")

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"
