"""The benchmarks run; what they measure depends on the machine and is no matter of a test."""

import re
import subprocess
import sys


def test_the_smallest_fleet_is_measured_and_asked_no_more_than_it_has_to_be() -> None:
    options = ["--regions", "1", "--containers", "1", "--latency", "0", "--rounds", "1", "--no-kubectl"]
    command = [sys.executable, "-m", "tests.benchmarks", "fleet", *options]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    rows = dict(re.findall(r"^ +(ours|bare aiohttp) .*MB +(\S+)$", run.stdout, re.MULTILINE))
    assert rows == {"ours": "3", "bare aiohttp": "3"}, run.stdout
