"""Worker, openers, commands and screens are killed again and again: deployments end as the regions show it.

BAHRIYA_KILLS sets how often somebody is killed (300 times), and BAHRIYA_SEED what is drawn.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.kubeconfig.endpoint import endpoint
from bahriya_tui.launch.worker import stop_worker, worker_running
from bahriya_tui.model.audit import verify
from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.model.errors import InUse
from bahriya_tui.model.manifests.marks import DEPLOYMENT_ID
from bahriya_tui.store import audit, deployments
from tests.benchmarks.served import USER, Served, served
from tests.operator import Operator
from tests.processes import children, read
from tests.survival.test_logout import alive
from tests.tui.terminal import Terminal
from tests.worker.desk import PROJECT, Desk, until

KILLS = int(os.environ.get("BAHRIYA_KILLS", "300"))
SEED = int(os.environ.get("BAHRIYA_SEED", "7"))
HANDLES = ("api", "web")
"""The first pulls a private image, with a credential that an opener sends; the second a public one."""
VICTIMS = {"worker": 4, "opener": 3, "command": 2, "screens": 1}
"""How often each is drawn, beside the others: the screens start slowest."""
STEPS = ("not asked", "queued", "connecting", "preflight", "pull_secret", "workload", "rolling", "running")
NAMESPACE = "bahriya-shop"
REGIONS = ("falkenstein-1", "helsinki-1", "virginia-1")
_PATIENCE = 1.0
"""Seconds after which somebody is killed although the deployment has not come as far as was drawn."""


class Siege:
    """A desk under fire: what is killed, and at which step."""

    def __init__(self, desk: Desk, served: Served) -> None:
        self.desk = desk
        self.served = served
        self.kills: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self.chance = random.Random(SEED)
        self._operator = Operator(desk.places.store.parent, BAHRIYA_WORKER_IDLE="60")
        self._started: subprocess.Popen[bytes] | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._screens = Terminal(self._operator.environment)
        """Loaded while others are killed; the next ones are started as soon as these are used."""

    def one_kill(self) -> None:
        """Have something deployed, and kill somebody in the midst of it."""
        (victim,) = self.chance.choices(tuple(VICTIMS), tuple(VICTIMS.values()))
        handle = self._free(HANDLES[:1] if victim == "opener" else HANDLES)
        before = self._newest(handle)
        pid, ended = self._ask(victim, handle)
        self.look_again()
        steps = STEPS[1:5] if victim == "opener" else STEPS[1:] if victim == "worker" else STEPS
        step = self._reached(handle, before, self.chance.choice(steps))
        pid = self._worker() if victim == "worker" else self._opener() if victim == "opener" else pid
        threading.Event().wait(self.chance.random() * (0.2 if step == STEPS[0] else 0.02))
        if pid is not None and alive(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills[victim] += 1
                self.steps[step] += 1
        ended()

    def _ask(self, victim: str, handle: str) -> tuple[int | None, Callable[[], object]]:
        """Ask for a deployment, through the victim if that can ask; give it, and what waits for its end."""
        if victim == "command":
            command = self._start("bahriya_tui", "deploy", handle, "--project", PROJECT)
            return command.pid, lambda: command.wait(120)
        if victim != "screens":
            # Who was killed before may have had one on its way, which is as good.
            with suppress(InUse):
                self.desk.deploy(self.containers[handle])
            return None, lambda: None
        screens, self._screens = self._screens, Terminal(self._operator.environment)
        screens.until("1 Registries")
        screens.press("2")
        screens.until(*HANDLES)
        screens.press("g" + "j" * HANDLES.index(handle))
        form, question = f"Deploy {handle}, revision", f" of {handle} is "
        while True:
            screens.press("d")
            screens.wait(lambda: form in screens.text or question in screens.text, form)
            if form in screens.text:
                break
            # It has not heard yet that the one before has ended, and asks whether to replace it.
            screens.press("\x1b")
            screens.wait(lambda: question not in screens.text, "the list")
        screens.press("\r")
        # Either half of them: what draws, or what started that and waits for it.
        return self.chance.choice((screens.process.pid, *children(screens.process.pid))), screens.close

    def look_again(self) -> None:
        """Start a worker where none lives."""
        starting = self._started is not None and self._started.poll() is None
        if not starting and worker_running(self.desk.places) is None:
            self._started = self._start("bahriya_tui.worker")

    def quiet(self) -> bool:
        """Tell whether every deployment has ended; somebody looks after those that have not."""
        self.look_again()
        return all(one.state not in ACTIVE for one in self.all())

    def all(self) -> list[Deployment]:
        """Every deployment, the oldest first."""
        return deployments.all(self.desk.store.connection, PROJECT, limit=100_000)[::-1]

    def end(self) -> None:
        self._screens.close()
        stop_worker(self.desk.places)
        for child in self._children:
            child.terminate()
            child.wait(120)

    def _free(self, among: Sequence[str]) -> str:
        """Wait for a container that nothing is done to, and name it."""

        found: list[str] = []

        def any_free() -> bool:
            self.look_again()
            connection = self.desk.store.connection
            found[:] = [one for one in among if not deployments.active(connection, self.containers[one].id)]
            return found != []

        until(any_free, 120, lambda: self.all()[-4:])
        return self.chance.choice(found)

    def _reached(self, handle: str, before: int, step: str) -> str:
        """Wait until a container's deployment after `before` reached `step`; tell how far it came."""
        wanted, pause, ends = STEPS.index(step), threading.Event(), time.monotonic() + _PATIENCE
        while (found := self._step(handle, before)) < wanted and time.monotonic() < ends:
            pause.wait(0.002)
        return STEPS[found]

    def _step(self, handle: str, before: int) -> int:
        newest = deployments.all(self.desk.store.connection, PROJECT, handle, limit=1)
        states = [run.state for one in newest if one.id > before for run in one.regions]
        return max((STEPS.index(one) for one in states if one in STEPS), default=0)

    def _newest(self, handle: str) -> int:
        return max(one.id for one in deployments.all(self.desk.store.connection, PROJECT, handle, limit=1))

    def _worker(self) -> int | None:
        return worker_running(self.desk.places)

    def _opener(self) -> int | None:
        pause, ends = threading.Event(), time.monotonic() + _PATIENCE
        while (found := self._any_opener()) is None and time.monotonic() < ends:
            self.look_again()
            pause.wait(0.002)
        return found

    def _any_opener(self) -> int | None:
        worker = self._worker()
        openers = (
            pid
            for pid in (children(worker) if worker else [])
            if b"bahriya_tui.opener" in read(pid, "cmdline")
        )
        return next(openers, None)

    def _start(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        log = self.desk.places.logs / "siege.log"
        with log.open("ab") as told:
            child = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=self._operator.environment,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
            )
        self._children = [one for one in self._children if one.poll() is None] + [child]
        return child

    def settle(self) -> None:
        """Define the containers, and have each deployed once."""
        self.desk.username = USER
        team = self.desk.registry("team", self.served.password)
        image = f"{self.served.address}/team/app:v1"
        private, public = HANDLES
        self.containers = {
            private: self.desk.container(private, image=image, registry=team, replicas=1),
            public: self.desk.container(public, image="nginx:1.27", replicas=1),
        }
        for made in self.containers.values():
            self.desk.deploy(made)


