"""Has a kubeconfig read in a process of its own: this one never sees the credentials in it."""

import json
from pathlib import Path

from bahriya_tui.launch.process import answer_of
from bahriya_tui.model.region import ContextPin


def read_pins(path: Path) -> list[ContextPin]:
    """Give what is pinned of every context; `NotFound` without the file, `BadInput` for one of no use."""
    return [ContextPin(**pin) for pin in json.loads(answer_of("bahriya_tui.kubeconfig", [str(path)]))]
