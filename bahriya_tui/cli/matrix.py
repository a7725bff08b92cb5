"""`bahriya matrix`: registry by region, from what the regions themselves show; never from a credential."""

from collections import Counter
from collections.abc import Sequence

import click

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.model.drift import DRIFT, Cell
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations.matrix import matrix, read_back


@click.command("matrix")
@click.option("--registry", metavar="H", help="Only this registry.")
@click.option("--region", metavar="R", help="Only this region.")
@click.option("--no-wait", is_flag=True, help="Show what was read back last, without asking the regions.")
@common
def command(asked: Common, registry: str | None, region: str | None, no_wait: bool) -> None:
    """Show for each registry and region: in sync, stale, missing, edited, unreachable, pending removal.

    Exit code 1 when drift is found, or a region could not be read back.
    """
    with opened(asked) as (session, project):
        cells = matrix(session, project, registry=registry, region=region)
        if not no_wait:
            read_back(session, project, {cell.region for cell in cells})
            cells = matrix(session, project, registry=registry, region=region)
        _show(asked, cells)
        bad = [cell for cell in cells if cell.state in DRIFT or cell.state == "unreachable"]
        if bad:
            raise Failed(_summary(cells, bad), bad[0].hint)


def _summary(cells: Sequence[Cell], bad: Sequence[Cell]) -> str:
    counted = Counter(cell.state for cell in bad)
    states = ", ".join(f"{number} {state}" for state, number in counted.items())
    return f"not in sync in {len(bad)} of {len(cells)} places: {states}"


def _show(asked: Common, cells: Sequence[Cell]) -> None:
    if asked.json:
        output.listing([shapes.cell(one) for one in cells], [], as_json=True)
        return
    if not cells:
        output.note("no registry is needed in any region")
        return
    columns = list(dict.fromkeys(_column(cell) for cell in cells))
    rows: dict[str, dict[str, str]] = {}
    for cell in sorted(cells, key=lambda one: one.region):
        row = rows.setdefault(cell.region, {"region": cell.region, **dict.fromkeys(columns, "")})
        row[_column(cell)] = cell.state if cell.version is None else f"{cell.state} v{cell.version}"
    output.table(rows.values(), ["region", *columns])
    for cell in cells:
        if cell.detail:
            told = f"{_column(cell)} in {cell.region}: {cell.detail}"
            output.say(f"{told}; {cell.hint}" if cell.hint else told, as_json=False)


def _column(cell: Cell) -> str:
    return f"{cell.registry} (deleted)" if cell.deleted else cell.registry
