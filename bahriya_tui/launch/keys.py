"""Has the first pair of keys made, in a process of its own: this one never holds the private half."""

from collections.abc import Iterator

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import run_process
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.places import Places
from bahriya_tui.vault.keys import has_public


def ensure_keys(places: Places) -> None:
    """Return when there is a key to seal with; `Locked` where the folders do not allow one."""
    if not has_public(places.public_keys):
        answer_of(places, "make_keys")


def perform_make_keys(places: Places, _argument: Line, _typed: Typed) -> Iterator[Line]:
    """Start the process that makes them."""
    return run_process(
        "bahriya_tui.vault.create", [str(places.public_keys), str(places.private_keys)], timeout=None
    )
