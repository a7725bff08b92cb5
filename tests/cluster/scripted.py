"""An API server that answers from a script, for what embedded regions do not do: 429, cut lines, HTML."""

import asyncio
import queue
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bahriya_tui.kubeconfig.endpoint import Endpoint
from bahriya_tui.sim import lines
from bahriya_tui.sim.certificates import new_authority
from tests.cluster.embedded import Embedded

Step = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Scripted:
    """Takes one step of the script per request, the last one again and again; remembers what was asked."""

    def __init__(self) -> None:
        self.script: list[Step] = []
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.left: queue.SimpleQueue[str] = queue.SimpleQueue()
        """Requests that ended because their client closed the connection."""
        self.port = 0
        self._embedded = Embedded()
        self._authority = new_authority()
        self._runner: Any = self._embedded.ask(self._start())

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(
            host="127.0.0.1",
            port=self.port,
            server_name="",
            ca_pem=self._authority.ca_pem,
            token="t0ken",
            client_cert_pem="",
            client_key_pem="",
            insecure=False,
            base_path="",
        )

    def close(self) -> None:
        self._embedded.ask(lines.close(self._runner))
        self._embedded.close()

    async def _start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._authority.context).start()
        self.port = runner.addresses[0][1]
        return runner

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.raw_path}")
        self.headers.append(dict(request.headers))
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        try:
            return await step(request)
        except asyncio.CancelledError:
            self.left.put(self.asked[-1])
            raise


def says(status: int, body: Any = None, **headers: str) -> Step:
    """Answer with a document."""

    async def step(request: web.Request) -> web.StreamResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body or {}, status=status, headers=sent)

    return step


def text(status: int, content: str) -> Step:
    """Answer as a proxy would."""

    async def step(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=content, content_type="text/html")

    return step


async def cuts(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hangs(request: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.sleep(3600)
    return web.Response()


async def freezes(request: web.Request) -> web.StreamResponse:
    """Open a watch, and never say anything in it."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await asyncio.sleep(3600)
    return response


def streams(*lines: bytes, then_cut: bool = False) -> Step:
    """Send lines of a watch, then close it."""

    async def step(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        for line in lines:
            await response.write(line)
        if then_cut and request.transport is not None:
            request.transport.abort()
        return response

    return step
