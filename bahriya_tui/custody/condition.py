"""Looks at the key folders: names, owners, modes, and whether the opener would take each key. Reads none."""

import os
from pathlib import Path

from bahriya_tui import modes
from bahriya_tui.actor import account_name
from bahriya_tui.model.errors import Locked
from bahriya_tui.model.judgement.keys import KeysSeen, PrivateSeen, Recovery
from bahriya_tui.places import keeper_of
from bahriya_tui.sharing import access_of_group
from bahriya_tui.vault.keys import check_private, find_public, find_recovery, unshown_path

_KEYS = (".key", ".wrapped")


def look(public: Path, private: Path, store: Path) -> KeysSeen:
    """Tell what the folders of public and private keys hold, and where they lie to the store's folder."""
    public_id, public_problem = "", ""
    try:
        public_id = find_public(public).id.hex()
    except Locked as error:
        public_problem = error.message
    keeper = keeper_of(private)
    unreadable, found = "", list[PrivateSeen]()
    try:
        found = [_private(path) for path in sorted(private.iterdir()) if path.suffix in _KEYS]
    except FileNotFoundError:
        # Nothing was made yet, or it is gone: the public key tells which.
        pass
    except OSError as error:
        unreadable = f"{private}: {error.strerror}"
    return KeysSeen(
        public_id=public_id,
        public_problem=public_problem,
        folders=list(modes.look((private.parent, private, public))),
        private=found,
        unreadable=unreadable,
        store=str(store.resolve()),
        keys=str(private.parent.resolve()),
        recovery=recovery(public, private),
        keeper="" if keeper == os.geteuid() else account_name(keeper),
        shared=access_of_group(public) != "none",
    )


def recovery(public: Path, private: Path) -> Recovery:
    """Tell how far the recovery key is; `none` also where its public half is of no use."""
    try:
        unshown = unshown_path(private, find_recovery(public).id)
    except Locked:
        return "none"
    try:
        unshown.lstat()
    except FileNotFoundError:
        return "shown"
    except OSError:
        return "unknown"
    return "not shown"


def _private(path: Path) -> PrivateSeen:
    problem, advice = "", ""
    try:
        check_private(path)
    except Locked as error:
        problem, advice = error.message, error.hint
    return PrivateSeen(str(path), problem, advice)
