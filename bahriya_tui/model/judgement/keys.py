"""Judges where the keys are and who may reach them. Whoever measures looks at modes, never at a content."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bahriya_tui.model.finding import Finding, unmeasured
from bahriya_tui.model.judgement.modes import PathSeen, judge_paths, judge_shared

Recovery = Literal["shown", "not shown", "none", "unknown"]
"""How far the recovery key is: its private half waits here until it was shown, once."""
_RESTORE = (
    "Put {} back from a backup, open everything with the recovery key (`bahriya vault recover`),"
    " or enter every token again with `bahriya registry rotate`."
)


@dataclass(frozen=True, slots=True)
class PrivateSeen:
    """The file of one private key, and why the opener would refuse it: empty when it would not."""

    path: str
    problem: str = ""
    advice: str = ""

    @property
    def id(self) -> str:
        """The id of its public half, in hexadecimal."""
        return Path(self.path).stem

    @property
    def wrapped(self) -> bool:
        """Whether it is kept under a passphrase."""
        return self.path.endswith(".wrapped")


@dataclass(frozen=True, slots=True)
class KeysSeen:
    """What the key folders hold."""

    public_id: str
    """Of the key that tokens are sealed with; empty when there is none."""
    public_problem: str
    folders: Sequence[PathSeen]
    private: Sequence[PrivateSeen]
    unreadable: str
    """Why the private folder cannot be listed; empty when it can."""
    store: str
    keys: str
    """Both folders with links resolved."""
    recovery: Recovery
    keeper: str = ""
    """The account that the private keys belong to, where it is another one."""
    shared: bool = False
    """Whether a group may read the public keys."""


def judge_keys(seen: KeysSeen | None) -> list[Finding]:
    """Judge everything about the keys."""
    if seen is None:
        return [unmeasured("private key", "the key folders could not be looked at")]
    judged = [_public(seen), _private(seen), _passphrase(seen), _recovery(seen)]
    folders = _folders(seen)
    return [*(one for one in judged if one is not None), folders, _apart(Path(seen.store), Path(seen.keys))]


def _folders(seen: KeysSeen) -> Finding:
    """Judge the folders; of a shared installation the group may enter all but that of the private keys."""
    subject = "key folders"
    if not seen.shared:
        return judge_paths(subject, seen.folders, private=True)
    private = [one for one in seen.folders if Path(one.path).name == "private"]
    for one in private:
        if one.mode & 0o077:
            measured = f"{one.path} has mode {one.mode:04o}, so others can use it."
            return Finding(subject, "bad", measured, f"As {one.owner}: `chmod 700 {one.path}`.")
    return judge_shared(subject, [one for one in seen.folders if one not in private], change=False)


def _public(seen: KeysSeen) -> Finding:
    subject = "public key"
    if seen.public_id:
        return Finding(subject, "good", f"Tokens are sealed with the key {seen.public_id}.")
    if seen.private:
        advice = _RESTORE.format("keys/public")
        return Finding(subject, "bad", f"Nothing can be sealed: {seen.public_problem}.", advice)
    return Finding(
        subject,
        "attention",
        "There are no keys yet.",
        "Add a registry, which makes them; or restore a backup.",
    )


def _private(seen: KeysSeen) -> Finding | None:
    subject = "private key"
    if seen.keeper and seen.unreadable:
        return Finding(subject, "good", f"It is kept by {seen.keeper} alone; you seal with the public one.")
    if seen.unreadable:
        measured = f"The private keys cannot be listed ({seen.unreadable})."
        return Finding(subject, "bad", measured, "Look at owner and mode of that folder.")
    for key in seen.private:
        if key.problem:
            return Finding(
                subject, "bad", f"The opener refuses a key: {key.problem}.", f"Repair: {key.advice}."
            )
    if seen.public_id and seen.public_id not in [key.id for key in seen.private]:
        return Finding(
            subject,
            "bad",
            f"The private half of {seen.public_id} is missing: tokens sealed with it need re-entry.",
            _RESTORE.format("keys/private"),
        )
    if not seen.private:
        return None
    are = "1 private key is" if len(seen.private) == 1 else f"{len(seen.private)} private keys are"
    return Finding(subject, "good", f"{are} there, in regular files that only their owner may read.")


def _passphrase(seen: KeysSeen) -> Finding | None:
    """Judge whether the files alone are enough to open what was sealed."""
    subject = "passphrase"
    if not seen.private:
        return None
    wrapped = all(key.wrapped for key in seen.private)
    if wrapped and seen.recovery == "not shown":
        return Finding(
            subject,
            "attention",
            "The private keys have one, yet the recovery key opens as much, and lies beside them without.",
            "Show it with `bahriya vault recovery-key`: it is then not on this machine any more.",
        )
    if wrapped:
        return Finding(subject, "good", "The private keys are of no use without their passphrase.")
    return Finding(
        subject,
        "attention",
        "A private key has no passphrase: any program you start outside of Bahriya can read it.",
        "Set one with `bahriya vault passphrase`: the file alone is then of no use.",
    )


def _recovery(seen: KeysSeen) -> Finding | None:
    """Judge whether anything is left should the private key be lost."""
    subject = "recovery key"
    if not seen.public_id or seen.recovery == "unknown":
        return None
    if seen.recovery == "shown":
        return Finding(subject, "good", "Every token is sealed for it too, and it is not on this machine.")
    if seen.recovery == "not shown":
        return Finding(
            subject,
            "attention",
            "The recovery key was not shown yet: it lies beside the private key, and is lost with it.",
            "Show it with `bahriya vault recovery-key`, once, and keep it away from this machine.",
        )
    return Finding(
        subject,
        "bad",
        "There is no recovery key: with the private key, every token would be lost.",
        "Make one with `bahriya vault rekey --recovery`, then show it with `bahriya vault recovery-key`.",
    )


def _apart(store: Path, keys: Path) -> Finding:
    subject = "keys and store"
    if keys.is_relative_to(store) or store.is_relative_to(keys):
        return Finding(
            subject,
            "bad",
            f"Keys and store lie inside one another ({keys}, {store}), so a copy of one takes both.",
            "Stop the worker and move the keys to a folder of their own.",
        )
    if keys.parent == store.parent:
        return Finding(
            subject,
            "good",
            f"Keys and store are apart, yet a backup of the whole of {keys.parent} holds both.",
            "Back up the two separately.",
        )
    return Finding(subject, "good", "Keys and store are in folders apart.")
