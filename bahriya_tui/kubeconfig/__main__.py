"""`python -I -m bahriya_tui.kubeconfig PATH`: prints its pins as one JSON line; its credentials stay here."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bahriya_tui.kubeconfig.contexts import pins
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.throwaway import run


def main(path: Path) -> dict[str, Any]:
    """Give the pins; raises `NotFound` or `BadInput`, which name the file."""
    text = _text(path)
    try:
        return {"pins": [asdict(pin) for pin in pins(text, path.resolve().parent)]}
    except BadInput as error:
        raise BadInput(f"{path}: {error.message}", error.hint) from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file", "name a kubeconfig with --kubeconfig") from None
    except OSError as error:
        raise BadInput(f"{path}: it cannot be read ({error.strerror})", "look at its mode") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: it is not text", "name a kubeconfig with --kubeconfig") from None


if __name__ == "__main__":
    run(lambda: main(Path(sys.argv[1])), "reader of kubeconfigs")
