"""`bahriya image`: what an image reference means, and which credential serves it."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.errors import BadInput, BahriyaError
from bahriya_tui.model.image import Image, parse
from bahriya_tui.model.matching import matches, serves
from bahriya_tui.model.registry import Registry


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
    registries = _registries(asked)
    good = True
    for text in _lines() if from_stdin else references:
        found = _explained(text, registries)
        good = good and found["valid"]
        summary = f"{found['normalised']}  registry: {found['registry'] or '-'}"
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
        good = good and _explained(image, ())["valid"]
        hit = matches(server, image)
        found = {"image": image, "server": server, "matches": hit}
        output.line(found, f"{'yes' if hit else 'no '}  {image}", as_json=asked.json)
    return 0 if good else 1


def _explained(text: str, registries: Iterable[Registry]) -> dict[str, Any]:
    try:
        image = parse(text)
    except BadInput as error:
        empty = dict.fromkeys(("domain", "path", "tag", "digest", "normalised", "familiar", "registry"))
        return {"input": text, "valid": False, "error": str(error), **empty}
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
        "registry": _serving(image, registries),
    }


def _serving(image: Image, registries: Iterable[Registry]) -> str | None:
    return next((one.handle for one in registries if serves(one.server, image)), None)


def _registries(asked: Common) -> list[Registry]:
    """List the project's registries; without any project there is nothing that could serve."""
    from bahriya_tui.cli.options import opened
    from bahriya_tui.places import places
    from bahriya_tui.store import registries

    if asked.project is None and not places().database.exists():
        return []
    try:
        with opened(asked) as (session, project):
            known = registries.all(session.connection, project)
            return [one for one in known if not one.deleting]
    except BahriyaError:
        if asked.project is not None:
            raise
        return []


def _lines() -> Iterator[str]:
    for line in sys.stdin:
        yield line.rstrip("\r\n")
