"""`python -I -m bahriya_tui.kubeconfig PATH`: prints its pins as one JSON line; its credentials stay here."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from bahriya_tui.kubeconfig.contexts import pins
from bahriya_tui.model.errors import BadInput, BahriyaError, NotFound, told_by


def main(path: Path) -> int:
    """Print the pins, or an error as one JSON line with its exit code."""
    try:
        answer = [asdict(pin) for pin in pins(_text(path), path.resolve().parent)]
    except BahriyaError as error:
        sys.stdout.write(json.dumps({**told_by(error), "message": f"{path}: {error.message}"}))
        return error.exit_code
    sys.stdout.write(json.dumps({"pins": answer}))
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise NotFound("there is no such file", "name a kubeconfig with --kubeconfig") from None
    except OSError as error:
        raise BadInput(f"it cannot be read ({error.strerror})", "look at its mode") from None
    except UnicodeDecodeError:
        raise BadInput("it is not text", "name a kubeconfig with --kubeconfig") from None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
