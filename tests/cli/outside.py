"""The world outside, for tests: embedded regions and a private registry, in a thread of their own."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bahriya_tui.sim import verbs
from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.kinds import BY_PLURAL, Json
from bahriya_tui.sim.oci_registry import OciRegistry

T = TypeVar("T")
USER = "bot"


class Outside:
    """Regions and a registry that can be asked, changed and broken while commands run."""

    def __init__(self, folder: Path, password: str, registry: OciRegistry | None = None) -> None:
        self.kubeconfig = folder / "regions"
        self._loop = asyncio.new_event_loop()
        self.registry = registry or OciRegistry(
            users={USER: password},
            private={"team/app": ["v1", "v2"]},
            public={"library/nginx": ["1.27"]},
        )
        self.fleet: Fleet
        self._stop = asyncio.Event()

    @property
    def regions(self) -> list[str]:
        """The regions' names, which are their contexts too."""
        return list(self.fleet.regions)

    @property
    def everywhere(self) -> list[str]:
        """The options that put a container into every region."""
        return [argument for region in self.regions for argument in ("--region", region)]

    def objects(self, region: str, kind: str, project: str = "shop") -> dict[str, Json]:
        """Give the objects of a kind in the project's namespace of a region, by name."""
        found = self.call(_listed(self.fleet, region, kind, f"bahriya-{project}"))
        return {one["metadata"]["name"]: one for one in found}

    def pull_secrets(self, project: str = "shop") -> dict[str, set[str]]:
        """Name the pull secrets in every region."""
        return {region: set(self.objects(region, "secrets", project)) for region in self.regions}

    def stop_region(self, region: str) -> None:
        """Close a region's port."""
        self.call(self.fleet.regions[region].stop())

    def start_region(self, region: str) -> None:
        """Open a region's port again."""
        self.call(self.fleet.regions[region].start())

    def slow(self, region: str, seconds: float) -> None:
        """Have a region take so long for each answer."""
        self.fleet.regions[region].latency = seconds

    def change(self, region: str, body: Json, manager: str) -> None:
        """Merge into the pull secret of a region what somebody else wants in it."""
        self.call(_changed(self.fleet, region, body, manager))

    def delete(self, region: str, name: str) -> None:
        """Take a secret out of a region, as somebody else would."""
        self.call(_deleted(self.fleet, region, name))

    def call(self, job: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread of the servers."""
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(120)

    def serve(self, ready: threading.Event) -> None:
        """Serve until told to stop."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(ready))

    def end(self) -> None:
        """Tell the servers to stop."""
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, ready: threading.Event) -> None:
        async with self.registry:
            mirror = f"http://{self.registry.address}"
            async with Fleet(registry=mirror, pace=0.02) as self.fleet:
                self.fleet.write_kubeconfig(self.kubeconfig)
                ready.set()
                await self._stop.wait()


async def _listed(fleet: Fleet, region: str, kind: str, namespace: str) -> list[Json]:
    return [
        one
        for one in fleet.regions[region].objects.list(kind)
        if one["metadata"].get("namespace") == namespace
    ]


async def _changed(fleet: Fleet, region: str, body: Json, manager: str) -> None:
    objects = fleet.regions[region].objects
    (found,) = objects.list("secrets", "bahriya-shop")
    name = found["metadata"]["name"]
    call = verbs.Call("patch", BY_PLURAL["secrets"], "bahriya-shop", name, manager=manager)
    verbs.patch(objects, call, body, verbs.MERGE)


async def _deleted(fleet: Fleet, region: str, name: str) -> None:
    call = verbs.Call("delete", BY_PLURAL["secrets"], "bahriya-shop", name)
    verbs.delete(fleet.regions[region].objects, call, {})


@contextmanager
def outside(folder: Path, password: str, registry: OciRegistry | None = None) -> Iterator[Outside]:
    """Serve regions and a registry (if none is given, one with user `bot`) for as long as the block runs."""
    world = Outside(folder, password, registry)
    ready = threading.Event()
    thread = threading.Thread(target=world.serve, args=(ready,), name="outside", daemon=True)
    thread.start()
    assert ready.wait(120)
    try:
        yield world
    finally:
        world.end()
        thread.join()
