"""`python -I -m bahriya_tui.web JSON`: serves the screens to a browser on this machine, until Ctrl-C.

`bahriya serve` turns into it. JSON has the arguments of `run`; the link's token is made here and goes to
standard output alone.
"""

import asyncio
import errno
import json
import logging
import os
import signal
import socket
import sys

from aiohttp import web

from bahriya_tui.model.errors import BadInput, BahriyaError
from bahriya_tui.web.guard import Guard
from bahriya_tui.web.server import Server

_LOOPBACK = "127.0.0.1"
_END_SECONDS = 10.0


def run(port: int, allow_changes: bool, project: str | None, as_json: bool) -> None:
    """Serve the screens; raises `BadInput` where the port cannot be had."""
    if project is not None:
        os.environ["BAHRIYA_PROJECT"] = project
    with _listening(port) as listener:
        asyncio.run(_serve(listener, allow_changes, as_json))


async def _serve(listener: socket.socket, allow_changes: bool, as_json: bool) -> None:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    guard = Guard()
    server = Server(guard, [] if allow_changes else ["--read-only"])
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=_END_SECONDS)
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        url = f"http://{_LOOPBACK}:{listener.getsockname()[1]}{guard.path}?token={guard.token}"
        print(_said(url, allow_changes, as_json), flush=True)  # noqa: T201
        await ended.wait()
    finally:
        await runner.cleanup()


def _said(url: str, allow_changes: bool, as_json: bool) -> str:
    """Give the line that says where the page is, and what having it means."""
    if as_json:
        return json.dumps({"url": url, "read_only": not allow_changes})
    meaning = "whoever has the page can deploy and delete" if allow_changes else "the page is read-only"
    return f"{url} (for the browser that opens it first; {meaning}; Ctrl-C ends it)"


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((_LOOPBACK, port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is taken" if taken else f"cannot be used ({error.strerror})"
        raise BadInput(f"port {port} of {_LOOPBACK} {why}", "give another one, or none") from None


class _OneLine(logging.Formatter):
    """Tells of an error without where it was and what it held."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        return f"bahriya serve: {record.getMessage()}" + (f" ({type(error).__name__})" if error else "")


def main() -> int:
    """Serve, and give the exit code."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    try:
        run(**json.loads(sys.argv[1]))
    except BahriyaError as error:
        print(f"bahriya: {error.message}; {error.hint}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
