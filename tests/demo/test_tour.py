"""The tour plays itself: each of its faults happens, and each of its steps ends."""

import subprocess
import sys

from bahriya_tui.demo.script import SCRIPT
from tests.demo.test_demo import demo_homes


def test_every_step_of_the_tour_comes_true(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bahriya_tui", "demo", "--tour", "--headless"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stdout + done.stderr
    for step in SCRIPT:
        assert step.title in done.stdout
    assert "401" in done.stdout, "the registry's own words"
    assert "v1 may be revoked" in done.stdout
    assert f"All {len(SCRIPT)} steps came true" in done.stdout
    assert demo_homes(environment) == []


def test_a_tour_cannot_be_read_only(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bahriya_tui", "demo", "--tour", "--read-only"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert "the tour changes things" in done.stderr
