"""A store with a project in it, filled as the verbs would fill it, and a worker process beside it."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bahriya_tui.custody.create import create
from bahriya_tui.kubeconfig.contexts import pins
from bahriya_tui.model import clock
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.deployment import ACTIVE, ALL_AT_ONCE, Deployment, Kind, Manner, RegionRun
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.deploy import init_runs, spec_of
from bahriya_tui.places import Places
from bahriya_tui.store import containers, deployments, events, projects, regions, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.vault.context import CredentialContext
from tests.cluster.embedded import World
from tests.sealing import sealed_token

PROJECT = "shop"


class Desk:
    """What an operator set up in one home folder."""

    def __init__(self, home: Path, world: World) -> None:
        self.world = world
        self.places = Places(home / "store", home / "keys", home / "logs")
        self.places.prepare()
        self.kubeconfig = home / "kubeconfig"
        world.fleet.write_kubeconfig(self.kubeconfig)
        create(self.places.public_keys, self.places.private_keys)
        self.store = open_store(self.places.database)
        self.worker: Worker | None = None
        self.username = "op"
        """Of the private registry."""
        self.environment: dict[str, str] = {}
        """What the worker gets beside the usual."""
        now = clock.now()
        with self.store.write() as tx:
            projects.insert(tx, PROJECT, "", now)
            for pin in pins(self.kubeconfig.read_text(), home):
                region = Region(
                    pin.context,
                    "",
                    "",
                    "",
                    pin.context,
                    str(self.kubeconfig),
                    pin.server,
                    pin.ca_fingerprint,
                    "active",
                    "",
                    None,
                    now,
                )
                regions.insert(tx, region)

    def registry(self, handle: str, password: str, username: str = "op") -> Registry:
        """Connect the private registry of the regions."""
        with self.store.write() as tx:
            made = registries.insert(
                tx,
                PROJECT,
                handle,
                name="",
                server=self.world.registry.address,
                username=username,
                expires=None,
                plain_http=False,
                ca_file=None,
                now=clock.now(),
            )
        return self.rotate(made, password)

    def rotate(self, registry: Registry, password: str) -> Registry:
        """Give a registry its next version."""
        now = clock.now()
        with self.store.write() as tx:
            version = registries.reserve_version(
                tx, registry, server=registry.server, username=registry.username, actor="ops", now=now
            )
            context = CredentialContext(PROJECT, registry.id, registry.server, registry.username, version)
            sealed = sealed_token(password, context, self.places.public_keys)
            registries.keep_sealed(tx, registry.id, version, sealed.vault, sealed.recovery)
            return registries.accept_version(tx, registry.id, version, now)

    def container(
        self,
        handle: str,
        *,
        image: str | None = None,
        registry: Registry | None = None,
        replicas: int = 1,
        port: int | None = None,
        places: Sequence[str] = (),
        schedule: str | None = None,
        init_jobs: Sequence[InitJob] = (),
    ) -> Container:
        """Define a container; by default of the private image, in every region."""
        now = clock.now()
        made = Container(
            uuid.uuid4().hex,
            PROJECT,
            handle,
            "",
            image or f"{self.world.registry.address}/team/app:v1",
            "cronjob" if schedule else "worker" if port is None else "http",
            registry.handle if registry else None,
            registry.id if registry else None,
            None,
            replicas,
            port,
            (),
            tuple(places or self.world.regions),
            "provisioning",
            0,
            now,
            now,
            schedule,
            tuple(init_jobs),
        )
        with self.store.write() as tx:
            containers.insert(tx, made)
        return made

    def deploy(
        self,
        container: Container,
        *,
        waves: Sequence[Sequence[str]] | None = None,
        kind: Kind = "deploy",
        manner: Manner = ALL_AT_ONCE,
        max_parallel: int | None = None,
        actor: str = "ops",
        **changes: Any,
    ) -> int:
        """Queue the container's next deployment and give its number."""
        with self.store.write() as tx:
            now_stored = containers.get(tx.conn, PROJECT, container.handle)
            registry = registries.by_id(tx.conn, now_stored.registry_id or "")
            jobs = init_runs(tx.conn, now_stored)
            spec = replace(spec_of(now_stored, registry, jobs), **changes)
            waves = waves or [list(now_stored.regions)]
            made = deployments.insert(
                tx,
                container=now_stored,
                kind=kind,
                spec=spec,
                waves=tuple(tuple(wave) for wave in waves),
                max_parallel=max_parallel or max(len(wave) for wave in waves),
                actor=actor,
                now=clock.now(),
                manner=manner,
            )
        return made.id

    def start(self, *, gathering: bool = False) -> "Worker":
        """Start a worker process; one that is `gathering` has one opener serve all regions in any case."""
        self.worker = Worker(self.places, gathering=gathering, **self.environment)
        return self.worker

    def deployment(self, number: int) -> Deployment:
        """Read a deployment."""
        return deployments.get(self.store.connection, number)

    def region(self, number: int, region: str) -> RegionRun:
        """Read how far one region is."""
        return next(one for one in self.deployment(number).regions if one.region == region)

    def ended(self, number: int, seconds: float = 120) -> Deployment:
        """Wait for the end of a deployment."""

        def ended() -> bool:
            assert self.worker is None or self.worker.process.poll() is None, self.worker.log.read_text()
            return self.deployment(number).state not in ACTIVE

        until(ended, seconds, lambda: self.told(number))
        return self.deployment(number)

    def openings_ended(self) -> None:
        """Wait until the end of every opening is in the audit log, which nobody else waits for."""

        def count(action: str) -> int:
            asked = "SELECT count(*) FROM audit WHERE action = ?"
            return int(self.store.connection.execute(asked, [action]).fetchone()[0])

        until(lambda: count("credential.opened") == count("credential.opening"))

    def states(self, number: int) -> dict[str, str]:
        """How every region ended."""
        return {one.region: one.state for one in self.deployment(number).regions}

    def told(self, number: int | None = None) -> list[tuple[str | None, str, str]]:
        """Everything the events say."""
        found = events.since(self.store.connection, 0, deployment=number, limit=100_000)
        return [(event.region, event.phase, event.message) for event in found]

    def status(self, handle: str) -> str:
        """The container's status."""
        return containers.get(self.store.connection, PROJECT, handle).status

    def close(self) -> None:
        if self.worker is not None:
            self.worker.end()
        self.store.close()


