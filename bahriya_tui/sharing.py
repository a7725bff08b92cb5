"""Whether a folder of ours is shared with a Unix group, which its mode alone tells.

    0700   its owner's alone
    2770   of a group that may change what is in it
    2750   of a group that may only read

The bit 2000 has new files belong to the group. Nothing here opens a file.
"""

import os
import stat
from pathlib import Path
from typing import Literal

Access = Literal["none", "read", "write"]
OWNER_ALONE = 0o077
"""The umask of programs that are not ours: what they make beside an answer is no matter of a group."""
_FILE: dict[Access, int] = {"none": 0o600, "read": 0o640, "write": 0o660}
_FOLDER: dict[Access, int] = {"none": 0o700, "read": 0o2750, "write": 0o2770}


def access_of_group(folder: Path) -> Access:
    """Tell what the group of `folder` may do there; `none` also where there is no such folder to see."""
    try:
        mode = folder.stat().st_mode
    except OSError:
        return "none"
    if not mode & stat.S_ISGID:
        return "none"
    return "write" if mode & stat.S_IWGRP else "read" if mode & stat.S_IRGRP else "none"


def file_mode(folder: Path) -> int:
    """Give the mode of files that are made in `folder`."""
    return mode_of_files(access_of_group(folder))


def mode_of_files(access: Access) -> int:
    """Give the mode of files with which a group may do this."""
    return _FILE[access]


def log_mode(folder: Path) -> int:
    """Give the mode of a log that one account writes: a group may read it, if anything."""
    return file_mode(folder) & ~0o020


def folder_mode(access: Access) -> int:
    """Give the mode of a folder to whose group this is allowed."""
    return _FOLDER[access]


def share_what_is_made(folder: Path) -> None:
    """Have this process leave the group of `folder` what it may have, of all files made from now on."""
    access = access_of_group(folder)
    if access != "none":
        os.umask(0o007 if access == "write" else 0o027)


def only_readable(path: Path) -> bool:
    """Tell whether we may read this file and change neither it nor its folder."""
    if not os.access(path, os.R_OK):
        return False
    return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
