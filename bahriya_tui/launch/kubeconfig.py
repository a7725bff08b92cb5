"""Has a kubeconfig read in a process of its own: this one never sees the credentials in it."""

from collections.abc import Iterator
from pathlib import Path

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import run_process
from bahriya_tui.launch.verbs import Typed
from bahriya_tui.model.region import ContextPin
from bahriya_tui.places import Places


def read_pins(places: Places, path: Path) -> list[ContextPin]:
    """Give what is pinned of every context; `NotFound` without the file, `BadInput` for one of no use."""
    return [ContextPin(**pin) for pin in answer_of(places, "read_pins", {"path": str(path)})["pins"]]


def perform_read_pins(_places: Places, argument: Line, _typed: Typed) -> Iterator[Line]:
    """Start the reader. Any path may be asked for: of a file that is no kubeconfig nothing is told."""
    return run_process("bahriya_tui.kubeconfig", [argument["path"]])
