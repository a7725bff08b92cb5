"""How carefully a deployment goes about its regions: the same options wherever one is started."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import click

from bahriya_tui.model.errors import InUse
from bahriya_tui.operations.deploy import Plan, plan_deployment
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.way import Careful


@dataclass(frozen=True, slots=True)
class Waves:
    """What was said about them; nothing of it means all regions at once."""

    canary: str | None
    soak: str | None
    gate: bool
    batch: str | None
    max_parallel: int | None
    max_failures: str | None

    @property
    def named(self) -> bool:
        """Tell whether anything was said."""
        return any(asdict(self).values())

    @property
    def careful(self) -> Careful:
        """Give it to the operation that starts a deployment."""
        return Careful(
            canary=self.canary,
            soak=self.soak,
            gate=self.gate,
            batch=self.batch,
            max_parallel=self.max_parallel,
            max_failures=self.max_failures,
        )

    def plan(
        self,
        s: Session,
        project: str,
        handles: Sequence[str],
        *,
        replace: bool,
        take_over: bool = False,
        force: bool = False,
        renewing: str = "",
    ) -> list[Plan]:
        """Plan the deployment of containers; `InUse` when one is under way, and is not to be replaced."""
        plans = plan_deployment(
            s, project, handles, take_over=take_over, force=force, renewing=renewing, **self.careful
        )
        busy = [plan.active for plan in plans if plan.active is not None]
        if busy and not replace:
            names = ", ".join(f"{one.container} (deployment {one.id})" for one in busy)
            raise InUse(f"already being deployed: {names}", "wait, or cancel it first with --replace")
        return plans


def wave_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets them as `waves`."""

    @click.option("--canary", metavar="REGION", help="This region first, alone.")
    @click.option("--soak", metavar="SECONDS|5m", help="The canary must run well for so long.")
    @click.option("--gate", is_flag=True, help="After the canary, wait for `bahriya deployment resume`.")
    @click.option("--batch", metavar="N|N%", help="So many regions in each wave.")
    @click.option("--max-parallel", type=int, metavar="N", help="So many regions of a wave at a time.")
    @click.option("--max-failures", metavar="N|N%", help="Hold the rest when more regions fail.")
    @functools.wraps(command)
    def run(
        *arguments: Any,
        canary: str | None,
        soak: str | None,
        gate: bool,
        batch: str | None,
        max_parallel: int | None,
        max_failures: str | None,
        **named: Any,
    ) -> Any:
        waves = Waves(canary, soak, gate, batch, max_parallel, max_failures)
        return command(*arguments, waves=waves, **named)

    return run


def force_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command that deploys go on although a linked registry cannot serve an image; as `force`."""
    option = click.option(
        "--force", is_flag=True, help="Deploy also an image that its linked registry cannot serve."
    )
    return option(command)
