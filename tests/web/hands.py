"""A page without a browser: opens the link, holds the cookie, and reads what the screens draw."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import aiohttp
import pyte

DEADLINE = 120.0


class Page:
    """What came through the websocket, on a screen."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self.websocket = websocket
        self.screen = pyte.Screen(100, 30)
        self._stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.websocket.send_str(json.dumps(["stdin", key]))

    async def until(self, words: str) -> None:
        """Read until `words` are shown."""
        async with asyncio.timeout(DEADLINE):
            while words not in self.text:
                message = await self.websocket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, (message, self.text)
                # The emulator shows the end of a question about modes as text.
                self._stream.feed(re.sub(rb"\x1b\[\?\d+\$p", b"", message.data))

    async def until_closed(self) -> None:
        """Read until the other end has closed it."""
        async with asyncio.timeout(DEADLINE):
            async for _ in self.websocket:
                pass


async def cookie_for(client: aiohttp.ClientSession, link: str) -> str:
    """Open the link and give the cookie that came, as it is sent."""
    async with client.get(link, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        (morsel,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
        return f"{morsel.key}={morsel.value}"


def origin(link: str) -> str:
    """Give what a browser calls the site of a link."""
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}"


@asynccontextmanager
async def opened(link: str) -> AsyncIterator[Page]:
    """Open the link and then the screens."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        headers = {"Cookie": await cookie_for(client, link), "Origin": origin(link)}
        where = origin(link) + urlsplit(link).path + "ws?width=100&height=30"
        async with client.ws_connect(where, headers=headers) as websocket:
            yield Page(websocket)
