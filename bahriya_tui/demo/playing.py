"""The tour without a screen: each step's fault is set, its action done as the screens do it, its end awaited.

It shows that every step of the script can be taken: the first one whose end does not come ends it with 1.
"""

import sys
import time
from collections.abc import Callable

from bahriya_tui.demo.script import ASIDE, END, FIRST, FOREIGN, OURS, REFUSED, SCRIPT
from bahriya_tui.demo.servers import Servers
from bahriya_tui.demo.world import SLOW, USERS, seed, token_from
from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.operations import control, delete, deploy, inspect, matrix, push, rotate, waiting
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.places import Places
from bahriya_tui.store import deployments
from bahriya_tui.tui.tour import Step, Tour

PROJECT = "shop"
STEP_SECONDS = 30.0
"""To wait for the end of a step after its action."""
Act = Callable[["Player"], None]


class Player:
    """What the actions share: the session, and the servers that play the outside world."""

    def __init__(self, session: Session, found: Places, servers: Servers) -> None:
        self.session = session
        self.read_token = token_from(found, servers, USERS[0])

    def deploy(self, *handles: str) -> int:
        """Start the deployment of containers; give the number of the first one."""
        plans = deploy.plan_deployment(self.session, PROJECT, handles)
        return deploy.start_deployments(self.session, plans)[0].id

    def settled(self) -> bool:
        """Tell whether the sample world runs everywhere."""
        found = deployments.all(self.session.connection, PROJECT)
        return all(one.state == "done" for one in found)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds; `Failed` when it does not."""
        if not waiting.until(self.session, condition, STEP_SECONDS):
            raise Failed(f"this did not happen within {STEP_SECONDS:.0f} s: {what}", "")


def play(found: Places, servers: Servers) -> int:
    """Take every step and print it with what came of it; 0 when all of them came true."""
    begun = time.monotonic()
    seed(found, servers)
    with open_session(found) as session:
        player, tour = Player(session, found, servers), Tour(SCRIPT, END, servers.set_fault)
        tour.move(0, inspect.overview(session, PROJECT))
        for step, act in zip(SCRIPT, _ACTS, strict=True):
            since = time.monotonic()
            _say(f"{tour.at + 1}. {step.title}\n   {step.says}")
            try:
                _take(player, tour, step, act)
            except BahriyaError as error:
                print(f"bahriya: step {tour.at + 1} failed: {error}", file=sys.stderr)  # noqa: T201
                return error.exit_code
            _say(f"   > {tour.came} ({time.monotonic() - since:.1f} s)")
    _say(f"All {len(SCRIPT)} steps came true, in {time.monotonic() - begun:.1f} s.")
    return 0


def _take(player: Player, tour: Tour, step: Step, act: Act) -> None:
    tour.set_fault(tour.fault)
    act(player)
    player.until(
        lambda: tour.look(inspect.overview(player.session, PROJECT, matrix=True)),
        f"the end of “{step.title}”",
    )


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _deploy(player: Player) -> None:
    player.until(player.settled, "all containers run")
    player.deploy(FIRST)


def _be_refused(player: Player) -> None:
    player.deploy(REFUSED)


def _rotate(player: Player) -> None:
    rotate.rotate_registry(player.session, PROJECT, OURS, read_token=player.read_token)
    player.deploy(*deploy.using(player.session, PROJECT, OURS))


def _go_around(player: Player) -> None:
    player.deploy(ASIDE)


def _retry(player: Player) -> None:
    (last,) = deployments.all(player.session.connection, PROJECT, ASIDE, limit=1)
    control.retry(player.session, last.id)


def _cancel_slow(player: Player) -> None:
    number = player.deploy(ASIDE)

    def rolling() -> bool:
        regions = deployments.get(player.session.connection, number).regions
        return any(run.region == SLOW and run.state == "rolling" for run in regions) and all(
            run.region == SLOW or run.state == "running" for run in regions
        )

    player.until(rolling, f"{SLOW} rolls while the others have arrived")
    control.cancel(player.session, number)


def _repair(player: Player) -> None:
    session = player.session
    regions = {cell.region for cell in matrix.matrix(session, PROJECT)}
    matrix.read_back(session, PROJECT, regions)
    edited = [cell for cell in matrix.matrix(session, PROJECT) if cell.state == "edited"]
    if not edited:
        raise Failed("the edited pull secret was not found", "")
    push.wait_writes(session, matrix.repair(session, PROJECT, edited), STEP_SECONDS)
    matrix.read_back(session, PROJECT, regions)


def _delete(player: Player) -> None:
    delete.delete_registry(player.session, PROJECT, FOREIGN, unlink=True)


_ACTS: tuple[Act, ...] = (
    _deploy,
    _be_refused,
    _rotate,
    _go_around,
    _retry,
    _cancel_slow,
    _repair,
    _delete,
)
