"""`bahriya matrix`: registry by region, from what the regions themselves show; never from a credential."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

import click

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.model import ecr
from bahriya_tui.model.clock import now
from bahriya_tui.model.drift import DRIFT, Cell
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.operations.matrix import REPAIR_SECONDS, matrix, read_back
from bahriya_tui.operations.matrix import repair as repair_cells
from bahriya_tui.operations.push import wait_writes
from bahriya_tui.operations.session import Session


@click.command("matrix")
@click.option("--registry", metavar="H", help="Only this registry.")
@click.option("--region", metavar="R", help="Only this region.")
@click.option("--no-wait", is_flag=True, help="Show what was read back last, without asking the regions.")
@click.option(
    "--repair", is_flag=True, help="Write missing and edited pull secrets again, over what others changed."
)
@protected_option
@common
def command(
    asked: Common,
    registry: str | None,
    region: str | None,
    no_wait: bool,
    repair: bool,
    named: tuple[str, ...],
) -> None:
    """Show for each registry and region: in sync, stale, missing, edited, unreachable, pending removal.

    Exit code 1 when drift is found, or a region could not be read back.
    """
    if no_wait and repair:
        raise BadInput(
            "--no-wait and --repair exclude each other", "a repair begins with a look at the regions"
        )
    with opened(asked) as (session, project):
        look = partial(_look, session, project, registry, region)
        cells = look(ask=not no_wait)
        if repair and any(cell.rewrite for cell in cells):
            unlocked(asked, session)
            writes = insist(asked, session, named, partial(repair_cells, project=project, cells=cells))
            _settle(session, writes, cells)
            cells = look(ask=True)
        _show(asked, cells)
        bad = [cell for cell in cells if cell.state in DRIFT or cell.state == "unreachable"]
        if bad:
            raise Failed(_summary(cells, bad), bad[0].hint)


def _look(s: Session, project: str, registry: str | None, region: str | None, *, ask: bool) -> list[Cell]:
    cells = matrix(s, project, registry=registry, region=region)
    if not ask:
        return cells
    read_back(s, project, {cell.region for cell in cells})
    return matrix(s, project, registry=registry, region=region)


def _settle(s: Session, writes: Sequence[int], cells: Sequence[Cell]) -> None:
    for cell in cells:
        for secret in cell.rewrite:
            output.note(f"{secret.name} in {cell.region} is written again, over what others changed in it")
    for one in wait_writes(s, writes, REPAIR_SECONDS):
        output.note(
            f"{one.name} in {one.region} is not repaired yet: {one.last_error}; the worker keeps trying"
        )


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
        if cell.expires_at:
            end = ecr.ending(cell.expires_at, None, now())
            output.say(f"{_column(cell)} in {cell.region}: {end}", as_json=False)
        if cell.detail:
            told = f"{_column(cell)} in {cell.region}: {cell.detail}"
            output.say(f"{told}; {cell.hint}" if cell.hint else told, as_json=False)


def _column(cell: Cell) -> str:
    return f"{cell.registry} (deleted)" if cell.deleted else cell.registry
