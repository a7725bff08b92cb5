"""Protected regions: named with `--protected`, or by typing when somebody is there to be asked."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from bahriya_tui.cli.options import Command, Common
from bahriya_tui.model.protection import Protected, to_type
from bahriya_tui.operations.protect import naming
from bahriya_tui.operations.session import Session

T = TypeVar("T")


def protected_option(command: Command) -> Command:
    """Let a command take names of protected regions, which reach it as `named`."""
    option = click.option(
        "--protected",
        "named",
        multiple=True,
        metavar="REGION",
        help="Change what runs in this protected region; repeatable.",
    )
    return option(command)


def insist(asked: Common, s: Session, named: Sequence[str], verb: Callable[[Session], T]) -> T:
    """Do `verb` as somebody who has named these regions; others that are protected are asked for first.

    `Protected` where nobody can be asked, or something else was typed. `--yes` names no region.
    """
    naming_some = naming(s, named)
    try:
        return verb(naming_some)
    except Protected as refused:
        if not (asked.may_ask and asked.typed(_question(refused), to_type(refused.regions))):
            raise
        meant = refused.regions
    return verb(naming(naming_some, meant))


def _question(refused: Protected) -> str:
    names = ", ".join(refused.regions)
    verb = "is" if len(refused.regions) == 1 else "are"
    return f"{names} {verb} protected, and would be changed by {refused.doing}"
