"""A process that reads a kubeconfig and prints its contexts without any credential, as JSON."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from bahriya_tui.kubeconfig.contexts import load, pins
from bahriya_tui.model.errors import BahriyaError


def main(path: Path) -> None:
    """Print `{"pins": [...]}`, or `{"message", "hint"}` when the file is no kubeconfig."""
    try:
        answer: dict[str, object] = {"pins": [asdict(pin) for pin in pins(load(path), path.parent)]}
    except BahriyaError as error:
        answer = {"message": error.message, "hint": error.hint}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
