"""The vault's keys: how they are, and everything an operator can ask for about them.

No passphrase and no key passes through here: what is typed is read by the processes that need it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bahriya_tui.actor import account_name
from bahriya_tui.custody import condition, holding
from bahriya_tui.launch import keys as launch_keys
from bahriya_tui.launch import vault as processes
from bahriya_tui.model.audit import Action, Outcome
from bahriya_tui.model.errors import Failed, Locked, VaultLocked, WrongPassphrase, WrongRecoveryKey
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import credentials
from bahriya_tui.store.credentials import SealedVersion
from bahriya_tui.vault import keys
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.record import RecordUnreadable, parse
from bahriya_tui.vault.resealing import rows as to_open

_FIRST = "a vault key was made; take its recovery key: bahriya vault recovery-key"
_LOST = (
    "the vault's private key was gone: a new one was made, without a passphrase (bahriya vault passphrase);"
    " what was sealed before opens again with: bahriya vault recover"
)
UNLOCK_SECONDS = 3600.0
"""For how long a vault is unlocked unless told otherwise."""
LONGEST_UNLOCK_SECONDS = holding.LONGEST_SECONDS
RESEAL_TIMEOUT = 600.0
"""Seconds to wait for the worker to seal everything again; it goes on by itself."""
_PAUSE, _WORKER_EVERY = 0.1, 2.0


Source = Callable[[Callable[[str], Iterator[dict[str, Any]]]], object]
"""Chooses where a passphrase is typed (`terminal`, `screen` or `stdin`) and hears the lines to their end."""


def in_terminal(lines: Callable[[str], Iterator[dict[str, Any]]]) -> None:
    """Have it asked for on the terminal itself."""
    for _ in lines("terminal"):
        pass


def from_input(lines: Callable[[str], Iterator[dict[str, Any]]]) -> None:
    """Have it read from standard input."""
    for _ in lines("stdin"):
        pass


@dataclass(frozen=True, slots=True)
class Status:
    """How the vault's keys are; nothing here comes from inside a private file."""

    protected: bool
    """With a passphrase."""
    unlocked: bool
    """Whether the key can be used now."""
    key_id: str | None
    private_key: str
    """`ok`, `missing`, or what is wrong with it."""
    recovery_key: str
    """`shown`, `not shown` or `none`; `unknown` where that cannot be seen."""
    retiring: tuple[str, ...]
    """Old keys that are still there."""
    credentials: credentials.Counts


def status(s: Session) -> Status:
    """Look at the keys and count the credentials."""
    public, private = s.places.public_keys, s.places.private_keys
    vault = keys.find_public(public) if keys.has_public(public) else None
    recovery = keys.find_recovery(public) if keys.has_public(public, keys.RECOVERY_NAME) else None
    look = processes.look(s.places) if vault else processes.Look("missing", usable=False)
    return Status(
        protected=_is_protected(s),
        unlocked=look.usable,
        key_id=vault.id.hex() if vault else None,
        private_key=look.problem or "ok",
        recovery_key=condition.recovery(public, private),
        retiring=tuple(id_.hex() for id_ in _old_keys(s)),
        credentials=credentials.counts(
            s.connection, vault.id if vault else b"", recovery.id if recovery else b""
        ),
    )


def ensure_keys(s: Session) -> tuple[str, ...]:
    """Return when there are keys to seal with; gives what the operator should know of one that was made now.

    Raises `Locked` where the folders do not allow any.
    """
    replaced = keys.has_public(s.places.public_keys)
    if not launch_keys.ensure_keys(s.places):
        return ()
    words = f"vault key {keys.find_public(s.places.public_keys).id.hex()} is in use"
    _record(s, "vault.created", words)
    return (_LOST if replaced else _FIRST,)


def is_locked(s: Session) -> bool:
    """Tell whether the vault has a passphrase and nobody has unlocked it."""
    return _is_protected(s) and not processes.look(s.places).usable


def require_unlocked(s: Session) -> None:
    """Raise `VaultLocked` when nothing could be opened now."""
    if is_locked(s):
        raise VaultLocked("the vault is locked", "first: bahriya vault unlock")


def unlock(s: Session, seconds: float = UNLOCK_SECONDS, source: Source = in_terminal) -> bool:
    """Unlock the vault for a time; False when it has no passphrase. Raises `WrongPassphrase`."""
    _require_keys(s)
    ensure_keys(s)
    if not _is_protected(s):
        return False
    try:
        source(lambda place: processes.unlock(s.places, seconds, place))
    except WrongPassphrase:
        _record(s, "vault.unlocked", "a wrong passphrase was given", outcome="rejected")
        raise
    _record(s, "vault.unlocked", f"the vault is unlocked for {seconds:.0f} s")
    return True


def lock(s: Session) -> bool:
    """Forget the unlocked keys; False when there were none."""
    _require_keys(s)
    ended = processes.lock(s.places)
    if ended:
        _record(s, "vault.locked", "the vault is locked")
    return ended


def change_passphrase(s: Session, *, remove: bool = False, source: str = "terminal") -> bool:
    """Set, change or remove the passphrase; tell whether there is one now."""
    _require_keys(s)
    ensure_keys(s)
    protected = processes.change_passphrase(s.places, remove=remove, source=source)
    words = "the vault has a new passphrase" if protected else "the vault has no passphrase any more"
    _record(s, "vault.passphrase-changed", words)
    return protected


