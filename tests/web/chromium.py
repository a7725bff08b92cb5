"""A headless Chromium, steered through its driver's own protocol (W3C WebDriver)."""

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

PROGRAMS = shutil.which("chromium"), shutil.which("chromedriver")
DEADLINE = 120.0
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1200,800",
    # Nothing outside this machine is found, so whatever is asked for there fails.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_REMEMBER_TERMINAL = """
Object.defineProperty(Object.prototype, "terminal", {
  configurable: true,
  set(made) {
    window.terminalOfPage = made;
    Object.defineProperty(this, "terminal", {value: made, writable: true});
  },
});
"""
"""The page keeps its terminal to itself; whoever is given one is looked over the shoulder."""
_SHOWN = """
const buffer = window.terminalOfPage?.buffer.active;
if (!buffer) return "";
return [...Array(buffer.length).keys()].map((y) => buffer.getLine(y).translateToString()).join("\\n");
"""
_opener = build_opener(ProxyHandler({}))


class Browser:
    """One window."""

    def __init__(self, session: str) -> None:
        self._session = session
        self.tell(
            "goog/cdp/execute",
            cmd="Page.addScriptToEvaluateOnNewDocument",
            params={"source": _REMEMBER_TERMINAL},
        )

    def tell(self, verb: str, **argument: Any) -> Any:
        """Have something done; give what came of it."""
        return _asked(f"{self._session}/{verb}", argument)

    def run(self, script: str) -> Any:
        """Run a script in the page; give what it returns."""
        return self.tell("execute/sync", script=script, args=[])

    def press(self, key: str) -> None:
        """Press and release a key."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.tell("actions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}])

    def picture(self) -> bytes:
        """Give the window as a PNG."""
        return base64.b64decode(_asked(f"{self._session}/screenshot", None, "GET"))

    @property
    def shown(self) -> str:
        """The text in the page's terminal."""
        return str(self.run(_SHOWN))

    def until(self, words: str) -> None:
        """Wait until the terminal shows `words`."""
        end = time.monotonic() + DEADLINE
        while words not in (shown := self.shown):
            assert time.monotonic() < end, f"{words!r} was never shown, but: {shown}"


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start a browser with a profile of its own; it ends with the block."""
    program, driver = PROGRAMS
    assert program is not None
    assert driver is not None
    with subprocess.Popen(
        [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            root = f"http://127.0.0.1:{_port(process)}"
            options = {"binary": program, "args": [*_OPTIONS, f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            session = f"{root}/session/{_asked(f'{root}/session', wanted)['sessionId']}"
            try:
                yield Browser(session)
            finally:
                _asked(session, None, "DELETE")
        finally:
            process.terminate()


def _port(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"started successfully on port (\d+)", line):
            return found[1]
    raise AssertionError("the browser's driver did not start")


def _asked(where: str, argument: Any, method: str = "POST") -> Any:
    data = None if argument is None else json.dumps(argument).encode()
    request = Request(where, data, {"Content-Type": "application/json"}, method=method)
    with _opener.open(request, timeout=DEADLINE) as answer:
        return json.load(answer)["value"]
