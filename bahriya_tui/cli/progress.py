"""Bars of deployments on a terminal, a line for each region, drawn again in place as the worker goes on."""

import os
import sys
from collections.abc import Mapping, Sequence

from bahriya_tui.cli.width import cells, cut, padded
from bahriya_tui.failure import literal
from bahriya_tui.model.deployment import Deployment, RegionRun
from bahriya_tui.model.phases import share, words
from bahriya_tui.screen import Look, fitted

LEAST = 50
"""Columns below which there are no bars."""
_BAR, _PHASE = 10, 13
_COLOURS = {"running": "32", "terminated": "32", "failed": "31", "unreachable": "31", "held": "33"}


class Progress:
    """What stands on the terminal of a command that waits: what was said, and bars below it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._look = fitted(Look(), environment)
        self._drawn = 0
        """Lines of bars that stand above the cursor."""
        self._size = os.terminal_size((0, 0))

    def fits(self, runs: Sequence[Deployment]) -> bool:
        """Tell whether the terminal has room for a line for each region, however far that is."""
        size = os.get_terminal_size(1)
        if size.columns >= LEAST and sum(len(run.regions) for run in runs) + 2 <= size.lines:
            return True
        self._drawn = 0
        return False

    def show(self, runs: Sequence[Deployment], said: str = "") -> None:
        """Draw the bars again in the place of those before, below what is `said`, which stays."""
        size = os.get_terminal_size(1)
        lines = bars(runs, size.columns - 1, self._look)
        # Another width may have broken the lines that stand there: nobody knows how many they are.
        back = f"\x1b[{self._drawn}A\r" if self._drawn and size == self._size else ""
        told = [literal(said)] if said else []
        sys.stdout.write(f"{back}\x1b[J" + "".join(f"{line}\n" for line in (*told, *lines)))
        sys.stdout.flush()
        self._drawn, self._size = len(lines), size


def progress_of(environment: Mapping[str, str]) -> Progress | None:
    """Give the bars of this process; None where standard output is no terminal that can move its cursor."""
    if not sys.stdout.isatty() or environment.get("TERM", "") in ("", "dumb"):
        return None
    return Progress(environment)


def bars(runs: Sequence[Deployment], columns: int, look: Look) -> list[str]:
    """Give a line for each region, none wider than `columns`; with its container where there are several."""
    several = len(runs) > 1
    rows = [
        (f"{run.container} {one.region}" if several else one.region, one)
        for run in runs
        for one in run.regions
    ]
    wide = min(max((cells(name) for name, _ in rows), default=0), columns // 3)
    return [_line(literal(name), one, wide, columns, look) for name, one in rows]


def _line(name: str, region: RegionRun, wide: int, columns: int, look: Look) -> str:
    full = round(share(region) * _BAR)
    done, left = ("#", "-") if look.ascii else ("━", "─")
    colour = "" if look.no_color else _COLOURS.get(region.state, "")
    bar = done * full + left * (_BAR - full)
    replicas = (
        f" {region.updated or 0}/{region.replicas}" if region.state == "rolling" and region.replicas else ""
    )
    state = f"{words(region.state)}{replicas}"
    head = f"{padded(cut(name, wide), wide)}  "
    tail = f"  {state:<{_PHASE}}  {literal(region.message)}"
    text = cut(head + bar + tail, columns).rstrip()
    end = len(head) + len(bar)
    return (
        text if not colour else f"{text[: len(head)]}\x1b[{colour}m{text[len(head) : end]}\x1b[0m{text[end:]}"
    )