@pytest.fixture
def siege(tmp_path: Path) -> Iterator[Siege]:
    with served(tmp_path, REGIONS) as world:
        desk = Desk(tmp_path / "home", world)  # type: ignore[arg-type]
        made = Siege(desk, world)
        made.settle()
        yield made
        made.end()
        desk.close()


def shown(siege: Siege, region: str) -> dict[str, Any]:
    """Ask a region, over its API, for the workloads it has, by name."""
    with closing(Transport(endpoint(siege.desk.kubeconfig, region))) as transport:
        listed = transport.request("GET", path("Deployment", NAMESPACE))
        secret = transport.request("GET", path("Secret", NAMESPACE, "bahriya-team-v1"), metadata_only=True)
    assert listed.ok
    assert secret.ok
    return {one["metadata"]["name"]: one for one in listed.body["items"]}


def test_whoever_is_killed_every_deployment_ends_as_the_regions_show_it(siege: Siege) -> None:
    while siege.kills.total() < KILLS:
        siege.one_kill()
    until(
        siege.quiet,
        300,
        lambda: [one for one in siege.all() if one.state in ACTIVE],
    )

    made = siege.all()
    taken_over = sum(phase == "taken_over" for _, phase, _ in siege.desk.told())
    print(  # noqa: T201
        f"{siege.kills.total()} kills {dict(siege.kills)} at {dict(siege.steps)};"
        f" {len(made)} deployments {dict(Counter(one.state for one in made))}, {taken_over} times taken over"
    )
    assert {one.state for one in made} == {"done"}, [
        (one.id, run.region, run.message) for one in made for run in one.regions if run.state != "running"
    ]
    for region in siege.served.regions:
        workloads = shown(siege, region)
        assert workloads.keys() == set(HANDLES)
        for handle, workload in workloads.items():
            of_it = [one.id for one in made if one.container == handle]
            assert workload["spec"]["template"]["metadata"]["labels"][DEPLOYMENT_ID] == str(of_it[-1])
            # Raised by each template that is not the one before: none came twice, none after a newer one.
            assert workload["metadata"]["generation"] == len(of_it)
    ends = Counter((one, region) for one, region in ended(siege))
    assert set(ends.values()) == {1}
    assert len(ends) == len(made) * len(siege.served.regions)
    assert verify(audit.since(siege.desk.store.connection), []) == ()
    assert siege.desk.store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def ended(siege: Siege) -> list[tuple[int, str]]:
    """Every time that a region was told to run a deployment."""
    rows = siege.desk.store.connection.execute(
        "SELECT deployment, region FROM event WHERE phase = 'running' AND region IS NOT NULL"
    )
    return [(row[0], row[1]) for row in rows]
