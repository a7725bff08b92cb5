"""Has a kubeconfig read in a process of its own, which hands back names and pins but no credentials."""

import json
import subprocess
import sys
from pathlib import Path

from bahriya_tui.launch.environment import scrubbed
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.region import ContextPin


def read_pins(path: Path) -> list[ContextPin]:
    """List the contexts of a kubeconfig. Raises `BadInput` when it is missing, no YAML, or has none."""
    command = [sys.executable, "-I", "-m", "bahriya_tui.kubeconfig", str(path)]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=scrubbed(),
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise BadInput(f"kubeconfig {path} cannot be read", "is it a kubeconfig?") from None
    if "message" in answer:
        raise BadInput(answer["message"], answer["hint"])
    return [ContextPin(**pin) for pin in answer["pins"]]
