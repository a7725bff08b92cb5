"""What becomes of the keys."""

from typing import Literal, TypedDict


class Unlocked(TypedDict):
    """The vault can be used."""

    unlocked: Literal[True]
    protected: bool
    """Whether it has a passphrase."""


class VaultLocked(TypedDict):
    """The vault was locked."""

    ended: bool
    """Whether it was unlocked before."""


class PassphraseSet(TypedDict):
    """The vault's key has another passphrase, or none."""

    protected: bool


class RecoveryKeyShown(TypedDict):
    """The recovery key was shown, or written to a file; it is in no answer."""

    shown: Literal[True]


class Rekeyed(TypedDict):
    """All credentials are sealed for a new key."""

    made: bool
    """False where one that was under way was finished."""
    key_id: str | None


class NotRecovered(TypedDict):
    """A credential that has to be entered again."""

    credential: str
    reason: str


class Recovered(TypedDict):
    """What the recovery key could open."""

    recovered: list[str]
    failed: list[NotRecovered]
