"""`python -I -m bahriya_tui.isolation.probe`: locks itself in as the opener does, then tries to get out.

Prints what it found as JSON lines, of which the last one counts. It holds nothing worth keeping.
"""

from bahriya_tui.isolation.undumpable import make_undumpable

make_undumpable()

import ctypes  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from typing import NoReturn  # noqa: E402

from bahriya_tui.isolation import landlock  # noqa: E402
from bahriya_tui.isolation.lockdown import lock_in  # noqa: E402
from bahriya_tui.isolation.trial import connect, tried  # noqa: E402

_PR_GET_DUMPABLE, _PR_GET_SECCOMP = 3, 21
_FILTERED = 2


def main() -> NoReturn:
    """Lock in, try everything, say what came of it."""
    linux = sys.platform == "linux"
    libc = ctypes.CDLL(None)
    abi = landlock.abi(libc) if linux else 0
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    level = lock_in()
    outcome = tried(
        {
            "open a file": lambda: open(__file__, "rb").close(),  # noqa: PTH123
            "connect": lambda: connect(port),
            "start a process": _fork,
            "signal its parent": lambda: os.kill(os.getppid(), 0),
        }
    )
    report = {
        "level": level,
        "abi": abi,
        "seccomp": linux and libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) == _FILTERED,
        "dumpable": bool(libc.prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)) if linux else None,
        "core_limit": resource.getrlimit(resource.RLIMIT_CORE)[0],
        # Until it is refused below: a program would take our place, and say nothing more.
        "tried": {**outcome, "run a program": True},
    }
    _say(report)
    # A reader takes a line when another one follows: this one counts however a program in our place ends.
    _say({})
    try:
        os.execv(sys.executable, [sys.executable, "-I", "-c", ""])  # noqa: S606
    except PermissionError:
        report["tried"] = {**outcome, "run a program": False}
        _say(report)
    os._exit(0)


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _say(report: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
