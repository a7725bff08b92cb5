"""`bahriya restore FILE`: begin from a backup, on this machine or another one."""

from pathlib import Path

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common
from bahriya_tui.operations.backup import Restored, restore
from bahriya_tui.places import places


@click.command("restore")
@click.argument("file", metavar="FILE")
@common
def command(asked: Common, file: str) -> None:
    """Put a backup in the place of an empty store.

    Stop the worker of the machine it came from first. Deployments that were under way are cancelled.
    """
    found = places()
    found.prepare()
    done = restore(found, Path(file).expanduser().absolute())
    if asked.json:
        output.show(done, as_json=True)
        return
    output.say(
        f"restored as of {done.made_at}: {len(done.projects)} projects, {done.registries} registries, "
        f"{len(done.regions)} regions",
        as_json=False,
    )
    for sentence in _next_steps(done):
        output.note(sentence)


def _next_steps(done: Restored) -> list[str]:
    steps = []
    if done.key_missing and done.registries:
        steps.append("the private key is not here: open the credentials with bahriya vault recover")
    for missing in done.kubeconfigs_missing:
        steps.append(f"there is no kubeconfig {missing}: put it there, or use bahriya region edit")
    if done.cancelled:
        numbers = ", ".join(str(number) for number in done.cancelled)
        steps.append(f"deployments that were under way are cancelled: {numbers}; deploy again where needed")
    return steps
