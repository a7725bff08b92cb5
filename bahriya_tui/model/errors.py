"""Errors an operator reads: one line that says what happened, and a hint that says what to do next.

`exit_code` is the contract of the command line; nothing in a message may come from a credential.
Processes tell each other of an error by a line: `told_by` makes it, and `error_in` gives the error back.
"""

from collections.abc import Mapping
from typing import Any


class BahriyaError(Exception):
    """Something went wrong that the operator should hear about in one line."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class Failed(BahriyaError):
    """The operation failed, in part or whole."""


class StoreUnwritable(Failed):
    """The store takes nothing for now: the disk is full or failing, or another process is in the way."""


class BadInput(BahriyaError):
    """What was given cannot be right; nothing was written."""

    exit_code = 2


class InUse(BahriyaError):
    """Refused, because something still needs it or protects it."""

    exit_code = 3


class NotFound(BahriyaError):
    """A thing named by an argument does not exist."""

    exit_code = 4


class Locked(BahriyaError):
    """No permission, or the vault is locked."""

    exit_code = 5


class VaultLocked(Locked):
    """A private key is protected by a passphrase, and nobody has unlocked it."""


class WrongPassphrase(Locked):
    """What was typed is not the passphrase of the key."""


class WrongRecoveryKey(Locked):
    """What was typed is a recovery key, and not one that anything here was sealed for."""


class Unattended(Locked):
    """No worker runs, and only another account can run one: what was asked for waits."""


class Cancelled(BahriyaError):
    """The operator pressed Ctrl-C, or left; what was begun is taken back."""

    exit_code = 130


_TOLD: tuple[type[BahriyaError], ...] = (
    Failed,
    BadInput,
    InUse,
    NotFound,
    Locked,
    VaultLocked,
    WrongPassphrase,
    WrongRecoveryKey,
    Unattended,
    Cancelled,
)
_BY_NAME = {error.__name__: error for error in _TOLD}
"""What one process may tell another that it ended with."""


def told_by(error: BahriyaError) -> dict[str, str]:
    """Give the line that tells of an error: its `kind`, or the nearest of ours, `message` and `hint`."""
    kind = next((one.__name__ for one in type(error).__mro__ if one.__name__ in _BY_NAME), Failed.__name__)
    return {"kind": kind, "message": error.message, "hint": error.hint}


def error_in(line: Mapping[str, Any]) -> BahriyaError | None:
    """Give the error that a line tells of; None for a line of another kind."""
    if not {"kind", "message", "hint"} <= line.keys():
        return None
    return _BY_NAME.get(str(line["kind"]), Failed)(str(line["message"]), str(line["hint"]))
