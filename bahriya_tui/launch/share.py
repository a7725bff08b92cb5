"""Gives a Unix group its share of an installation: modes and groups, changed where nothing is locked in.

Whose the private keys are is not shared: their folder stays its owner's alone, who therefore runs the worker.
"""

import grp
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.model.errors import BadInput, Failed, Locked, NotFound
from bahriya_tui.places import Places
from bahriya_tui.sharing import Access, folder_mode, mode_of_files

_FOLDER, _FILE = stat.S_IFDIR, stat.S_IFREG


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
    _share(places, gid, access)
    yield {}


def _group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise NotFound(f"there is no group {name}", "see `getent group`") from None


def _share(places: Places, gid: int, access: Access) -> None:
    """Open all of it first, so that what cannot be shared is said before anything is changed.

    This process has no store open: with a file of one that it closes, the locks on it would be gone.
    """
    readable: Access = "none" if access == "none" else "read"
    home = places.store.parent.resolve()
    beside = stat.S_IMODE(home.stat().st_mode)
    # Others may have things of theirs in this one: it is opened for the group, and nothing else. Whoever
    # could change it could put other keys into the place of ours.
    entered = (beside & ~0o070 if access == "none" else beside | 0o2050) & ~0o022
    logs = _files(places.logs)
    workers = [path for path in logs if path.name.startswith(places.worker_log.name)]
    wanted = [
        (_FOLDER, [home], entered),
        (_FOLDER, [places.keys, places.public_keys], folder_mode(readable)),
        (_FOLDER, [places.store, places.logs], folder_mode(access)),
        (_FILE, [*_files(places.store), *(one for one in logs if one not in workers)], mode_of_files(access)),
        (_FILE, [*workers, *_files(places.public_keys)], mode_of_files(readable)),
        (_FILE, [one for one in [places.keymap_file] if _is_ours(one)], mode_of_files(readable)),
    ]
    with ExitStack() as opened:
        ready = [
            (opened.enter_context(_open(path, kind)), path, mode)
            for kind, paths, mode in wanted
            for path in paths
        ]
        for descriptor, path, mode in ready:
            _give(descriptor, path, gid, mode)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if _is_ours(path)]


def _is_ours(path: Path) -> bool:
    """Tell a file of this account; those that members made are of the group already."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


@contextmanager
def _open(path: Path, kind: int) -> Iterator[int]:
    """Have the very file open that is to be changed: a member may put another one in its place meanwhile."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except PermissionError:
        raise _not_given(path) from None
    except OSError as error:
        words = f"{path} cannot be opened: {str(error.strerror).lower()}"
        raise Failed(words, "look at what is there, then try again") from None
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid():
            raise _not_given(path)
        if stat.S_IFMT(found.st_mode) != kind or (kind == _FILE and found.st_nlink != 1):
            words = f"{path} is no {'file' if kind == _FILE else 'folder'} of its own"
            raise Failed(words, "remove it, or its other names")
        yield descriptor
    finally:
        os.close(descriptor)


def _give(descriptor: int, path: Path, gid: int, mode: int) -> None:
    try:
        os.fchown(descriptor, -1, gid)
        os.fchmod(descriptor, mode)
    except PermissionError:
        raise _not_given(path) from None
    if stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:
        # The system leaves the bit out, without a word, for who is in another group.
        raise Failed(f"{path} does not take mode {mode:04o}", "whoever shares has to be in the group")


def _not_given(path: Path) -> Locked:
    words = f"{path} cannot be given to the group"
    return Locked(words, "whoever shares has to own it, and be in that group")
