"""Has the keys looked after, in a process of their own: this one never holds a private half."""

from collections.abc import Iterator

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import run_process
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.places import Places
from bahriya_tui.vault.keys import find_public, find_recovery, need_care


def ensure_keys(places: Places) -> bool:
    """Return when there are keys to seal with; tell whether any was made. `Locked` where none can be."""
    if not places.are_kept_here:
        find_public(places.public_keys)
        find_recovery(places.public_keys)
        return False
    if not need_care(places.public_keys, places.private_keys):
        return False
    return bool(answer_of(places, "make_keys")["made"])


def perform_make_keys(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Start the process that makes them."""
    return run_process(
        "bahriya_tui.custody.create", [str(places.public_keys), str(places.private_keys)], timeout=None
    )
