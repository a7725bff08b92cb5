"""A deployment that is waited for on a terminal: bars that stay in place; plain lines everywhere else."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bahriya_tui.cli import watching
from bahriya_tui.cli.options import Common
from bahriya_tui.cli.progress import Progress, bars
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.deployment import Deployment, RegionRun, Spec
from bahriya_tui.model.event import Event
from bahriya_tui.operations.session import Session
from bahriya_tui.screen import Look
from bahriya_tui.store import deployments
from tests.cli.outside import Outside
from tests.operator import Operator
from tests.tui.terminal import BAHRIYA, Terminal, on_terminal

DEPLOY = (*BAHRIYA, "deploy", "app")
_COLOUR = re.compile(r"\x1b\[[0-9]+m")
RUN = Deployment(
    id=1,
    project="shop",
    container="app",
    container_id="",
    revision=1,
    kind="deploy",
    state="running",
    spec=Spec("shop", "app", "nginx:1", "http", 3, None, ()),
    regions=(
        RegionRun("falkenstein-1", 0, "rolling", "", 2, 3, None, None),
        RegionRun("helsinki-1", 0, "failed", "権限がありません" * 20 + "\x1b[2J", None, None, None, None),
        RegionRun("virginia-1", 0, "running", "", 3, 3, None, None),
    ),
    max_parallel=3,
    cancel_requested=False,
    fence=0,
    created_by="",
    created_at="",
    started_at=None,
    finished_at=None,
    plaintext_ms=None,
    isolation=None,
)


def last(terminal: Terminal, regions: list[str]) -> list[str]:
    """Give the lines of the screen that begin with a region."""
    return [line for line in terminal.text.splitlines() if line.split(" ")[0] in regions]


def test_a_terminal_shows_one_bar_for_each_region_to_the_end(deployed: Operator, world: Outside) -> None:
    for region in world.fleet.regions.values():
        region.latency = 0.2
    with on_terminal(deployed.environment, DEPLOY) as terminal:
        terminal.until("─", *world.regions)
        assert terminal.ended() == 0
    shown = last(terminal, world.regions)
    assert [line.split()[:3] for line in shown] == [[name, "━" * 10, "running"] for name in world.regions]
    assert terminal.sent.count(b"\x1b[3A\r\x1b[J") >= 3
    assert "queued" in terminal.text
    assert b"\x1b[32m" in terminal.sent


def test_without_colour_there_is_none(deployed: Operator, world: Outside) -> None:
    with on_terminal({**deployed.environment, "NO_COLOR": "1", "LC_ALL": "C"}, DEPLOY) as terminal:
        assert terminal.ended() == 0
    assert not _COLOUR.search(terminal.sent.decode())
    assert [line.split()[1] for line in last(terminal, world.regions)] == ["#" * 10] * 3


def test_a_terminal_that_cannot_move_its_cursor_gets_lines(deployed: Operator) -> None:
    with on_terminal(deployed.environment, ("/usr/bin/env", "TERM=dumb", *DEPLOY)) as terminal:
        assert terminal.ended() == 0
    assert b"\x1b" not in terminal.sent
    assert "rolling" in terminal.text


@pytest.mark.parametrize("size", [(4, 100), (30, 40)])
def test_a_terminal_without_room_gets_lines(deployed: Operator, size: tuple[int, int]) -> None:
    resized = f"stty rows {size[0]} cols {size[1]}; exec {' '.join(DEPLOY)}"
    with on_terminal(deployed.environment, ("/bin/sh", "-c", resized)) as terminal:
        assert terminal.ended() == 0
    assert b"\x1b" not in terminal.sent
    assert b"rolling" in terminal.sent


def test_a_pipe_gets_lines(deployed: Operator) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bahriya_tui", "deploy", "app"],
        capture_output=True,
        env={**deployed.environment, "TERM": "xterm-256color"},
        check=True,
    )
    assert b"\x1b" not in done.stdout
    assert b"rolling" in done.stdout


@pytest.mark.parametrize("columns", [50, 79, 200])
def test_no_line_is_wider_than_the_terminal_or_moves_its_cursor(columns: int) -> None:
    lines = bars([RUN, replace(RUN, container="a" * 40)], columns, Look())
    for line in lines:
        plain = _COLOUR.sub("", line)
        assert sum(2 if ord(char) > 0x3000 else 1 for char in plain) <= columns
        assert "\x1b" not in plain
    assert len(lines) == 6


def test_a_bar_tells_how_far_it_is() -> None:
    first, second, third = bars([RUN], 100, Look(ascii=True, no_color=True))
    assert first.split() == ["falkenstein-1", "########--", "rolling", "2/3"]
    assert second.startswith("helsinki-1     ----------  failed")
    assert third.split() == ["virginia-1", "##########", "running"]


def test_bars_are_drawn_in_place_unless_the_window_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = Progress({"TERM": "xterm"})

    def written(columns: int, lines: int, said: str = "") -> str | None:
        size = os.terminal_size((columns, lines))
        monkeypatch.setattr(os, "get_terminal_size", lambda *_: size)
        if not progress.fits([RUN]):
            return None
        progress.show([RUN], said)
        return capsys.readouterr().out

    in_place = "\x1b[3A\r"
    assert in_place not in (written(80, 24) or "")
    assert (written(80, 24, "a warning") or "").startswith(f"{in_place}\x1b[Ja warning\n")
    assert in_place not in (written(60, 24) or "")
    assert in_place in (written(60, 24) or "")
    assert written(60, 4) is None
    assert in_place not in (written(60, 24) or "")


@pytest.mark.parametrize(("lines", "reads"), [(24, 4), (4, 1)])
def test_regions_are_read_for_each_event_only_where_they_are_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: int, reads: int
) -> None:
    ended, read = replace(RUN, state="done"), list[int]()

    def get(_: object, number: int) -> Deployment:
        read.append(number)
        return ended

    event = Event(1, "", "rolling", "2 of 3", "shop", 1, "app", "virginia-1")
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((80, lines)))
    monkeypatch.setattr(watching, "progress_of", lambda _: Progress({"TERM": "xterm"}))
    monkeypatch.setattr(watching, "follow", lambda *_, **__: iter([event] * 3))
    monkeypatch.setattr(deployments, "get", get)
    session = Session(SimpleNamespace(connection=None), SimpleNamespace(), Actor("operator"))  # type: ignore[arg-type]

    assert watching.watch(Common(None, False, False, True), session, [RUN], 0, wait=True) == 0

    assert len(read) == reads
    assert ("━" in capsys.readouterr().out) == (lines == 24)
