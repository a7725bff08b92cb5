"""`bahriya notify`: the operator's commands for what needs a person."""

from dataclasses import asdict

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.launch import hooks
from bahriya_tui.model.errors import Failed, NotFound
from bahriya_tui.notify.hooks import OCCASIONS
from bahriya_tui.places import places


@click.group("notify", no_args_is_help=False)
def command() -> None:
    """Commands that the worker runs when something needs a person, named in hooks.toml.

    They get what happened as JSON on standard input. The file lies beside keys.toml:

    \b
    [[hook]]
    command = ["/usr/local/bin/page", "--team", "ops"]
    on = ["deployment.failed", "deployment.held", "credential.expiring"]
    """  # noqa: D301


@command.command("list")
@common
def list_(asked: Common) -> None:
    """List the hooks, and say what is wrong with the file of them."""
    found = places()
    known = hooks.look(found)
    shown = [{name: " ".join(value) for name, value in asdict(one).items()} for one in known]
    empty = f"there is no hook: write {found.hook_file}"
    output.listing(known if asked.json else shown, ["command", "on"], as_json=asked.json, empty=empty)


@command.command("test")
@click.option("--on", "occasion", type=click.Choice(OCCASIONS), default=OCCASIONS[0], help="Which occasion.")
@common
def test(asked: Common, occasion: str) -> None:
    """Run the hooks for an occasion that did not happen, marked as a test."""
    found = places()
    wanted = [one for one in hooks.look(found) if occasion in one.on]
    if not wanted:
        raise NotFound(f"no hook is for {occasion}", f"write one into {found.hook_file}")
    problems = hooks.test(found, occasion)
    if asked.json:
        tried = records.HooksTested(event=occasion, hooks=len(wanted), problems=list(problems))
        output.show(tried, as_json=True)
    if problems:
        raise Failed("; ".join(problems), "run it yourself, with JSON on standard input")
    output.say(f"{len(wanted)} hooks were run", as_json=asked.json)