class Worker:
    """One worker process."""

    def __init__(self, places: Places, *, gathering: bool = False, **passed: str) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BAHRIYA")},
            "BAHRIYA_HOME": str(places.store.parent),
            "BAHRIYA_WORKER_IDLE": "60",
            **passed,
        }
        self._lock = places.worker_lock
        self.log = places.logs / "worker.log"
        with (self.log if places.logs.is_dir() else Path(os.devnull)).open("ab") as log:
            module = ["tests.worker.gathering"] if gathering else []
            command = [sys.executable, "-m", *module, "bahriya_tui.worker"]
            self.process = subprocess.Popen(command, env=environment, stderr=log)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(120)

    def end(self) -> None:
        """Ask it to end, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(120)
        # On a busy machine it may be asked so early that it is Python, still loading, that is ended.
        fine = (0, -signal.SIGKILL) if self._has_begun() else (0, -signal.SIGKILL, -signal.SIGTERM)
        assert code in fine, (code, self.log.read_text())

    def _has_begun(self) -> bool:
        """Tell whether it has ever held the lock, after which it ends of its own accord."""
        return self._lock.exists() and self._lock.read_text() == f"{self.process.pid}\n"


def until(
    condition: Callable[[], bool], seconds: float = 120, say: Callable[[], object] = lambda: ""
) -> None:
    """Wait for `condition`, and fail with what `say` gives when it does not come."""
    waiting = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError(f"not within {seconds} s: {say()}")
