"""Sharing an installation with the operators of a Unix group, who seal and deploy, and never open."""

import os

from bahriya_tui.actor import account_name
from bahriya_tui.model.errors import BadInput, InUse, Locked
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.sharing import Access


def share(s: Session, group: str | None, access: Access) -> tuple[str, ...]:
    """Let `group` read or write the store (`none`: nobody any more); gives what else there is to know.

    `BadInput` for an installation in somebody's home, `Locked` for whoever does not own the private keys,
    `InUse` while the worker runs: it makes files as it was told when it began.
    """
    from bahriya_tui.launch import share as processes
    from bahriya_tui.launch.worker import worker_running
    from bahriya_tui.operations.vault import ensure_keys

    if not s.places.environment():
        words = "what is in your own folders cannot be shared"
        raise BadInput(words, "name a folder for all of you first: export BAHRIYA_HOME=/srv/bahriya")
    if not s.places.are_kept_here:
        keeper = account_name(s.places.keeper)
        raise Locked(f"only {keeper}, whose the private keys are, can share them", f"run it as {keeper}")
    if worker_running(s.places) is not None:
        raise InUse("the worker of this store is running", "stop it first: bahriya worker stop")
    notes = ensure_keys(s)
    processes.share(s.places, group, access)
    words = "the store is its owner's alone" if group is None else f"group {group} may {access} the store"
    with s.store.write() as tx:
        record(tx, s.who, "store.shared", words)
    return notes


def account() -> str:
    """Name the account that runs the worker from now on: that of whoever shares."""
    return account_name(os.geteuid())
