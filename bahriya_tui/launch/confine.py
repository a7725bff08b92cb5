"""What the screens and the commands may still touch once they are locked in: no key, and nobody's home."""

import os
import sys
from contextlib import suppress

from bahriya_tui.isolation.landlock import Files
from bahriya_tui.places import Places

_SYSTEM = ("/etc", "/usr", "/lib", "/lib64", "/opt")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/tty")


def files_left(places: Places) -> Files:
    """Give them: the system, this program and its libraries, the store, the logs, and the public keys.

    The file of keys is one only where it is a file: a folder would be left with all that is below it.
    """
    program = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    libraries = [
        path for path in (sys.prefix, sys.base_prefix, program, *sys.path) if _harmless(path, places)
    ]
    keymap = [str(places.keymap_file)] if os.path.isfile(places.keymap_file) else []  # noqa: PTH113
    return Files(
        readable=(*_SYSTEM, *libraries, str(places.public_keys), *keymap),
        changeable=tuple(str(one) for one in places.changed_by_screens),
        devices=(*_DEVICES, *_terminals()),
    )


def _terminals() -> set[str]:
    """Name the terminals that this process was started on; the operator's others are none of its business."""
    found = set()
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            found.add(os.ttyname(descriptor))
    return found


def _harmless(path: str, places: Places) -> bool:
    """Tell a folder of libraries from one with keys or a home below it, as `python -m` may name."""
    folder = os.path.realpath(path) if path else os.getcwd()  # noqa: PTH109
    guarded = (os.path.expanduser("~"), str(places.keys), str(places.private_keys))  # noqa: PTH111
    return all(os.path.commonpath((folder, os.path.realpath(one))) != folder for one in guarded)
