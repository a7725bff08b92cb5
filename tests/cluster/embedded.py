"""Embedded regions and a registry in a thread of their own, for tests of code that blocks."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.sim.region import Region

T = TypeVar("T")
PRIVATE = {"team/app": ["v1", "v2"]}
PUBLIC = {"library/nginx": ["1.27"]}


class Embedded:
    """A loop in a thread; `ask` runs a coroutine there and gives its result, `do` a plain function."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stack, self._ended = AsyncExitStack(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ask(self, coroutine: Awaitable[T]) -> T:
        async def await_it() -> T:
            return await coroutine

        return asyncio.run_coroutine_threadsafe(await_it(), self._loop).result(120)

    def do(self, work: Callable[[], T]) -> T:
        async def run() -> T:
            return work()

        return self.ask(run())

    def enter(self, context: Any) -> Any:
        return self.ask(self._stack.enter_async_context(context))

    def close(self) -> None:
        self.ask(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        # The runner ends what is still under way when the servers are gone, and only then closes the loop.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._ended.wait())


class World:
    """Regions and the private registry that their nodes ask for every image."""

    def __init__(
        self, names: Sequence[str], password: str, pace: float = 0.01, fleet: type[Fleet] = Fleet
    ) -> None:
        self._embedded = Embedded()
        self.registry: OciRegistry = self._embedded.enter(
            OciRegistry(users={"op": password}, private=PRIVATE, public=PUBLIC, auth="basic", port=0)
        )
        mirror = f"http://{self.registry.address}"
        self.fleet: Fleet = self._embedded.enter(
            self._embedded.do(lambda: fleet(names, registry=mirror, pace=pace))
        )
        self.regions: dict[str, Region] = self.fleet.regions

    def stop(self, region: str) -> None:
        """Close the region's port: connections are refused."""
        self._embedded.ask(self.regions[region].stop())

    def start(self, region: str) -> None:
        """Open it again, as it was."""
        self._embedded.ask(self.regions[region].start())

    def freeze(self, region: str, frozen: bool = True) -> None:
        """Let requests hang, or go on."""
        self._embedded.do(lambda: setattr(self.regions[region], "frozen", frozen))

    def objects(self, region: str, plural: str, namespace: str | None = None) -> list[dict[str, Any]]:
        """What a region holds."""
        return self._embedded.do(lambda: list(self.regions[region].objects.list(plural, namespace)))

    def put(self, region: str, plural: str, obj: dict[str, Any]) -> None:
        """Put an object into a region as somebody else would."""
        self._embedded.do(lambda: self.regions[region].objects.put(plural, obj))

    def do(self, work: Callable[[], T]) -> T:
        """Change something where the servers run."""
        return self._embedded.do(work)

    def close(self) -> None:
        self._embedded.close()
