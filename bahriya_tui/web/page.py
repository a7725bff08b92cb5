"""The page and what it needs, on loopback: nothing in it comes from anywhere else."""

import asyncio
import socket
from pathlib import Path
from string import Template
from typing import Any

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from bahriya_tui.web.guard import Guard
from bahriya_tui.web.screens import Screens

_HERE = Path(__file__).parent
_STATIC = Path(textual_serve.__file__).parent / "static"
"""The terminal that textual-serve brings for pages, with its font."""
_MOST_CELLS = 1000
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_POLICY = (
    # The terminal writes its own style elements.
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class Page:
    """What `guard` lets through gets the page, and the page gets screens from behind `door`."""

    def __init__(self, guard: Guard, door: socket.socket) -> None:
        self._guard, self._door = guard, door
        self._open: set[web.WebSocketResponse] = set()

    def application(self) -> web.Application:
        """Give what aiohttp is to run."""
        path = self._guard.path
        application = web.Application(middlewares=[self._guard.admit])
        application.router.add_get(path, self._text, allow_head=False)
        for name in ("page.css", "page.js"):
            application.router.add_get(path + name, self._file, name=name, allow_head=False)
        application.router.add_get(path + "ws", self._screens, allow_head=False)
        application.router.add_static(path + "static", _STATIC)
        application.on_response_prepare.append(_harden)
        application.on_shutdown.append(self._close)
        return application

    async def _text(self, request: web.Request) -> web.Response:
        page = Template((_HERE / "page.html").read_text()).substitute(
            websocket=f"ws://{request.headers['Host']}{self._guard.path}ws"
        )
        return web.Response(text=page, content_type="text/html")

    async def _file(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(_HERE / (request.match_info.route.name or ""))

    async def _screens(self, request: web.Request) -> web.WebSocketResponse:
        websocket, screens = web.WebSocketResponse(heartbeat=15), Screens()
        await websocket.prepare(request)
        await screens.start(self._door)
        self._open.add(websocket)
        drawing = asyncio.create_task(_draw(screens, websocket))
        try:
            async for message in websocket:
                if message.type is WSMsgType.TEXT:
                    await _take(message.json(), screens, websocket)
        finally:
            self._open.discard(websocket)
            screens.close()
            await drawing
        return websocket

    async def _close(self, _application: web.Application) -> None:
        closing = [one.close(code=WSCloseCode.GOING_AWAY) for one in list(self._open)]
        await asyncio.gather(*closing, return_exceptions=True)


async def _draw(screens: Screens, websocket: web.WebSocketResponse) -> None:
    """Show what the screens draw, and close the page when they end."""
    async for drawn in screens.drawn():
        try:
            await websocket.send_bytes(drawn)
        except ConnectionError:
            # Nobody looks any more; whoever reads the page's messages will find out too.
            return
    await websocket.close()


async def _take(told: Any, screens: Screens, websocket: web.WebSocketResponse) -> None:
    """Do what one message of textual-serve's page says; what it never says is left aside."""
    match told:
        case ["stdin", str(keys)]:
            await screens.press(keys)
        case ["resize", {"width": width, "height": height}]:
            await screens.tell("resize", width=_cells(width), height=_cells(height))
        case ["focus" | "blur" as what]:
            await screens.tell(what)
        case ["ping", str(when)]:
            await websocket.send_json(["pong", when])


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
    response.headers["Content-Security-Policy"] = _POLICY.format(host=request.headers.get("Host", ""))


def _cells(told: object) -> int:
    """Give a size that was told, within reason."""
    try:
        return max(1, min(_MOST_CELLS, int(str(told))))
    except ValueError:
        return 80
