"""Gives a Unix group its share of an installation: modes and groups, changed where nothing is locked in.

Whose the private keys are is not shared: their folder stays its owner's alone, who therefore runs the worker.
"""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.model.errors import BadInput, Failed, Locked, NotFound
from bahriya_tui.places import Places
from bahriya_tui.sharing import Access, file_mode, folder_mode, log_mode


def share(places: Places, group: str | None, access: Access) -> None:
    """Let `group` read or write the store, or nobody; raises `NotFound` for no group, `Locked`."""
    answer_of(places, "share", {"group": group, "access": access})


def perform_share(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Change modes and groups; only of files that are ours, of the kind they are to be."""
    group, access = argument["group"], argument["access"]
    begun = typed is None or (tuple(typed[:1]) == ("share",) and (group is None or group in typed))
    if not begun:
        raise BadInput("share is not on the command line", "start the command anew")
    gid = -1 if group is None else _group(group)
    try:
        _share(places, gid, access)
    except PermissionError as error:
        words = f"{error.filename} cannot be given to the group"
        raise Locked(words, "whoever shares has to own it, and be in that group") from None
    yield {}


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise NotFound(f"there is no group {name}", "see `getent group`") from None


def _share(places: Places, gid: int, access: Access) -> None:
    readable = folder_mode("none" if access == "none" else "read")
    home = places.store.parent
    beside = stat.S_IMODE(home.stat().st_mode)
    # Others may have things of theirs in this one: it is opened for the group, and nothing else.
    _give(home, gid, beside & ~0o070 if access == "none" else beside | 0o2050)
    for folder in (places.keys, places.public_keys):
        _give(folder, gid, readable)
    for folder in (places.store, places.logs):
        _give(folder, gid, folder_mode(access))
    for path in _files(places.store):
        _give(path, gid, file_mode(places.store))
    for path in _files(places.logs):
        _give(path, gid, (log_mode if path.name.startswith("worker.log") else file_mode)(places.logs))
    for path in (*_files(places.public_keys), *(one for one in [places.key_file] if one.is_file())):
        _give(path, gid, file_mode(places.public_keys))


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]


def _give(path: Path, gid: int, mode: int) -> None:
    os.chown(path, -1, gid, follow_symlinks=False)
    path.chmod(mode)
    if stat.S_IMODE(path.stat().st_mode) != mode:
        # The system leaves the bit out, without a word, for who is in another group.
        raise Failed(f"{path} does not take mode {mode:04o}", "whoever shares has to be in the group")
