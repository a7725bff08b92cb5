"""Has the store kept as one file, and put back from it, by a process that is not locked in."""

from collections.abc import Iterator
from pathlib import Path

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import run_process
from bahriya_tui.launch.verbs import Typed, argument_was_typed
from bahriya_tui.launch.worker import worker_running
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.errors import BadInput, InUse
from bahriya_tui.places import Places

_PROGRAM = "bahriya_tui.store.archive"


def write(places: Places, file: Path) -> Line:
    """Write a backup; give when it was made and how long it is."""
    return answer_of(places, "write_backup", {"file": str(file)})


def install(places: Places, file: Path, who: Actor) -> Line:
    """Put a backup in the place of an empty store; give when it was made, and what was cancelled in it."""
    asked = {"file": str(file), "who": [who.user, who.terminal, who.client]}
    return answer_of(places, "install_backup", asked)


def perform_write(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that writes the file the operator named."""
    return _run("write", "backup", places, argument["file"], typed)


def perform_install(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that reads it; a worker would go on with the store it has open."""
    if worker_running(places) is not None:
        raise InUse("the worker of this store is running", "stop it first: bahriya worker stop")
    return _run("install", "restore", places, argument["file"], typed, *argument["who"])


def _run(what: str, command: str, places: Places, file: str, typed: Typed, *who: str) -> Iterator[Line]:
    begun = typed is None or tuple(typed[:1]) == (command,)
    if not begun or not argument_was_typed(file, typed):
        raise BadInput(f"file {file} is not on the command line", "start the command anew")
    arguments = [what, str(places.database), str(places.public_keys), file, *who]
    return run_process(_PROGRAM, arguments, timeout=None)
