"""Programs that are not ours leave nothing to the group that shares the store, whatever we leave to it."""

import json
import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bahriya_tui.kubeconfig.endpoint import endpoint
from bahriya_tui.launch.tokens import TokenSource, token_reader
from bahriya_tui.notify.calling import call
from bahriya_tui.notify.hooks import Hook
from bahriya_tui.places import Places
from bahriya_tui.reader.credential_helper import answer_of
from tests.kubeconfig.config import config, written
from tests.launch.conftest import CONTEXT

MADE = "cache"


@pytest.fixture
def sharing() -> Iterator[None]:
    """This process leaves its group all that it makes, as in a store that is shared."""
    before = os.umask(0o007)
    yield
    os.umask(before)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that makes a file beside it, and prints what its caller wants."""
    path = tmp_path / "program"
    answer = json.dumps({"status": {"token": "t"}})
    path.write_text(f"#!{sys.executable}\nopen({str(tmp_path / MADE)!r}, 'w')\nprint({answer!r})\n")
    path.chmod(0o700)
    return path


def as_hook(program: Path, _: Places) -> None:
    assert call([Hook((str(program),), ("deployment.failed",))], {"event": "deployment.failed"}, {}) == []


def as_login_of_a_kubeconfig(program: Path, _: Places) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(program)}
    assert endpoint(written(program.parent, config({"exec": plugin})), "here").token == "t"


def as_credential_helper(program: Path, _: Places) -> None:
    assert b"status" in answer_of(str(program), "ghcr.io")


def as_password_command(program: Path, home: Places) -> None:
    token_reader(TokenSource("command", shlex.quote(str(program))), home)(CONTEXT)


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize(
    "run", [as_hook, as_login_of_a_kubeconfig, as_credential_helper, as_password_command]
)
def test_what_such_a_program_makes_is_its_owners_alone(
    run: Callable[[Path, Places], None], program: Path, home: Places
) -> None:
    run(program, home)
    assert stat.S_IMODE((program.parent / MADE).stat().st_mode) == 0o600
