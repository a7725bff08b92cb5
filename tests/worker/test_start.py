"""How a worker starts and is told to end.

One that was just started has its opener load while it loads itself: a deployment waits for both.
"""

import os
import subprocess
import sys
from pathlib import Path

_TOLD = """
import sys
from bahriya_tui.worker.openers import Standby
from bahriya_tui.worker.__main__ import main

def told(_standby):
    print(*sorted({"kubernetes", "sqlite3", "cryptography"} & set(sys.modules)), "asked")

Standby.prepare = told
sys.argv = ["worker"]
sys.exit(main())
"""


def test_the_opener_is_asked_for_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    quiet = {"BAHRIYA_WORKER_IDLE": "0", "BAHRIYA_LOG_LEVEL": "warning"}
    environment = {**os.environ, "BAHRIYA_HOME": str(tmp_path), **quiet}
    told = subprocess.run(
        [sys.executable, "-c", _TOLD], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines()[0] == "asked"


_SIGNALLED = """
import signal, sys
from bahriya_tui.worker.openers import Standby
from bahriya_tui.worker import __main__ as worker, shift

def waits(_places, _standby, stop, _idle_seconds):
    with stop._cond:
        # As the signal finds whoever begins or ends a wait.
        signal.raise_signal(signal.SIGTERM)
    assert stop.wait(60)

shift.work_off = waits
Standby.prepare = lambda _standby: None
sys.argv = ["worker"]
sys.exit(worker.main())
"""


def test_a_signal_ends_a_worker_that_is_just_about_to_wait_for_it(tmp_path: Path) -> None:
    environment = {**os.environ, "BAHRIYA_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", _SIGNALLED], env=environment, timeout=120)
    assert ended.returncode == 0
