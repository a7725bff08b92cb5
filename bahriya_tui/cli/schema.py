"""`bahriya schema`: what every command prints with `--json`, told by the program itself."""

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.errors import NotFound


@click.command("schema")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@common
def command(asked: Common, words: tuple[str, ...]) -> None:
    """Say what commands print with --json: all of them, or JSON Schema for one.

    A document, or one object a line; errors are a line of their own on standard error. With --json and no
    command, one JSON Schema of all.
    """
    from bahriya_tui.cli.answers import ANSWERS, RULE, schema_of_all, schema_of_command
    from bahriya_tui.cli.answers import words as in_words

    name = " ".join(words)
    if name:
        if ANSWERS.get(name) is None:
            raise NotFound(f"no command {name} answers in JSON", "bahriya schema lists all that do")
        output.document(schema_of_command(name))
    elif asked.json:
        output.document(schema_of_all())
    else:
        rows = [{"command": one, "prints": in_words(answer)} for one, answer in ANSWERS.items()]
        output.table(rows, ("command", "prints"))
        output.note(RULE)
