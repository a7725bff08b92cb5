"""A machine that goes down with everything on it takes no deployment along."""

import os
import signal
from contextlib import suppress

from tests.operator import Operator
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until
from tests.worker.test_audit import openers


def test_after_a_restart_whoever_opens_bahriya_has_the_work_go_on(slow_desk: Desk, canary: str) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=2))
    queued = desk.deploy(desk.container("web", image="nginx:1.27"))
    worker = desk.start()
    until(lambda: "rolling" in desk.states(number).values(), say=lambda: desk.told(number))
    worker.process.send_signal(signal.SIGSTOP)
    for process in (*openers(desk), worker.process.pid):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    worker.process.wait(120)
    # After a restart the number in the lock may be that of any process.
    desk.places.worker_lock.write_text(f"{os.getpid()}\n")
    desk.worker = None
    someone = Operator(desk.places.store.parent)

    someone.run("deploy", desk.container("api", image="nginx:1.27").handle, "--project", "shop")

    try:
        for one in (number, queued):
            assert desk.ended(one).state == "done", desk.told(one)
    finally:
        someone.stop_worker()
    assert desk.deployment(number).fence == 2
    for region in REGIONS:
        shown = {
            one["metadata"]["name"]: one["metadata"]["generation"]
            for one in desk.world.objects(region, "deployments", "bahriya-shop")
        }
        assert shown == {"api": 1, "app": 1, "web": 1}
