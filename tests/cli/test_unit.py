"""The worker as a service: the unit names what runs it, and the signal that ends services ends it well."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operator import Operator
from tests.worker.desk import until


def command_of(unit: str) -> list[str]:
    (line,) = [one for one in unit.splitlines() if one.startswith("ExecStart=")]
    return shlex.split(line.removeprefix("ExecStart="))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_the_unit_starts_is_the_worker_which_ends_when_it_is_told_to(
    operator: Operator, number: int
) -> None:
    unit = operator.run("worker", "unit").out
    assert f"Environment=BAHRIYA_HOME={operator.home}" in unit.splitlines()
    lock, log = operator.home / "store" / "worker.lock", operator.home / "logs" / "worker.log"
    # As systemd does: this environment, this command, and nothing to read or to be stopped by.
    service = subprocess.Popen(
        command_of(unit),
        env={"BAHRIYA_HOME": str(operator.home), "PATH": os.environ["PATH"], "HOME": str(operator.home)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until(lambda: lock.exists() and lock.read_text() == f"{service.pid}\n")
    assert operator.run("worker", "status", "--json").json["pid"] == service.pid

    service.send_signal(number)
    _, said = service.communicate(timeout=60)

    assert service.returncode == 0
    assert said.splitlines()[-1].endswith(f"info worker ends pid={service.pid}")
    assert log.read_text() == said
    assert operator.run("worker", "status", "--json").json["running"] is False


def test_a_unit_of_the_machine_runs_as_somebody(operator: Operator) -> None:
    unit = operator.run("worker", "unit", "--user", "ops").out.splitlines()
    assert "User=ops" in unit
    assert f"ReadWritePaths={operator.home}" in unit
    assert "WantedBy=multi-user.target" in unit


def test_a_unit_of_the_machine_needs_a_folder_that_it_may_write(operator: Operator) -> None:
    del operator.environment["BAHRIYA_HOME"]
    operator.environment["HOME"] = str(operator.home)
    refused = operator.run("worker", "unit", "--user", "ops", code=2)
    assert refused.out == ""
    assert "export BAHRIYA_HOME=" in refused.err
    assert "Environment" not in operator.run("worker", "unit").out


def test_the_level_of_the_log_is_an_option_and_a_variable(operator: Operator) -> None:
    refused = operator.run("worker", "run", "--log-level", "loud", code=2)
    assert "debug" in refused.err
    operator.environment |= {"BAHRIYA_LOG_LEVEL": "loud"}
    operator.run("worker", "run", code=2)


def test_the_program_that_is_installed_is_the_one_that_is_named(operator: Operator) -> None:
    program = Path(sys.executable).with_name("bahriya")
    if not program.exists():
        pytest.skip("bahriya is not installed here")
    done = subprocess.run(
        [program, "worker", "unit"], env=operator.environment, capture_output=True, text=True, check=True
    )
    assert command_of(done.stdout) == [str(program), "worker", "run"]
