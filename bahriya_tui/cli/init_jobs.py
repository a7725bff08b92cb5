"""Options of `bahriya container add` and `edit` that speak of init jobs."""

import click

from bahriya_tui.cli.options import Command
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.init_jobs import InitChange


def init_options(function: Command) -> Command:
    """Give a command the options that define init jobs."""
    for option in (
        click.option(
            "--init-command",
            "init_commands",
            multiple=True,
            metavar="N=C",
            help="Command of init job N instead of its image's own; repeatable.",
        ),
        click.option(
            "--init-registry",
            "init_registries",
            multiple=True,
            metavar="N=H",
            help="Registry whose credentials pull the image of init job N; repeatable.",
        ),
        click.option(
            "--init",
            "init_images",
            multiple=True,
            metavar="N=I",
            help="Init job N with image I, which ends in every pod before the container starts; repeatable.",
        ),
    ):
        function = option(function)
    return function


def changes(
    images: tuple[str, ...], registries: tuple[str, ...], commands: tuple[str, ...]
) -> list[InitChange]:
    """Put together what was said of each init job, in the order in which they were named."""
    image, registry, command = (
        _by_name("--init", images),
        _by_name("--init-registry", registries),
        _by_name("--init-command", commands),
    )
    return [
        InitChange(name, image.get(name), command.get(name), registry.get(name))
        for name in dict.fromkeys([*image, *registry, *command])
    ]


def _by_name(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, given = text.partition("=")
        if not equals:
            raise BadInput(f"{option} {text[:60]!r} names no init job", f"write it as {option} NAME=...")
        if name in found:
            raise BadInput(f"{option} is given twice for init job {name[:60]!r}", "give it once")
        found[name] = given
    return found
