"""Has the vault's keys looked at and changed: what holds a passphrase or a key is a process of its own.

`source` says where that comes from: `terminal` (asked for there), `screen` (its keys, while somebody else
draws) or `stdin` (a line for each answer).
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bahriya_tui.actor import account_name
from bahriya_tui.custody import holding
from bahriya_tui.launch.call import answer_of, lines_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import lifeline, run_process
from bahriya_tui.launch.verbs import Typed, path_was_typed, was_typed
from bahriya_tui.model.errors import BadInput
from bahriya_tui.places import Places
from bahriya_tui.vault import keys


@dataclass(frozen=True, slots=True)
class Look:
    """How the private half of the key in use is; empty `problem` for one that is as it must be."""

    problem: str
    usable: bool
    """Whether an opener gets it now."""


def look(places: Places) -> Look:
    """Look at the private half of the key in use, without reading it."""
    return Look(**answer_of(places, "look_at_keys"))


def unlock(places: Places, seconds: float, source: str) -> Iterator[Line]:
    """Leave a holder of the unlocked keys behind for so long; raises `WrongPassphrase`."""
    return lines_of(places, "unlock", {"seconds": seconds, "source": source})


def lock(places: Places) -> bool:
    """Have the holder forget all keys; False when there was none."""
    return bool(answer_of(places, "lock")["ended"])


def change_passphrase(places: Places, *, remove: bool, source: str) -> bool:
    """Set, change or remove the passphrase; tell whether there is one now."""
    return bool(answer_of(places, "passphrase", {"remove": remove, "source": source})["protected"])


def show_recovery_key(places: Places, output: Path | None) -> None:
    """Show the recovery key on the terminal or write it to a new file, once; `Failed` after that."""
    answer_of(places, "show_recovery_key", {"output": None if output is None else str(output)})


def new_key(places: Places, source: str) -> bool:
    """Put a new key into use; False when an earlier one is not finished yet."""
    return bool(answer_of(places, "new_key", {"recovery": False, "source": source})["made"])


def new_recovery_key(places: Places) -> None:
    """Put a new recovery key into use, which then waits to be shown."""
    answer_of(places, "new_key", {"recovery": True, "source": "terminal"})


def recover(places: Places, rows: list[Line], source: str) -> list[Line]:
    """Have records opened with the recovery key that is typed; give what became of each row."""
    lines = lines_of(places, "recover", {"rows": rows, "source": source})
    return [line for line in lines if "row" in line]


def perform_look(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Ask its file's mode and owner, and the holder; nothing is read."""
    id_ = keys.find_public(places.public_keys).id
    if not places.are_kept_here:
        yield {"problem": f"kept by {account_name(places.keeper)}", "usable": False}
        return
    problem = keys.problem(places.private_keys, id_)
    yield {"problem": problem, "usable": not problem and holding.usable(places.private_keys, id_)}


def perform_unlock(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that asks for the passphrase and leaves the holder behind."""
    return _run("holder", places, ["--for", str(argument["seconds"])], argument["source"], typed)


def perform_lock(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Tell the holder to end."""
    yield {"ended": holding.end(places.private_keys)}


def perform_passphrase(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that wraps the keys anew."""
    _refuse_unless_typed("passphrase", typed)
    return _run("passphrase", places, ["--remove"] if argument["remove"] else [], argument["source"], typed)


def perform_show_recovery_key(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that shows it; a file is written only where the operator named it."""
    _refuse_unless_typed("recovery-key", typed)
    output = argument["output"]
    if output is not None and not path_was_typed("--output", output, typed):
        raise BadInput(f"file {output} is not on the command line", "start the command anew")
    return _run("show", places, [] if output is None else ["--output", output], "terminal", typed)


def perform_new_key(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that makes a pair of keys and puts it into use."""
    _refuse_unless_typed("rekey", typed)
    return _run("rekey", places, ["--recovery"] if argument["recovery"] else [], argument["source"], typed)


def perform_recover(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the process that holds the recovery key; its request, ciphertext, is handed over as a file.

    Which keys it seals for is not the asker's to say: it could name one of its own, and read everything.
    """
    _refuse_unless_typed("recover", typed)
    with tempfile.TemporaryDirectory(prefix="recover-", dir=places.store) as folder:
        path = Path(folder) / "request"
        path.write_text(json.dumps(argument["rows"]))
        arguments = [str(places.public_keys), str(path)]
        yield from _started("bahriya_tui.opener.recover", arguments, argument["source"], typed)


def _refuse_unless_typed(command: str, typed: Typed) -> None:
    """Refuse what would destroy or replace a key, or ask for one, where the operator did not begin it."""
    if not was_typed(command, typed):
        raise BadInput(f"vault {command} is not on the command line", "start the command anew")


def _run(name: str, places: Places, arguments: Sequence[str], source: str, typed: Typed) -> Iterator[Line]:
    folders = [str(places.public_keys), str(places.private_keys)]
    return _started(f"bahriya_tui.custody.{name}", [*folders, *arguments], source, typed)


def _started(module: str, arguments: Sequence[str], source: str, typed: Typed) -> Iterator[Line]:
    with _standard_input(source, typed) as stdin:
        yield from run_process(module, [*arguments, f"--{source}"], stdin=stdin, timeout=None)


@contextmanager
def _standard_input(source: str, typed: Typed) -> Iterator[int | None]:
    """Give what the process inherits: the operator's input when that brings the answers, else a lifeline."""
    if source != "stdin":
        with lifeline() as descriptor:
            yield descriptor
        return
    if not (was_typed("--passphrase-stdin", typed) or was_typed("--key-stdin", typed)):
        raise BadInput("nothing on the command line gives standard input away", "start the command anew")
    yield None
