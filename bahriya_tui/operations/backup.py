"""Keep the whole store as one file, and begin from such a file on another machine.

A backup holds credentials as the store does, sealed, and no private key: it opens with the key of the machine
it was made on, or with the recovery key.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bahriya_tui.actor import find_actor
from bahriya_tui.launch import backup as processes
from bahriya_tui.model.audit import Outcome
from bahriya_tui.model.deployment import ACTIVE
from bahriya_tui.model.errors import BahriyaError, StoreUnwritable
from bahriya_tui.operations import vault
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.places import Places
from bahriya_tui.store import deployments, projects, regions, registries


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was written."""

    file: str
    made_at: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and what has to be seen to on this machine."""

    made_at: str
    projects: tuple[str, ...]
    registries: int
    regions: tuple[str, ...]
    cancelled: tuple[int, ...]
    """Deployments that were under way in it: none goes on by itself, the regions may be further by now."""
    key_missing: bool
    """Whether the credentials open with the recovery key only."""
    kubeconfigs_missing: tuple[str, ...]
    """Files that lead to its regions and are not on this machine."""


def back_up(s: Session, file: Path) -> Backup:
    """Write a new file; `BadInput` where there is one already.

    The log tells twice of it: before, which the file holds too, and what came of it.
    """
    with s.store.write() as tx:
        record(tx, s.who, "store.backing-up", f"a backup is written to {file}", outcome="started")
    try:
        written = processes.write(s.places, file)
    except BaseException as error:
        words, outcome = _unfinished(file, error)
        with suppress(StoreUnwritable), s.store.write() as tx:
            record(tx, s.who, "store.backed-up", words, outcome=outcome)
        raise
    with s.store.write() as tx:
        record(tx, s.who, "store.backed-up", f"a backup was written to {file}")
    return Backup(str(file), written["made_at"], int(written["bytes"]))


def _unfinished(file: Path, error: BaseException) -> tuple[str, Outcome]:
    """Say what is known of a backup whose end was not heard: one that is interrupted may still end well."""
    if isinstance(error, BahriyaError):
        return f"no backup was written to {file}", "failed"
    return f"the end of the backup to {file} was not waited for", "no answer"


def restore(places: Places, file: Path) -> Restored:
    """Put a backup in the place of an empty store; raises as `store.archive.install` does.

    The worker of the machine it came from must not run any more: both would deploy to the same regions.
    """
    installed = processes.install(places, file, find_actor())
    with open_session(places) as s:
        cancelled = [deployments.get(s.connection, number) for number in installed["cancelled"]]
        if any(one.state in ACTIVE for one in cancelled):
            s.wake_worker()
        known = projects.all(s.connection)
        there = regions.all(s.connection)
        files = {one.kubeconfig for one in there if one.kubeconfig}
        return Restored(
            made_at=installed["made_at"],
            projects=tuple(one.handle for one in known),
            registries=sum(len(registries.all(s.connection, one.handle)) for one in known),
            regions=tuple(one.id for one in there),
            cancelled=tuple(one.id for one in cancelled),
            key_missing=vault.status(s).private_key == "missing",
            kubeconfigs_missing=tuple(sorted(one for one in files if not Path(one).exists())),
        )
