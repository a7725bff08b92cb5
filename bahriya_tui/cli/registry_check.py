"""`bahriya registry check`: whether registries take what is stored for them, step by step, image by image."""

from dataclasses import asdict

import click

from bahriya_tui.cli import output, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.cli.unlocking import unlocked
from bahriya_tui.model.check import sentence
from bahriya_tui.model.checked import Checked, not_repeated
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.check import check_registries
from bahriya_tui.store import registries


@click.command("check")
@click.argument("handles", nargs=-1, metavar="HANDLE...")
@click.option("--all", "all_", is_flag=True, help="All registries of the project that have credentials.")
@click.option("--image", "images", multiple=True, metavar="I", help="Image to try; default: the linked ones.")
@click.option("--again", is_flag=True, help="Send a token again that the registry has rejected before.")
@common
def check(asked: Common, handles: tuple[str, ...], all_: bool, images: tuple[str, ...], again: bool) -> int:
    """Ask whether the registry takes the credential. Exit code 1 unless it does.

    A token that was rejected is not sent again by itself, because registries lock out who keeps trying.
    """
    if bool(handles) == all_:
        raise BadInput("it is not said what to check", "name registries, or --all of them")
    with opened(asked) as (session, project):
        if all_:
            kept = registries.all(session.connection, project)
            handles = tuple(one.handle for one in kept if one.version and not one.deleting)
            if not handles and not asked.json:
                output.note(f"project {project} has no registry with credentials")
        unlocked(asked, session)
        good = True
        found = check_registries(session, project, handles, images or None, again=again)
        for number, checked in enumerate(found):
            if asked.json:
                output.line(shapes.checked(checked), "", as_json=True)
            else:
                print("\n" * bool(number), end="")
                _tell(checked)
            good = good and checked.result.good
        return 0 if good else 1


def _tell(checked: Checked) -> None:
    """Print the verdict, how it came about, and of what it is."""
    result = checked.result
    output.say(f"registry {checked.handle}: {sentence(result)}", as_json=False)
    if result.steps:
        print()
        steps = [{**step, "state": "ok" if step["good"] else "failed"} for step in map(asdict, result.steps)]
        output.table(steps, ["name", "state", "detail", "ms"])
    if result.images:
        print()
        output.table(shapes.images(result), ["image", "verdict", "reason"])
    if result.steps or result.images:
        print()
    if result.limit is not None:
        output.say(result.limit.words, as_json=False)
    if checked.rejected_since is not None:
        fix = f"rotate it with a new token (bahriya registry rotate {checked.handle}), or add --again"
        output.say(f"{not_repeated(checked)}: {fix}", as_json=False)
    output.say(f"checked v{checked.version} from {checked.place} at {checked.at}", as_json=False)