def show_recovery_key(s: Session, output: Path | None) -> None:
    """Show the recovery key once, on the terminal or in a new file."""
    _require_keys(s)
    ensure_keys(s)
    processes.show_recovery_key(s.places, output)
    _record(s, "vault.recovery-shown", "the recovery key was shown, and is not on this machine any more")


def rekey(s: Session, *, recovery: bool = False, source: str = "terminal") -> bool:
    """Put a new key into use and wait until all is sealed for it; False when an earlier one was finished.

    `VaultLocked` while locked: the old key is needed once more.
    """
    _require_keys(s)
    ensure_keys(s)
    require_unlocked(s)
    made = True
    if recovery:
        processes.new_recovery_key(s.places)
    else:
        made = processes.new_key(s.places, source)
    if made:
        what = "recovery key" if recovery else "key"
        _record(s, "vault.rekeyed", f"the vault has a new {what}; all credentials are sealed for it again")
    _wait_until_sealed(s)
    return made


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the recovery key could do: credentials by `project/registry vN`."""

    recovered: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    """Those that have to be entered again, each with the reason."""
    notes: tuple[str, ...] = ()
    """What the operator should know of a key that was made."""


def recover(s: Session, source: str = "terminal") -> Recovered:
    """Open what the vault's key does not open with the recovery key, and seal it for the key in use.

    `WrongRecoveryKey` for one that fits nothing; then nothing is changed.
    """
    _require_keys(s)
    notes = ensure_keys(s)
    folder = s.places.public_keys
    lost = [row for row in credentials.all(s.connection) if _is_lost(s, row)]
    rows = [(row, row.recovery) for row in lost if row.recovery is not None]
    failed = [(_name(row), "it was not sealed for recovery") for row in lost if row.recovery is None]
    recovered: list[str] = []
    if not rows:
        return Recovered((), tuple(failed), notes)
    vault = keys.find_public(folder)
    wanted = to_open((blob, CredentialContext(*row.bound_to)) for row, blob in rows)
    try:
        opened = processes.recover(s.places, wanted, source)
    except WrongRecoveryKey:
        _record(s, "vault.recovered", "a wrong recovery key was given", outcome="rejected")
        raise
    for line in opened:
        row = rows[line["row"]][0]
        if line["result"] == "unreadable":
            failed.append((_name(row), line["message"]))
            continue
        new = bytes.fromhex(line["sealed"]), bytes.fromhex(line["recovery"])
        with s.store.write() as tx:
            kept = keys.accepts(folder, vault.id) and credentials.replace(tx, row, *new)
        if kept:
            recovered.append(_name(row))
        else:
            failed.append((_name(row), "it was changed meanwhile"))
    words = f"{len(recovered)} credentials were recovered, {len(failed)} have to be entered again"
    _record(s, "vault.recovered", words, outcome="partial" if failed else "done")
    return Recovered(tuple(recovered), tuple(failed), notes)


def _require_keys(s: Session) -> None:
    """Raise `Locked` for whoever shares the store, and not the private keys."""
    if not s.places.are_kept_here:
        keeper = account_name(s.places.keeper)
        raise Locked(f"the private keys are kept by {keeper}", f"run it as {keeper}")


def _is_protected(s: Session) -> bool:
    """Tell whether the key has a passphrase; who may not see the private keys takes it for one without."""
    public = s.places.public_keys
    known = keys.has_public(public) and s.places.are_kept_here
    return known and keys.kind_of(s.places.private_keys, keys.find_public(public).id) == "wrapped"


def _record(s: Session, action: Action, words: str, outcome: Outcome = "done") -> None:
    with s.store.write() as tx:
        record(tx, s.who, action, words, outcome=outcome)


def _is_lost(s: Session, row: SealedVersion) -> bool:
    try:
        key = parse(row.sealed).key_id
    except RecordUnreadable:
        return True
    return bool(row.unreadable) or keys.kind_of(s.places.private_keys, key) == "missing"


def _name(row: SealedVersion) -> str:
    return f"{row.project}/{row.handle} v{row.version}"


def _old_keys(s: Session) -> list[bytes]:
    public = s.places.public_keys
    found = {id_ for state in ("retiring", "retired") for id_ in keys.marked(public, state)}
    return sorted(found)


def _wait_until_sealed(s: Session) -> None:
    """Wait for the worker, and keep one alive, until no old key is needed or there."""
    until, looked = time.monotonic() + RESEAL_TIMEOUT, -_WORKER_EVERY
    while (left := status(s)).retiring or left.credentials.to_reseal:
        now = time.monotonic()
        if now > until:
            raise Failed(
                f"{left.credentials.to_reseal} credentials are still to be sealed for the new key",
                f"the worker goes on by itself; see `bahriya vault status` and {s.places.logs}",
            )
        if is_locked(s):
            raise Locked("the vault was locked meanwhile", "unlock it; the worker then goes on by itself")
        if now - looked >= _WORKER_EVERY:
            s.wake_worker()
            looked = now
        time.sleep(_PAUSE)
