"""`bahriya doctor`: what protects this installation, measured now."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common
from bahriya_tui.failure import literal
from bahriya_tui.model.finding import Finding, State, any_bad, summary
from bahriya_tui.places import places

_SHAPES: dict[State, str] = {"good": "+", "attention": "!", "bad": "x", "unknown": "?"}
_NARROW, _WIDE = 60, 110


@click.command("doctor")
@common
def command(asked: Common) -> int:
    """Measure what protects this installation, and say what to do where it is lacking.

    Ends with 1 when something is bad. Changes nothing.
    """
    from bahriya_tui.operations.doctor import examine

    findings = examine(places())
    if asked.json:
        output.listing(findings, (), as_json=True)
    else:
        width = min(max(shutil.get_terminal_size().columns, _NARROW), _WIDE)
        for line in _report(findings, width):
            output.line({}, line, as_json=False)
    return 1 if any_bad(findings) else 0


def _report(findings: Sequence[Finding], width: int) -> Iterator[str]:
    """Give the lines of a report: subject, state and sentence side by side, advice below its sentence."""
    subjects = max(len(one.subject) for one in findings)
    states = max(len(state) for state in _SHAPES) + 2
    indent = " " * (subjects + states + 4)
    for one in findings:
        head = f"{one.subject:<{subjects}}  {f'{_SHAPES[one.state]} {one.state}':<{states}}  "
        yield from _wrapped(one.measured, width, head, indent)
        if one.advice:
            yield from _wrapped(one.advice, width, f"{indent}> ", f"{indent}  ")
    yield ""
    yield summary(findings)


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        literal(text), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
