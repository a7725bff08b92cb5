"""A session that ends takes no deployment along, also where logind ends all processes of whoever logs out."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from bahriya_tui.launch.worker import worker_running
from tests.operator import Operator
from tests.processes import children
from tests.tui.terminal import on_terminal
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until


def descent(pid: int) -> list[int]:
    """Name a process and all that it started, and what those did."""
    return [pid, *(one for child in children(pid) for one in descent(child))]


def log_out(processes: list[int]) -> None:
    """End processes as logind does: asked first, and then killed."""
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
    until(lambda: not any(alive(pid) for pid in processes))


def alive(pid: int) -> bool:
    """Tell whether a process is there and has not ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_whoever_logs_in_again_and_opens_the_screens_has_the_work_go_on(slow_desk: Desk, canary: str) -> None:
    desk = slow_desk
    someone = Operator(desk.places.store.parent, BAHRIYA_WORKER_IDLE="60")
    numbers = [
        desk.deploy(desk.container("app", registry=desk.registry("team", canary), replicas=2)),
        desk.deploy(desk.container("web", image="nginx:1.27", replicas=2)),
    ]
    with on_terminal(someone.environment) as first:
        first.until("1 Registries")
        until(lambda: "rolling" in desk.states(numbers[0]).values(), say=lambda: desk.told(numbers[0]))
        worker = worker_running(desk.places)
        assert worker is not None

        log_out([*descent(first.process.pid), *descent(worker)])

    assert {desk.deployment(number).state for number in numbers} == {"running"}
    with on_terminal(someone.environment) as second:
        second.until("1 Registries")
        for number in numbers:
            assert desk.ended(number).state == "done", desk.told(number)
        second.press("q")
        assert second.ended() == 0
    someone.stop_worker()
    for region in REGIONS:
        shown = desk.world.objects(region, "deployments", "bahriya-shop")
        assert {one["metadata"]["name"]: one["metadata"]["generation"] for one in shown} == {
            "app": 1,
            "web": 1,
        }
