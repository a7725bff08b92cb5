"""Embedded regions that keep whoever sends or reads a secret waiting until the test has looked around."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from functools import partial

from aiohttp import web

from bahriya_tui.sim.certificates import new_authority
from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.manifest import Registries
from bahriya_tui.sim.region import Region
from tests.cluster.embedded import World

Reply = Callable[[str], web.Response | None]
"""Gives the answer to what was sent; None cuts the connection instead."""


class HeldRegion(Region):
    """A region that can let the PATCH of a secret wait, and then answer it in words of its own.

    A reader, which asks once and goes, waits for the last byte of one.
    """

    def __init__(
        self, name: str, tls: ssl.SSLContext, registries: Registries, pace: float, latency: float
    ) -> None:
        super().__init__(name, tls, registries, pace, latency)
        self.asked, self.go = threading.Event(), asyncio.Event()
        self.go.set()
        self.reply: Reply | None = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET" and "/secrets/" in request.path and not request.keep_alive:
            return await self._but_the_last_byte(request)
        if request.method != "PATCH" or "/secrets/" not in request.path:
            return await super()._handle(request)
        sent = await request.text()
        self.asked.set()
        await self.go.wait()
        if self.reply is None:
            return await super()._handle(request)
        answer = self.reply(sent)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
        return answer or web.Response()

    async def _but_the_last_byte(self, request: web.Request) -> web.StreamResponse:
        whole = await super()._handle(request)
        assert isinstance(whole, web.Response)
        assert isinstance(whole.body, bytes)
        parts = web.StreamResponse(status=whole.status, headers={"Content-Type": "application/json"})
        parts.content_length = len(whole.body)
        await parts.prepare(request)
        await parts.write(whole.body[:-1])
        self.asked.set()
        await self.go.wait()
        await parts.write(whole.body[-1:])
        return parts


class HeldFleet(Fleet):
    """Regions that can hold, in the place of those that cannot."""

    def __init__(
        self,
        names: Sequence[str],
        *,
        registry: str | None = None,
        latency: float = 0.0,
        pace: float = 0.01,
    ) -> None:
        self._authority = new_authority()
        self._registries = Registries(registry)
        tls = self._authority.context
        self.regions = {name: HeldRegion(name, tls, self._registries, pace, latency) for name in names}


class HeldWorld(World):
    """Three regions whose secrets can be held."""

    def __init__(self, password: str) -> None:
        super().__init__(("falkenstein-1", "helsinki-1", "virginia-1"), password, fleet=HeldFleet)

    def hold(self) -> None:
        """Let every region hold its next secret."""
        for region in self._held():
            self.do(region.go.clear)

    def wait_until_asked(self) -> None:
        """Wait until every region holds one."""
        for region in self._held():
            assert region.asked.wait(120), f"{region.name} was sent no secret"

    def let_go(self, reply: Reply | None = None) -> None:
        """Let every region answer what it holds and what comes after: as regions do, or with `reply`."""
        for region in self._held():
            self.do(partial(self._answer, region, reply))

    def secrets_sent(self) -> list[str]:
        """Give the requests that brought a secret into a region, or would have."""
        return [
            f"{region.name} {request}"
            for region in self._held()
            for request in region.requests
            if "/secrets/" in request and not request.startswith(("GET ", "DELETE "))
        ]

    def close(self) -> None:
        """Let go of what is held, and end."""
        self.let_go()
        super().close()

    def _held(self) -> list[HeldRegion]:
        return [region for region in self.regions.values() if isinstance(region, HeldRegion)]

    def _answer(self, region: HeldRegion, reply: Reply | None) -> None:
        region.reply = reply
        region.go.set()
