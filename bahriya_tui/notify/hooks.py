"""The operator's file of hooks: TOML, with one `[[hook]]` for each command.

[[hook]]
command = ["/usr/local/bin/page", "--team", "ops"]
on = ["deployment.failed", "credential.expiring"]

It lies where the locked-in screens and commands cannot write: who takes them over must not have the worker
run a command of theirs. For the same reason a file that others may change is refused.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.judgement.modes import opening_to_others

Occasion = Literal["deployment.failed", "deployment.held", "credential.expiring"]
OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)
"""A deployment failed in some region; it is held and waits for an operator; a credential ends soon."""
_EXAMPLE = 'write [[hook]], then command = ["/path/to/program"] and on = ["deployment.failed"]'


@dataclass(frozen=True, slots=True)
class Hook:
    """A command, and on which occasions it is run."""

    command: tuple[str, ...]
    on: tuple[Occasion, ...]


def load(path: Path) -> tuple[Hook, ...]:
    """Give the hooks; none without a file. `BadInput` says what is wrong with it."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror})", "look at its mode") from None
    if opening_to_others(seen.st_mode, trusted=seen.st_uid in (0, os.geteuid()), above=False):
        raise BadInput(f"{path} can be changed by others, and names commands", f"chmod 600 {path}")
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise BadInput(f"{path} is not TOML", _EXAMPLE) from None
    listed = document.get("hook", [])
    if set(document) - {"hook"} or not isinstance(listed, list):
        raise BadInput(f"{path} holds something else than hooks", _EXAMPLE)
    return tuple(_hook(path, number, one) for number, one in enumerate(listed, 1))


def _hook(path: Path, number: int, given: Any) -> Hook:
    where = f"{path}: hook {number}"
    fields: dict[str, Any] = given if isinstance(given, dict) else {}
    command, on = _texts(fields.get("command")), _texts(fields.get("on"))
    if not command or not Path(command[0]).is_absolute():
        raise BadInput(
            f"{where} has no command", 'name a program with its whole path: command = ["/path/to/it"]'
        )
    occasions = tuple(one for one in OCCASIONS if one in on)
    if not on or len(occasions) != len(set(on)) or set(fields) - {"command", "on"}:
        raise BadInput(f"{where} is not for occasions we know", f"on = [...] of: {', '.join(OCCASIONS)}")
    return Hook(tuple(command), occasions)


def _texts(given: Any) -> list[str]:
    """Give a list of texts; an empty one for anything else."""
    good = isinstance(given, list) and all(isinstance(one, str) and "\0" not in one for one in given)
    return list(given) if good else []
