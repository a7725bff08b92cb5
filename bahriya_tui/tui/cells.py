"""What the terminal shows, cell by cell, and the shortest way to have it show something else.

Textual draws whole widgets, and a screen several times over when it changes; over a slow line only what
differs should travel. Nothing here knows Textual: lines of segments come in, text for the terminal goes out.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style


class Pen(NamedTuple):
    """What the terminal draws with, as parameters of SGR (ECMA-48, 8.3.117); empty is the default."""

    attributes: str = ""
    ink: str = ""
    ground: str = ""


class Cell(NamedTuple):
    """One cell: what stands in it, empty in the second half of a wide character, and its pen.

    Where nothing stands, neither ink nor weight can be seen: `ANY` stands for them in the pen.
    """

    text: str
    pen: Pen


Row = list[Cell | None]
"""One line; None where it is not known what is shown."""
Patch = tuple[int, int, Iterable[Segment]]
"""Line, column, and what is to stand there."""

ANY = "any"
_DEFAULT = Pen()
_ATTRIBUTES = {
    **{"bold": "1", "dim": "2", "italic": "3", "underline": "4", "blink": "5", "blink2": "6", "reverse": "7"},
    **{"conceal": "8", "strike": "9", "underline2": "21", "frame": "51", "encircle": "52", "overline": "53"},
}
_ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""What ends an attribute; others end with all the rest."""
_INVISIBLE = {"1", "2", "3"}
"""Attributes that change no blank: bold, dim, italic."""
_NO_CONTROL = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
"""Characters that would move the cursor, or more; they have no width."""
_GAP = 4
"""Unchanged cells between changed ones that cost less to write again than to step over."""


class Shown:
    """The cells of a terminal of `columns` x `lines`, at first all unknown."""

    def __init__(self, columns: int, lines: int, system: ColorSystem) -> None:
        self._columns, self._system = columns, system
        self._rows: list[Row] = [[None] * columns for _ in range(lines)]
        self._uneven = [False] * lines
        """Lines with characters that are not one cell wide, or that terminals disagree on."""

    def change(self, patches: Iterable[Patch]) -> str:
        """Take note of `patches`; give what makes the terminal show them, nothing when it does already."""
        before: dict[int, tuple[Row, bool]] = {}
        for y, x, segments in patches:
            if 0 <= y < len(self._rows):
                before.setdefault(y, (self._rows[y][:], self._uneven[y]))
                self._put(y, x, segments)
        writer = _Writer()
        for y, (row, uneven) in sorted(before.items()):
            writer.line(y, row, self._rows[y], whole=uneven or self._uneven[y])
        return writer.done()

    def _put(self, y: int, x: int, segments: Iterable[Segment]) -> None:
        cells: list[Cell] = []
        uneven = False
        for text, style, control in segments:
            if not control:
                found, odd = _cells(text, style, self._system)
                cells += found
                uneven |= odd
        left, room = max(0, -x), self._columns - x
        cells = cells[left:room]
        if len(cells) == self._columns:
            self._uneven[y] = uneven
        else:
            self._uneven[y] |= uneven
        row = self._rows[y]
        row[x + left : x + left + len(cells)] = cells
        if self._uneven[y]:
            _blank_halves(row)


