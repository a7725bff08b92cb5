"""The server of the page, in a process that is locked in: until Ctrl-C, on a socket that listens already."""

import asyncio
import json
import logging
import signal
import socket

from aiohttp import web

from bahriya_tui.web.guard import Guard
from bahriya_tui.web.page import Page

_END_SECONDS = 5.0


def serve(listener: socket.socket, door: socket.socket, *, read_only: bool, as_json: bool) -> None:
    """Serve until a signal comes, or nobody is at the other end of `door`; print where the page is."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    asyncio.run(_serve(listener, door, read_only, as_json))


async def _serve(listener: socket.socket, door: socket.socket, read_only: bool, as_json: bool) -> None:
    ended, loop, guard = asyncio.Event(), asyncio.get_running_loop(), Guard()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    loop.add_reader(door, ended.set)
    page = Page(guard, door).application()
    runner = web.AppRunner(page, access_log=None, shutdown_timeout=_END_SECONDS)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        address, port = listener.getsockname()
        link = f"http://{address}:{port}{guard.path}?token={guard.token}"
        print(_said(link, read_only, as_json), flush=True)  # noqa: T201
        await ended.wait()
    finally:
        await runner.cleanup()
        loop.remove_reader(door)


def _said(link: str, read_only: bool, as_json: bool) -> str:
    """Give the line that says where the page is, and what having it means."""
    if as_json:
        return json.dumps({"url": link, "read_only": read_only})
    meaning = "the page is read-only" if read_only else "whoever has the page can deploy and delete"
    return f"{link} (for the browser that opens it first; {meaning}; Ctrl-C ends it)"


class _OneLine(logging.Formatter):
    """Tells of an error without where it was and what it held."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        return f"bahriya serve: {record.getMessage()}" + (f" ({type(error).__name__})" if error else "")
