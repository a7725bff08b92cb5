"""Has the operator's hooks looked at and tried: the commands are locked in, and can run nothing."""

import os
from collections.abc import Iterator
from dataclasses import asdict

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.environment import allowed
from bahriya_tui.launch.verbs import Typed, was_typed
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BadInput
from bahriya_tui.notify.calling import call
from bahriya_tui.notify.hooks import Hook, load
from bahriya_tui.places import Places


def look(places: Places) -> tuple[Hook, ...]:
    """Give the hooks there are; `BadInput` says what is wrong with the file of them."""
    hooks = answer_of(places, "look_at_hooks")["hooks"]
    return tuple(Hook(tuple(one["command"]), tuple(one["on"])) for one in hooks)


def test(places: Places, occasion: str) -> list[str]:
    """Run the hooks for an occasion that did not happen; give a sentence for each that failed."""
    return list(answer_of(places, "test_hooks", {"occasion": occasion})["problems"])


def perform_look(places: Places, _argument: Line, typed: Typed) -> Iterator[Line]:
    """Read the file: for the command alone that shows it, as what programs are given may be secret."""
    _refuse_unless_typed(typed)
    yield {"hooks": [asdict(hook) for hook in load(places.hook_file)]}


def perform_test(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Run them with a word that it is a test; what they run is in the operator's file alone."""
    _refuse_unless_typed(typed)
    what = {"event": argument["occasion"], "at": clock.now(), "test": True}
    yield {"problems": call(load(places.hook_file), what, allowed(os.environ))}


def _refuse_unless_typed(typed: Typed) -> None:
    if not was_typed("notify", typed):
        raise BadInput("notify is not on the command line", "start the command anew")
