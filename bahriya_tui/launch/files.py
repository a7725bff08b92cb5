"""Has a file read that the operator named: the commands are locked in, and may open nobody's files."""

from collections.abc import Iterator
from pathlib import Path

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.verbs import Typed, path_was_typed
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.places import Places

COMMAND = "apply"
"""The one command whose `--file` may be shown to it: behind that of others stand logins."""
LONGEST = 4 << 20
"""Bytes of a file that is read at most."""


def read_text(places: Places, path: Path) -> str:
    """Give the text of the file after `--file`; `NotFound` without one, `BadInput` for one of no use."""
    return str(answer_of(places, "read_text", {"path": str(path)})["text"])


def perform_read_text(_places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Read it; any other file than the one behind `apply --file` or `-f` is refused."""
    path = Path(argument["path"])
    named = path_was_typed("--file", str(path), typed) or path_was_typed("-f", str(path), typed)
    if not named or (typed is not None and tuple(typed[:1]) != (COMMAND,)):
        raise BadInput(f"file {path} is not on the command line", "start the command anew")
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", "name another one with --file") from None
    except OSError as error:
        raise BadInput(f"file {path} cannot be read ({error.strerror})", "name another one") from None
    if len(content) > LONGEST:
        raise BadInput(f"file {path} is longer than {LONGEST >> 20} MiB", "split it")
    try:
        yield {"text": content.decode()}
    except UnicodeDecodeError:
        raise BadInput(f"file {path} is not UTF-8 text", "save it as UTF-8") from None