class _Writer:
    """Collects the text of one frame, with the pen and the place that it has reached."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._pen = _DEFAULT
        self._line: int | None = None

    def line(self, y: int, old: Row, new: Row, *, whole: bool) -> None:
        """Write what differs between two lines, or the whole line if anything does."""
        if old == new:
            return
        if whole:
            old = [None] * len(new)
        for start, end in _runs(old, new):
            self._out.append(self._way(y, start))
            self._line = y
            for cell in new[start:end]:
                if cell is not None:
                    self._write(cell)
        if whole:
            # Where the terminal counts otherwise, its cursor is not where we think.
            self._line = None

    def done(self) -> str:
        """Give all of it, the pen put back."""
        if self._pen != _DEFAULT:
            self._out.append("\x1b[m")
        return "".join(self._out)

    def _way(self, y: int, x: int) -> str:
        """Give the shortest way to a cell of this line or one below it."""
        if self._line == y:
            return f"\x1b[{x + 1}G"
        if x == 0:
            return "\r\n" if self._line == y - 1 else f"\x1b[{y + 1}H"
        return f"\x1b[{y + 1};{x + 1}H"

    def _write(self, cell: Cell) -> None:
        text, pen = cell
        if pen is not self._pen and (wanted := _wanted(self._pen, pen)) != self._pen:
            self._out.append(_turn(self._pen, wanted))
            self._pen = wanted
        self._out.append(text)


def _runs(old: Row, new: Row) -> list[tuple[int, int]]:
    """Give the ranges of cells that are known and differ; those that lie close together as one."""
    runs: list[tuple[int, int]] = []
    for place, (before, now) in enumerate(zip(old, new, strict=True)):
        if now is None or now == before:
            continue
        if runs and place - runs[-1][1] <= _GAP and None not in new[runs[-1][1] : place]:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _blank_halves(row: Row) -> None:
    """Blank what was left of wide characters that something was put over, as terminals do."""
    for place, cell in enumerate(row):
        if cell is None:
            continue
        before = row[place - 1] if place else None
        after = row[place + 1] if place + 1 < len(row) else None
        second = cell.text == "" and (before is None or _width(before.text) != 2)
        first = _width(cell.text) == 2 and (after is None or after.text != "")
        if first or second:
            row[place] = _cell(" ", cell.pen)


@lru_cache(1024)
def _width(text: str) -> int:
    return cell_len(text)


@lru_cache(4096)
def _cells(text: str, style: Style | None, system: ColorSystem) -> tuple[list[Cell], bool]:
    """Give the cells of a text, and whether one is not plainly one cell wide."""
    pen = _pen(style, system)
    if text.isascii() and text.isprintable():
        return [_cell(char, pen) for char in text], False
    text = text.translate(_NO_CONTROL)
    cells, odd = [], False
    for start, end, width in split_graphemes(text)[0]:
        cells += [_cell(text[start:end], pen), *[Cell("", pen)] * (width - 1)][: max(width, 0)]
        odd |= width != 1 or end - start != 1
    return cells, odd


def _cell(text: str, pen: Pen) -> Cell:
    if text == " " and _set(pen.attributes) <= _INVISIBLE:
        return Cell(text, Pen(ANY, ANY, pen.ground))
    return Cell(text, pen)


@lru_cache(1024)
def _pen(style: Style | None, system: ColorSystem) -> Pen:
    if style is None:
        return _DEFAULT
    ink, ground = style.color, style.bgcolor
    return Pen(
        ";".join(code for name, code in _ATTRIBUTES.items() if getattr(style, name)),
        ";".join(ink.downgrade(system).get_ansi_codes()) if ink else "",
        ";".join(ground.downgrade(system).get_ansi_codes(foreground=False)) if ground else "",
    )


@lru_cache(4096)
def _wanted(held: Pen, pen: Pen) -> Pen:
    """Give the pen to draw with, which stays as it is where that cannot be seen."""
    if pen.attributes != ANY:
        return pen
    if _set(held.attributes) <= _INVISIBLE:
        return held._replace(ground=pen.ground)
    return Pen("", "", pen.ground)


@lru_cache(4096)
def _turn(held: Pen, pen: Pen) -> str:
    """Give the shortest SGR that makes one pen of another."""
    before, after = _set(held.attributes), _set(pen.attributes)
    ended = {_ENDS.get(code, "0") for code in before - after}
    if "0" in ended:
        return f"\x1b[{';'.join(filter(None, ['0', *pen]))}m"
    begun = after if ended & {"22"} else after - before
    codes = [*sorted(ended), *sorted(begun)]
    codes += [pen.ink or "39"] if held.ink != pen.ink else []
    codes += [pen.ground or "49"] if held.ground != pen.ground else []
    return f"\x1b[{';'.join(codes)}m"


def _set(attributes: str) -> set[str]:
    return set(filter(None, attributes.split(";")))
