"""`bahriya sim`: embedded regions, for trying out and for benchmarks."""

import json
from pathlib import Path

import click

from bahriya_tui.cli.options import Common, common
from bahriya_tui.model.errors import BadInput
from bahriya_tui.places import places


@click.group("sim", no_args_is_help=False)
def command() -> None:
    """Embedded regions for trying out and for benchmarks."""


@command.command("serve")
@click.option("--regions", type=click.IntRange(1, 1000), default=3, metavar="N", help="How many (3).")
@click.option("--kubeconfig", required=True, metavar="OUT", help="Written when the regions are ready.")
@click.option("--latency", type=click.IntRange(min=0), default=0, metavar="MS", help="Added to every answer.")
@click.option("--registry", is_flag=True, help="Serve a private registry too, and print how to reach it.")
@click.option("--lifeline", type=int, metavar="FD", help="End when this pipe closes.")
@common
def serve(
    asked: Common,  # noqa: ARG001
    regions: int,
    kubeconfig: str,
    latency: int,
    registry: bool,
    lifeline: int | None,
) -> None:
    """Serve embedded regions until Ctrl-C."""
    from bahriya_tui.launch.become import become

    if not Path(kubeconfig).absolute().parent.is_dir():
        raise BadInput(f"there is no folder for kubeconfig {kubeconfig}", "name another one")
    asked_for = {
        "regions": regions,
        "kubeconfig": str(Path(kubeconfig).absolute()),
        "latency_ms": latency,
        "registry": registry,
        "lifeline": lifeline,
    }
    become(places(), "regions", [json.dumps(asked_for)])
