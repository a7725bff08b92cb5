"""Asking for what another process has to do: of the supervisor where there is one, else done from here."""

from collections.abc import Iterator

from bahriya_tui.launch import channel
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.verbs import perform
from bahriya_tui.places import Places


def lines_of(places: Places, verb: str, argument: Line | None = None) -> Iterator[Line]:
    """Have `verb` done and give its lines as they come; raises the model error that it ended with.

    Without a supervisor, `places` says where; a supervisor knows its own.
    """
    door = channel.door()
    if door is None:
        return perform(verb, places, argument or {}, typed=None)
    return door.ask(verb, argument or {})


def answer_of(places: Places, verb: str, argument: Line | None = None) -> Line:
    """Have `verb` done and give its last line, `{}` when it gave none."""
    last: Line = {}
    for line in lines_of(places, verb, argument):
        last = line
    return last
