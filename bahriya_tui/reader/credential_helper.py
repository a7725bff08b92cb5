"""Runs a credential helper for the process that reads logins; imported there and nowhere else."""

import os
import signal
import subprocess
import threading
from contextlib import suppress

from bahriya_tui.model.errors import Failed, NotFound
from bahriya_tui.oci.credential_files import MOST_BYTES
from bahriya_tui.sharing import OWNER_ALONE

HELPER_SECONDS = 5.0
_NO_SUCH_LOGIN = b"credentials not found"
"""What helpers print, in whatever way they go on, when they have no login for a server."""


def answer_of(program: str, key: str) -> bytes:
    """Ask a credential helper for the login under a key; raise `NotFound` where it has none.

    The protocol of docker-credential-helpers: `get`, the key on standard input, JSON or an error back.
    """
    try:
        process = subprocess.Popen(
            [program, "get"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # So that what it starts ends with it.
            start_new_session=True,
            umask=OWNER_ALONE,
        )
    except OSError as error:
        raise Failed(f"{program} cannot be run ({error.strerror})", "look at its mode") from None
    late = threading.Event()

    def end() -> None:
        late.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    deadline = threading.Timer(HELPER_SECONDS, end)
    deadline.daemon = True
    deadline.start()
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
    try:
        with suppress(BrokenPipeError):
            # A newline at the end would be part of the key for some.
            process.stdin.write(key.encode())
            process.stdin.close()
        answer = process.stdout.read(MOST_BYTES)
        process.stdout.close()
        code = process.wait()
    finally:
        deadline.cancel()
    if late.is_set():
        raise Failed(f"{program} did not answer within {HELPER_SECONDS:g} s", "run it yourself to see why")
    if code != 0 and _NO_SUCH_LOGIN in answer:
        raise NotFound(f"{program} has no login for {key}", "log in there again, or leave it out")
    if code != 0:
        raise Failed(f"{program} ended with {code}", "run it yourself to see why")
    return answer
