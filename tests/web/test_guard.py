"""Whoever opens the link first has the page, and nobody else, whatever they send."""

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bahriya_tui.web.guard import Guard
from bahriya_tui.web.page import Page
from tests.web.hands import cookie_for

HEADERS = ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options")
PLACES = ("", "ws", "page.css", "static/js/textual.js", "static/", "download/x")


@dataclass(frozen=True)
class Site:
    """The server, without having opened the link."""

    client: aiohttp.ClientSession
    guard: Guard
    root: str

    @property
    def page(self) -> str:
        return self.root + self.guard.path

    @property
    def link(self) -> str:
        return f"{self.page}?token={self.guard.token}"

    async def get(self, where: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Give status and text of an answer that has the headers all answers have."""
        named = {name.title(): value for name, value in headers.items()}
        async with self.client.request(method, where, headers=named, allow_redirects=False) as answer:
            assert all(name in answer.headers for name in HEADERS)
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.text()


@pytest.fixture
def no_door() -> Iterator[socket.socket]:
    """A door behind which nobody starts screens."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours


@pytest.fixture
async def site(no_door: socket.socket) -> AsyncIterator[Site]:
    guard = Guard()
    async with (
        TestServer(Page(guard, no_door).application()) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
    ):
        yield Site(client, guard, f"http://{server.host}:{server.port}")


def refused(answer: tuple[int, str]) -> bool:
    """Tell whether it is 403 with one sentence."""
    status, text = answer
    return status == 403 and text.count("\n") == 1 and text.endswith(".\n")


async def test_the_link_gives_a_cookie_for_its_page_alone_and_leaves_the_address(site: Site) -> None:
    async with site.client.get(site.link, allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]
        assert (answer.status, answer.headers["Location"]) == (303, site.guard.path)

    assert {"HttpOnly", "SameSite=Strict", f"Path={site.guard.path}"} <= set(cookie.split("; "))
    status, text = await site.get(site.page, cookie=cookie.partition(";")[0])
    assert status == 200
    assert "textual-terminal" in text


async def test_the_link_works_once(site: Site) -> None:
    link = site.link
    cookie = await cookie_for(site.client, link)

    assert refused(await site.get(link))
    # Who has the page may go back to it.
    assert (await site.get(link, cookie=cookie))[0] == 303


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cookie", ["", "bahriya=", "bahriya=wrong", "bahriya=\u00e9"])
async def test_nothing_is_given_without_the_cookie(site: Site, place: str, cookie: str) -> None:
    await cookie_for(site.client, site.link)

    assert refused(await site.get(site.page + place, cookie=cookie))


async def test_nothing_is_given_before_the_link_was_opened(site: Site) -> None:
    for token in ("", "None", "wrong", "%C3%A9"):
        assert refused(await site.get(f"{site.page}?token={token}"))
    assert refused(await site.get(f"{site.root}/?token={site.guard.token}"))
    assert (await site.get(site.link, method="HEAD"))[0] == 403

    assert await cookie_for(site.client, site.link)


async def test_only_reading_is_let_through(site: Site) -> None:
    cookie = await cookie_for(site.client, site.link)

    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert refused(await site.get(site.page, method=method, cookie=cookie))


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "127.0.0.2", "a@127.0.0.1", ""],
)
async def test_a_name_that_somebody_pointed_here_is_refused(site: Site, host: str) -> None:
    assert refused(await site.get(site.link, host=host))
    cookie = await cookie_for(site.client, site.link)

    assert refused(await site.get(site.page, cookie=cookie, host=host))


async def test_another_port_of_this_machine_may_lead_here(site: Site) -> None:
    cookie = await cookie_for(site.client, site.link)

    status, text = await site.get(site.page, cookie=cookie, host="localhost:9000")

    assert status == 200
    assert "ws://localhost:9000/" in text


@pytest.mark.parametrize("told", ["http://evil.example", "http://127.0.0.1:1", "null", "https://{}", None])
async def test_another_page_cannot_open_the_screens(site: Site, told: str | None) -> None:
    cookie = await cookie_for(site.client, site.link)
    headers = {"Cookie": cookie}
    if told is not None:
        headers["Origin"] = told.format(site.root.partition("//")[2])
        assert refused(await site.get(site.page, **headers))

    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await site.client.ws_connect(site.page + "ws", headers=headers)

    assert refusal.value.status == 403


async def test_two_servers_have_nothing_in_common() -> None:
    one, other = Guard(), Guard()

    assert one.path != other.path
    assert one.token != other.token
    assert len(one.token or "") >= 43
    assert one.token is not None
    assert one.token not in repr(one)
