"""The screens behind one page, at the other end of a socket, in the packets of Textual's driver for pages.

A packet is a letter (`D`: what a terminal is sent or sends, `M`: JSON about it), four bytes of size, and so
many bytes.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

_BEGIN = b"__GANGLION__\n"


class Screens:
    """One process of them, which ends with its socket. Start it before anything else is done."""

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    async def start(self, door: socket.socket) -> None:
        """Have them started by the process at the other end of `door`."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(door, [b"?"], [theirs.fileno()])
        self._reader, self._writer = await asyncio.open_connection(sock=ours)

    async def press(self, keys: str) -> None:
        """Have something typed, pasted, or done with the mouse."""
        await self._send(b"D", keys.encode(errors="replace"))

    async def tell(self, what: str, **more: int) -> None:
        """Tell of the page: `resize`, with a width and a height, `focus`, or `blur`."""
        await self._send(b"M", json.dumps({"type": what, **more}).encode())

    async def drawn(self) -> AsyncIterator[bytes]:
        """Give what they draw, until they end."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._reader.readuntil(_BEGIN)
            while True:
                kind = await self._reader.readexactly(1)
                size = int.from_bytes(await self._reader.readexactly(4))
                payload = await self._reader.readexactly(size)
                if kind == b"D":
                    yield payload

    def close(self) -> None:
        """Leave them: they end by themselves."""
        self._writer.close()

    async def _send(self, kind: bytes, payload: bytes) -> None:
        with suppress(ConnectionError):
            self._writer.write(kind + len(payload).to_bytes(4) + payload)
            await self._writer.drain()
