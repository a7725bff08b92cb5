"""The screens behind one page: a process of their own, through textual-serve's protocol."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

_DRIVER = "bahriya_tui.tui.browser:BrowserDriver"
_KIND_SECONDS = 5.0
"""Screens that have not ended by then, after they were asked to, are killed."""


class Screens(AppService):
    """Passes bytes between a page and its process, which ends with the page, and the page with it."""

    def __init__(self, options: Sequence[str], websocket: web.WebSocketResponse) -> None:
        async def close() -> None:
            await websocket.close()

        super().__init__(
            "",
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=DownloadManager(),
        )
        self._options = options

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**super()._build_environment(width, height), "TEXTUAL_DRIVER": _DRIVER}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start them apart from our terminal, which is for nobody to read from here."""
        command = [sys.executable, "-I", "-m", "bahriya_tui.web.session", *self._options]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        """Pass on what they draw until they end."""
        await super().run()
        await self.remote_close()

    async def on_data(self, payload: bytes) -> None:
        """Pass it on; a page that has gone keeps nobody from reading to the end."""
        with suppress(ConnectionError):
            await super().on_data(payload)

    async def stop(self) -> None:
        """End the process, in one way or the other."""
        process, task = self._process, self._task
        if process is None or task is None:
            return
        try:
            async with asyncio.timeout(_KIND_SECONDS):
                await self.send_meta({"type": "quit"})
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await task
        await process.wait()
