"""What the worker says of itself: one line an entry, at the level asked for, and nobody else's words."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bahriya_tui.worker import log
from tests.worker.desk import Desk, until

_ENTRY = re.compile(
    r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error) [^\n]+", flags=re.ASCII
)


def entries(desk: Desk) -> list[str]:
    return desk.places.worker_log.read_text().splitlines()


def deployed(desk: Desk, canary: str) -> None:
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    worker = desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    worker.end()


def test_an_entry_says_when_how_grave_what_and_where(desk: Desk, canary: str) -> None:
    deployed(desk, canary)
    found = entries(desk)
    assert all(_ENTRY.fullmatch(one) for one in found), found
    assert not any(" debug " in one for one in found)
    about = "project=shop deployment=1 region=helsinki-1 container=app"
    assert any(one.endswith(f" {about}") and " info running" in one for one in found), found
    assert " info worker of " in found[0]
    assert " info worker ends" in found[-1]


def test_at_debug_every_step_and_request_is_told(desk: Desk, canary: str) -> None:
    desk.environment["BAHRIYA_LOG_LEVEL"] = "debug"
    deployed(desk, canary)
    told = "\n".join(entries(desk))
    assert "debug connecting project=shop deployment=1 region=helsinki-1" in told
    assert re.search(r"debug PATCH /apis/apps/v1/\S+/app: 20\d after \d+ ms region=helsinki-1", told)
    assert canary not in told


def test_at_error_a_deployment_that_goes_well_is_not_worth_a_line(desk: Desk, canary: str) -> None:
    desk.environment["BAHRIYA_LOG_LEVEL"] = "error"
    deployed(desk, canary)
    assert entries(desk) == []


def test_a_level_that_there_is_not_is_told_and_does_not_stop_the_worker(desk: Desk, canary: str) -> None:
    desk.environment["BAHRIYA_LOG_LEVEL"] = "loud"
    deployed(desk, canary)
    assert "warning loud is no level of a log, so it is info" in entries(desk)[0]


def test_a_folder_that_takes_no_log_stops_no_deployment(desk: Desk, canary: str) -> None:
    desk.places.logs.rmdir()
    desk.places.logs.write_text("in the way")
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    worker = desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    worker.end()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("two\nlines\r\x1b[2J", r"two\nlines\r\x1b[2J"),
        ("back \u202e to front \x9b", r"back \u202e to front \x9b"),
        ("Grüße, 世界", "Grüße, 世界"),
        ("half \udc80", r"half \udc80"),
    ],
)
def test_what_a_terminal_might_obey_is_escaped(said: str, written: str) -> None:
    assert log.line("T", "info", said, {}) == f"T info {written}"
    assert log.line("T", "info", "", {"by": said}) == f'T info  by="{written}"'


_LIBRARIES = """
import logging, sys, threading
from pathlib import Path
from types import SimpleNamespace
from bahriya_tui.logfile import LogFile
from bahriya_tui.worker import log
log.begin(LogFile(Path(sys.argv[1])), "debug")
import kubernetes.client.rest
from kubernetes.client.rest import RESTClientObject
for name in ("kubernetes.client.rest", "urllib3.connectionpool", "http.client", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).critical("%s", sys.argv[2])
logging.basicConfig(level=logging.DEBUG, force=True)
client = RESTClientObject.__new__(RESTClientObject)
client.configuration = None
body = ('{"password": "' + sys.argv[2] + '"}').encode()
answer = SimpleNamespace(status=200, reason="", data=body)
client.pool_manager = SimpleNamespace(request=lambda *_, **__: answer)
client.request("GET", "/", headers={"Authorization": sys.argv[2]})

def broken():
    raise ValueError(sys.argv[2])

thread = threading.Thread(target=broken)
thread.start()
thread.join()
log.debug("told")
broken()
"""


def test_no_library_and_no_error_gets_its_words_into_the_log(tmp_path: Path, canary: str) -> None:
    path = tmp_path / "log"
    done = subprocess.run(
        [sys.executable, "-c", _LIBRARIES, str(path), canary], capture_output=True, text=True
    )
    written = path.read_text()
    assert done.returncode == 1
    assert re.findall(r"Z (.+?)(?: <|: ValueError|$)", written, flags=re.MULTILINE) == [
        "error internal error",
        "debug told",
        "error internal error",
    ], written
    assert canary not in written + done.stdout + done.stderr


def test_the_log_of_a_library_would_be_noticed(tmp_path: Path, canary: str) -> None:
    careless = "\n".join(one for one in _LIBRARIES.splitlines() if not one.startswith("log.begin"))
    done = subprocess.run([sys.executable, "-c", careless, "", canary], capture_output=True, text=True)
    assert done.stderr.count(canary) >= 5


def test_the_worker_goes_on_in_a_new_file_and_so_do_its_openers(desk: Desk, canary: str) -> None:
    worker = desk.start()
    until(lambda: desk.places.worker_lock.exists() and "begins" in worker.log.read_text())
    worker.log.rename(worker.log.with_name("worker.log.1"))
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    assert desk.ended(number).state == "done", desk.told(number)
    until(lambda: worker.log.exists() and "info done" in worker.log.read_text())
    assert Path(f"/proc/{worker.process.pid}/fd/2").readlink() == worker.log
