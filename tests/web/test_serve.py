"""`bahriya serve` from the command line: the same screens, locked in, and gone with the server."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bahriya_tui.isolation.syscalls import MACHINES
from bahriya_tui.web.__main__ import _screens
from tests.cli.conftest import Commands, bahriya  # noqa: F401
from tests.operator import Operator
from tests.processes import children, read, state_and_parent
from tests.web.hands import cookie_for, opened, origin

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at through /proc")


@dataclass(frozen=True)
class Served:
    """A running `bahriya serve`."""

    process: "subprocess.Popen[str]"
    line: str

    @property
    def link(self) -> str:
        return self.line.split()[0]

    @property
    def token(self) -> str:
        return self.link.rpartition("token=")[2]

    def below(self) -> list[int]:
        """List the processes that it started, and those that they started."""
        found, look_at = [], [self.process.pid]
        while look_at:
            look_at = [child for pid in look_at for child in children(pid)]
            found += look_at
        return found

    def screens(self) -> list[int]:
        """List the processes of screens: a supervisor and its locked-in child for each page."""
        return [pid for pid in self.below() if b"bahriya_tui.web.session" in read(pid, "cmdline")]

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal; give exit code and what was said since."""
        self.process.send_signal(number)
        said = self.process.communicate(timeout=60)
        return self.process.returncode, "".join(said)


@contextmanager
def serving(operator: Operator, *options: str) -> Iterator[Served]:
    """Run it until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui", "serve", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=operator.environment,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield Served(process, process.stdout.readline())
        finally:
            process.kill()


def lives(pid: int) -> bool:
    """Tell whether a process is there, and not only its name."""
    seen = state_and_parent(pid)
    return seen is not None and seen[0] not in "ZX"


def gone(pids: list[int]) -> None:
    """Wait until none of these processes lives."""
    while any(lives(pid) for pid in pids):
        os.sched_yield()


def complaints(operator: Operator) -> str:
    """Give what screens said that nobody sees."""
    return (operator.home / "logs" / "serve.log").read_text()


@pytest.fixture
def shop(operator: Operator) -> Operator:
    operator.run("project", "add", "shop")
    operator.run(
        *("registry", "add", "team", "--server", "ghcr.io", "--username", "bot"),
        *("--no-check", "--password-stdin"),
        password="t0ken",
    )
    return operator


async def test_the_page_shows_the_screens_and_takes_keys(shop: Operator) -> None:
    with serving(shop) as served:
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            await page.press("2")
            await page.until("Containers")
            await page.press("q")
            await page.until_closed()


async def test_the_page_only_looks_unless_told_otherwise(shop: Operator) -> None:
    with serving(shop) as served:
        assert "read-only" in served.line
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            await page.press("n")
            await page.until("these screens are read-only")


async def test_changes_are_possible_where_they_were_allowed_but_tokens_are_not_typed(shop: Operator) -> None:
    with serving(shop, "--allow-changes", "--project", "shop") as served:
        assert "whoever has the page can deploy and delete" in served.line
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            await page.press("r")
            await page.until("are typed in a terminal")
            await page.press("p")
            await page.until("Projects")
            await page.press("n")
            await page.until("New project")
            await page.press(*"other", "\x13")
            await page.until("Project other was made")
    assert "other" in [one["handle"] for one in shop.run("project", "list", "--json").json]


@linux
@pytest.mark.skipif(os.uname().machine not in MACHINES, reason="the lock needs a processor that it knows")
async def test_server_and_screens_are_locked_in_and_no_secret_is_written(shop: Operator) -> None:
    import aiohttp

    with serving(shop) as served:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            cookie = await cookie_for(client, served.link)
            headers = {"Cookie": cookie, "Origin": origin(served.link)}
            async with client.ws_connect(served.link.partition("?")[0] + "ws", headers=headers) as websocket:
                await websocket.receive_bytes()
                server, supervisor, screens = served.below()
                told = b"".join(
                    read(pid, name)
                    for pid in (served.process.pid, server, supervisor, screens)
                    for name in ("cmdline", "environ")
                )
                for locked_in in (server, screens):
                    assert b"NoNewPrivs:\t1" in read(locked_in, "status")
                    assert b"Seccomp:\t2" in read(locked_in, "status")
    assert b"BAHRIYA_HOME" in told
    for secret in (served.token, cookie.partition("=")[2]):
        assert secret.encode() not in told
        assert secret.encode() not in shop.written()


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_it_ends_on_a_signal_with_all_that_it_started(shop: Operator, number: int) -> None:
    with serving(shop) as served:
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            started = served.below()
            assert len(started) == 3
            assert served.end(number) == (0, "")
            assert not any(lives(pid) for pid in started)
            await page.until_closed()
    assert complaints(shop) == ""


@linux
@pytest.mark.parametrize("whom", ["server", "starter"])
async def test_all_of_it_ends_when_one_of_its_processes_is_killed(shop: Operator, whom: str) -> None:
    with serving(shop) as served:
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            started = served.below()
            os.kill(started[0] if whom == "server" else served.process.pid, signal.SIGKILL)
            gone([*started, served.process.pid])
    assert complaints(shop) == ""


@linux
async def test_the_screens_end_when_the_page_is_closed(shop: Operator) -> None:
    with serving(shop) as served:
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            started = served.screens()
        gone(started)
        assert served.end(signal.SIGTERM) == (0, "")
    assert complaints(shop) == ""


@linux
async def test_screens_whose_page_is_closed_while_they_open_leave_without_a_fault(shop: Operator) -> None:
    with serving(shop) as served:
        async with opened(served.link) as page:
            await page.websocket.receive_bytes()
            started = served.screens()
        gone(started)
        assert served.end(signal.SIGTERM) == (0, "")
    assert complaints(shop) == ""


async def test_the_page_closes_when_the_screens_died(shop: Operator) -> None:
    with serving(shop) as served:
        async with opened(served.link) as page:
            await page.until("ghcr.io")
            for pid in served.screens():
                os.kill(pid, signal.SIGKILL)
            await page.until_closed()
        assert served.end(signal.SIGTERM) == (0, "")


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_complaints_are_never_added_to_a_file_elsewhere(tmp_path: Path, link: Callable[..., None]) -> None:
    elsewhere, log = tmp_path / "elsewhere", tmp_path / "serve.log"
    elsewhere.write_text("precious\n")
    link(log, elsewhere)
    with Path(os.devnull).open("r+b") as page, pytest.raises(OSError, match="serve"):
        _screens(page.fileno(), ["--help"], log).wait()
    assert elsewhere.read_text() == "precious\n"


def test_a_port_that_is_taken_is_told_in_one_line(operator: Operator) -> None:
    with serving(operator) as served:
        port = origin(served.link).rpartition(":")[2]
        result = operator.run("serve", "--port", port, code=2)

    assert result.out == ""
    assert result.err.splitlines() == [
        f"bahriya: port {port} of 127.0.0.1 is taken; give another one, or none"
    ]


def test_no_other_address_can_be_asked_for(operator: Operator) -> None:
    assert "--host" in operator.run("serve", "--host", "0.0.0.0", code=2).err


def test_a_project_that_is_none_is_told(operator: Operator) -> None:
    assert operator.run("serve", "--project", "shop", code=4).out == ""


def test_without_textual_serve_what_to_install_is_said(
    bahriya: Commands,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bahriya_tui.cli.serve.find_spec", lambda _name: None)

    answer = bahriya("serve")

    assert answer.code == 2
    (line,) = answer.err.splitlines()
    assert "pip install textual-serve" in line
