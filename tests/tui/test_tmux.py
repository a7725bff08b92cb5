"""The screens in tmux, where many operators work: a second opinion on what we write, of a real terminal."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operator import Operator
from tests.tui import world
from tests.tui.test_display import Emulated, Picture
from tests.worker.desk import until

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
STRAY = "Broadcast message from root"


class Pane:
    """One pane of a tmux server of its own, with a shell in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._socket, self._environment = folder / "tmux", environment
        size = ["-x", "100", "-y", "30"]
        self._tmux("-f", os.devnull, "new-session", "-d", *size, "env", "PS1=prompt> ", "/bin/bash", "--norc")
        self._tmux("set", "-g", "window-size", "manual")
        self.until(lambda: "prompt>" in self.text())

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), *arguments]
        return subprocess.run(
            command, env=self._environment, check=True, capture_output=True, text=True
        ).stdout

    def text(self) -> str:
        return self._tmux("capture-pane", "-p")

    def picture(self) -> Picture:
        """Give what one sees, colours included."""
        columns, lines = self._tmux("display", "-p", "#{pane_width} #{pane_height}").split()
        emulated = Emulated(int(columns), int(lines))
        emulated.write(self._tmux("capture-pane", "-p", "-e").rstrip("\n").replace("\n", "\r\n"))
        return emulated.picture()

    def fits(self, lines: int) -> bool:
        """Tell whether the keys stand at the bottom of so many lines."""
        shown = self.text().splitlines()
        return len(shown) == lines and "? Help" in shown[-1]

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, lines: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def write(self, text: str) -> None:
        """Write to the terminal as another program would."""
        terminal = self._tmux("display", "-p", "#{pane_tty}").strip()
        Path(terminal).write_text(f"\x1b[12;3H{text}")

    def until(self, condition: Callable[[], bool]) -> None:
        until(condition, say=self.text)

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def pane(operator: Operator, tmp_path: Path) -> Iterator[Pane]:
    """A shell in tmux, over a store with something in it."""
    world.seed(operator.home / "store" / "bahriya.db")
    made = Pane(tmp_path, {**operator.environment, "BAHRIYA_PROJECT": "shop", "COLUMNS": "80", "LINES": "24"})
    yield made
    made.close()


def start(pane: Pane) -> None:
    pane.press(f"{sys.executable} -m bahriya_tui --read-only", "Enter")
    pane.until(lambda: "1 Registries" in pane.text() and "ghcr.io" in pane.text())


def drawn_anew(pane: Pane) -> Picture:
    """Have all of it drawn again, over something that another program wrote; give the picture."""
    pane.write(STRAY)
    pane.until(lambda: STRAY in pane.text())
    pane.press("C-l")
    pane.until(lambda: STRAY not in pane.text())
    return pane.picture()


@pytest.mark.parametrize(
    ("there", "shown", "back"),
    [
        (["2"], "Image", ["1"]),
        (["?"], "Help", ["Escape"]),
        (["m"], "not read v2", ["Escape"]),
        (["j"], "docker.io", ["k"]),
        (["u"], "Why", ["Escape"]),
        (["/", "g", "h", "c", "r"], "1 of 3 lines match", ["Escape"]),
    ],
)
def test_coming_back_bit_by_bit_shows_what_a_new_drawing_shows(
    pane: Pane, there: list[str], shown: str, back: list[str]
) -> None:
    start(pane)
    whole = drawn_anew(pane)
    pane.press(*there)
    pane.until(lambda: shown in pane.text() and pane.picture() != whole)
    pane.press(*back)
    pane.until(lambda: pane.picture() == whole)


def test_the_shell_has_its_terminal_back(pane: Pane) -> None:
    start(pane)
    pane.resize(80, 24)
    pane.until(lambda: pane.fits(24))
    pane.resize(120, 36)
    pane.until(lambda: pane.fits(36))
    pane.press("q")
    pane.until(lambda: "prompt>" in pane.text() and "Registries" not in pane.text())
    pane.press("echo still $((40+2)) here", "Enter")
    pane.until(lambda: "still 42 here" in pane.text())
    assert "Registries" not in pane.text()
