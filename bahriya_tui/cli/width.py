"""How wide text is on a terminal: in cells, of which a letter takes one, an ideograph two, an accent none."""

from unicodedata import category, east_asian_width


def cells(text: str) -> int:
    """Give the number of cells that `text`, which has no control characters, takes."""
    return sum(map(_cells_of, text))


def padded(text: str, columns: int) -> str:
    """Give `text` with spaces after it, so that it takes `columns` cells unless it is wider."""
    return text + " " * (columns - cells(text))


def cut(text: str, columns: int) -> str:
    """Give as much of `text` as has room in `columns` cells."""
    room = columns
    for number, char in enumerate(text):
        room -= _cells_of(char)
        if room < 0:
            return text[:number]
    return text


def _cells_of(char: str) -> int:
    if char.isascii():
        return 1
    if category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
