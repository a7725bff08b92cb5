"""`bahriya image`: what an image reference means, and which credential serves it."""

from collections.abc import Callable, Iterator

import click

from bahriya_tui.cli import output, records
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.errors import BadInput, BahriyaError
from bahriya_tui.model.image import Image, parse
from bahriya_tui.model.matching import matches
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import serving, why


@click.group("image", no_args_is_help=False)
def command() -> None:
    """Explain image references, and which credential serves them."""


@command.command("explain")
@click.argument("references", nargs=-1, metavar="[REF]...")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read one reference a line.")
@common
def explain(asked: Common, references: tuple[str, ...], from_stdin: bool) -> int:
    """Take references apart. Exit code 1 when one of them is not valid."""
    if bool(references) == from_stdin:
        raise BadInput("name references, or read them with --stdin", "bahriya image explain nginx:1.27")
    server = _server(asked)
    good = True
    for text in _lines() if from_stdin else references:
        found = _explained(text, server)
        good = good and found["valid"]
        summary = f"{found['normalised']}  registry: {found['registry'] or '-'} ({found['why']})"
        output.line(found, summary if found["valid"] else f"{text}: {found['error']}", as_json=asked.json)
    return 0 if good else 1


@command.command("match")
@click.option("--server", required=True, metavar="KEY", help="Key as it stands in a credential file.")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@common
def match(asked: Common, server: str, images: tuple[str, ...]) -> int:
    """Say whether the kubelet would use a credential stored under KEY. Exit code 1 for an invalid image."""
    good = True
    for image in images:
        good = good and _valid(image)
        hit = matches(server, image)
        found = records.ImageMatch(image=image, server=server, matches=hit)
        output.line(found, f"{'yes' if hit else 'no '}  {image}", as_json=asked.json)
    return 0 if good else 1


Serving = Callable[[Image], tuple[str | None, str]]
"""Gives the registry that serves an image, if one does, and why."""


def _explained(text: str, server: Serving) -> records.ImageExplained:
    try:
        image = parse(text)
    except BadInput as error:
        return {
            "input": text,
            "valid": False,
            "error": str(error),
            "domain": None,
            "path": None,
            "tag": None,
            "digest": None,
            "normalised": None,
            "familiar": None,
            "registry": None,
            "why": None,
        }
    registry, reason = server(image)
    return {
        "input": text,
        "valid": True,
        "error": None,
        "domain": image.domain,
        "path": image.path,
        "tag": image.tag,
        "digest": image.digest,
        "normalised": image.normalised,
        "familiar": image.familiar,
        "registry": registry,
        "why": reason,
    }


def _valid(text: str) -> bool:
    try:
        parse(text)
    except BadInput:
        return False
    return True


def _server(asked: Common) -> Serving:
    """Look up the registries once; without a project there is nothing that could serve."""
    from bahriya_tui.cli.options import opened
    from bahriya_tui.places import places
    from bahriya_tui.store import registries

    if asked.project is None and not places().database.exists():
        return lambda _: (None, "there is no project yet")
    try:
        with opened(asked) as (session, project):
            known = [one for one in registries.all(session.connection, project) if not one.deleting]
    except BahriyaError as error:
        if asked.project is not None:
            raise
        reason = str(error)
        return lambda _: (None, reason)
    return lambda image: (_first(serving(image, known)), why(image, known, project))


def _first(found: list[Registry]) -> str | None:
    return found[0].handle if found else None


def _lines() -> Iterator[str]:
    """Give one line of standard input after another, as each arrives; bytes that are no text as escapes."""
    with open(0, "rb", closefd=False) as stdin:
        for line in stdin:
            yield line.rstrip(b"\r\n").decode(errors="backslashreplace")
