"""What protects this installation, measured now, on this machine and from inside this very process.

Works whatever is damaged or missing, and makes, migrates and repairs nothing.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bahriya_tui import modes
from bahriya_tui.actor import account_name
from bahriya_tui.isolation.trial import connect, tried
from bahriya_tui.launch.survey import Survey, survey
from bahriya_tui.launch.worker import worker_running
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.model.finding import Finding
from bahriya_tui.model.judgement import isolation, keys, log, machine, store, worker
from bahriya_tui.model.judgement.modes import judge_way
from bahriya_tui.places import Places
from bahriya_tui.sharing import access_of_group
from bahriya_tui.store import condition

_NOBODY = 9
"""A port where nobody listens: a lock refuses before that is found out."""


def examine(places: Places) -> list[Finding]:
    """Measure everything and judge it; what cannot be measured is a finding too."""
    seen = _surveyed(places)
    file = condition.look(places.database)
    pid = _worker(places)
    return [
        isolation.judge_opener(seen.opener),
        isolation.judge_memory(seen.opener),
        isolation.judge_screens(tried(_ways_out(places, seen, pid))),
        *keys.judge_keys(seen.keys),
        *_way(places),
        machine.judge_swap(seen.swaps),
        machine.judge_core_dumps(seen.core_pattern, undumpable=_undumpable(seen)),
        machine.judge_debuggers(seen.ptrace_scope),
        *store.judge_store(file),
        worker.judge_worker(
            pid, _since(places), _due(places, file.exists), keeper=_keeper(places), runs_as=_account_of(pid)
        ),
        log.judge_log(_log(places)),
        *worker.judge_refreshes(pid, condition.refreshes(places.database) if file.exists else []),
        worker.judge_reboot(seen.service),
        worker.judge_logout(seen.service),
    ]


def _surveyed(places: Places) -> Survey:
    try:
        return survey(places)
    except BahriyaError:
        return Survey()


def _ways_out(places: Places, seen: Survey, worker: int | None) -> dict[str, Callable[[], object]]:
    """Give what a process that is locked in as the screens and the commands are must be refused."""
    ways: dict[str, Callable[[], object]] = {
        "list the private keys": lambda: list(places.private_keys.iterdir()),
        "connect to anything": lambda: connect(_NOBODY),
        "start a program": lambda: subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True),
    }
    if seen.keys and seen.keys.private:
        ways["open a private key"] = partial(_open, seen.keys.private[0].path)
    if worker is not None:
        ways["read the worker's memory"] = partial(_open, f"/proc/{worker}/mem")
    return ways


def _open(path: str) -> None:
    """Open a file and read nothing of it."""
    os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))


def _way(places: Places) -> list[Finding]:
    """Judge the way to what a group shares; what is one operator's own lies in folders of theirs."""
    if access_of_group(places.public_keys) == "none":
        return []
    home = places.keys.parent.resolve()
    trusted = account_name(places.keeper), account_name(0)
    return [judge_way("home folder", list(modes.look((home, *home.parents))), trusted)]


def _undumpable(seen: Survey) -> bool:
    return seen.opener is not None and seen.opener.dumpable is False


def _worker(places: Places) -> int | None:
    try:
        return worker_running(places)
    except OSError:
        # Its lock is not ours to look at; the finding about the store's files says so.
        return None


def _keeper(places: Places) -> str:
    """Name the account that alone can run the worker; empty where the store is one operator's own."""
    shared = access_of_group(places.store) == "write" or not places.are_kept_here
    return account_name(places.keeper) if shared else ""


def _account_of(pid: int | None) -> str:
    try:
        return "" if pid is None else account_name(Path(f"/proc/{pid}").stat().st_uid)
    except OSError:
        return ""


def _log(places: Places) -> log.LogSeen:
    path = places.worker_log
    files = [path, *sorted(path.parent.glob(f"{path.name}.*"))]
    seen = list(modes.look(files))
    folder = path.parent
    return log.LogSeen(
        path=str(path),
        files=seen,
        total_bytes=sum(one.size for one in seen),
        writable=not places.are_kept_here
        or not folder.exists()
        or (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)),
        shared=access_of_group(folder) != "none",
        keeper=account_name(places.keeper),
    )


def _since(places: Places) -> str:
    """Tell when the worker took its lock, which it writes into at that moment only."""
    try:
        taken = places.worker_lock.stat().st_mtime
    except OSError:
        return "some time"
    return clock.stamp(datetime.fromtimestamp(taken, UTC))[:19].replace("T", " ") + " UTC"


def _due(places: Places, exists: bool) -> bool | None:
    return condition.work_is_due(places.database, clock.now()) if exists else False
