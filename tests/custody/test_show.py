"""The recovery key is shown once: on a page of the terminal that is cleared, or in a new file."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bahriya_tui.custody.create import create
from bahriya_tui.custody.recovery_text import read
from bahriya_tui.vault import keys
from tests.custody.hands import Folders
from tests.launch.terminal import Terminal, on_terminal

_SHOWS = """
import subprocess, sys
show = [sys.executable, "-I", "-m", "bahriya_tui.custody.show", *sys.argv[1:]]
done = subprocess.run(show, capture_output=True)
print("ended with", done.returncode, done.stdout.decode(), done.stderr.decode(), "end")
sys.stdin.readline()
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = tmp_path / "public", tmp_path / "private"
    create(*found)
    return found


def run(folders: Folders, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-m", "bahriya_tui.custody.show", *map(str, folders), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, start_new_session=True)


def unshown(folders: Folders) -> Path:
    return keys.unshown_path(folders[1], keys.find_recovery(folders[0]).id)


def shown_key(terminal: Terminal, folders: Folders) -> bytes:
    """Read the key off the page."""
    start = terminal.wait_for(b"keep it away from this machine.")
    page = terminal.shown[start : terminal.wait_for(b"Enter: ", start)].decode()
    return read(page.partition("Enter")[0])


def test_it_is_shown_on_a_page_of_its_own_and_then_forgotten(folders: Folders, tmp_path: Path) -> None:
    expected = unshown(folders).read_text().strip()
    with on_terminal(_SHOWS, list(map(str, folders)), tmp_path) as terminal:
        assert shown_key(terminal, folders).hex() == expected
        assert unshown(folders).exists()
        terminal.press(b"\r")
        terminal.wait_for(b"ended with 0 {}")
    before, _, after = terminal.shown.partition(b"\x1b[?1049h")
    page, _, rest = after.partition(b"\x1b[?1049l")
    assert page.endswith(b"\x1b[2J")
    group = page[page.index(b"    ") :].split()[0][:4]
    assert group not in before + rest
    assert not unshown(folders).exists()
    again = run(folders)
    assert again.returncode == 1
    assert "it was shown already" in again.stdout
    assert "rekey --recovery" in again.stdout


def test_one_who_cancels_can_be_shown_it_again(folders: Folders, tmp_path: Path) -> None:
    with on_terminal(_SHOWS, list(map(str, folders)), tmp_path) as terminal:
        shown_key(terminal, folders)
        terminal.press(b"\x03")
        terminal.wait_for(b"ended with 130")
    assert unshown(folders).exists()


def test_it_is_written_to_a_new_file_of_its_owner(folders: Folders, tmp_path: Path) -> None:
    expected, output = unshown(folders).read_text().strip(), tmp_path / "recovery"
    done = run(folders, "--output", str(output))
    assert (done.returncode, done.stdout) == (0, "{}\n")
    assert read(output.read_text()).hex() == expected
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert not unshown(folders).exists()


@pytest.mark.parametrize(("place", "words"), [("taken", "exists"), ("nowhere/x", "cannot be written")])
def test_a_file_that_cannot_be_new_is_refused_and_the_key_stays(
    folders: Folders, tmp_path: Path, place: str, words: str
) -> None:
    (tmp_path / "taken").write_text("mine")
    done = run(folders, "--output", str(tmp_path / place))
    assert done.returncode == 2
    assert words in done.stdout
    assert (tmp_path / "taken").read_text() == "mine"
    assert unshown(folders).exists()


def test_without_a_terminal_there_is_another_way(folders: Folders) -> None:
    done = run(folders)
    assert done.returncode == 2
    assert "--output" in done.stdout
    assert unshown(folders).exists()


def test_a_recovery_key_that_others_could_have_read_is_not_shown(folders: Folders, tmp_path: Path) -> None:
    unshown(folders).chmod(0o644)
    done = run(folders, "--output", str(tmp_path / "recovery"))
    assert done.returncode == 5
    assert not (tmp_path / "recovery").exists()
