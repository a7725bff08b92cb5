"""The unit of the worker: systemd takes it as it is, also with paths that mean something to it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bahriya_tui.model.unit import NAME, unit

_ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(_ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("user", [None, "root"], ids=["of a user", "of the machine"])
@pytest.mark.parametrize("name", ["bahriya", "odd na%me", "od${d}d $name"])
def test_systemd_has_nothing_to_say_about_it(tmp_path: Path, user: str | None, name: str) -> None:
    program = tmp_path / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    file = tmp_path / NAME
    file.write_text(unit([str(program)], str(tmp_path / "the home"), user))
    assert _ANALYZE is not None
    command = [_ANALYZE, "verify", "--man=no", *(["--user"] if user is None else []), str(file)]
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    said = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert [line for line in said.stderr.splitlines() if NAME in line or str(tmp_path) in line] == []

    # What is wrong would have been told.
    file.write_text(file.read_text().replace("KillMode=mixed", "KillMode=gently"))
    said = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert "gently" in said.stderr
    program.unlink()
    said = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert "not executable" in said.stderr


def test_a_variable_in_a_path_is_none() -> None:
    made = unit(["/opt/${x}/python", "-m", "bahriya_tui"], "/srv/${x}", "ops").splitlines()
    assert 'ExecStart=":/opt/${x}/python" -m bahriya_tui worker run' in made
    # Here systemd looks for none.
    assert 'Environment="BAHRIYA_HOME=/srv/${x}"' in made
    assert 'ReadWritePaths="/srv/${x}"' in made
