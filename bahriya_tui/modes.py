"""Owners and modes of files, by looking at them only: no file is opened for that."""

import grp
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from bahriya_tui.actor import account_name
from bahriya_tui.model.judgement.modes import PathSeen


def look(paths: Iterable[Path]) -> Iterator[PathSeen]:
    """Give owner and mode of those paths that can be seen."""
    for path in paths:
        with suppress(OSError):
            found = path.stat()
            yield PathSeen(
                path=str(path),
                mode=stat.S_IMODE(found.st_mode),
                mine=found.st_uid == os.geteuid(),
                folder=stat.S_ISDIR(found.st_mode),
                owner=account_name(found.st_uid),
                group=_group_name(found.st_gid),
                size=found.st_size,
            )


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
