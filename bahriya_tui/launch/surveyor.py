"""`python -I -m bahriya_tui.launch.surveyor PUBLIC PRIVATE STORE`: looks at what a locked process cannot see.

Takes the folders of the keys and of the store; prints one JSON line. Reads no key and changes nothing.
"""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bahriya_tui.custody.condition import look
from bahriya_tui.launch import machine
from bahriya_tui.launch.process import run_process
from bahriya_tui.model.errors import Failed


def survey(public: Path, private: Path, store: Path, root: Path = Path("/")) -> dict[str, Any]:
    """Measure each part; None stands for a part that could not be measured."""
    scope = machine.text(root / "proc/sys/kernel/yama/ptrace_scope")
    return {
        "opener": _part(_opener),
        "keys": _part(lambda: asdict(look(public, private, store))),
        "swaps": _part(lambda: _listed(machine.swaps(root))),
        "service": _part(lambda: asdict(machine.service(root, Path.home(), machine.login()))),
        "core_pattern": machine.text(root / "proc/sys/kernel/core_pattern"),
        "ptrace_scope": int(scope) if scope and scope.isdecimal() else None,
    }


def _opener() -> Any:
    """Give the last line of the trial process: where its lock fails, a program may have taken its place."""
    last = None
    with suppress(Failed):
        for line in run_process("bahriya_tui.isolation.probe", []):
            last = line
    return last


def _listed(swaps: list[Any] | None) -> Any:
    return None if swaps is None else [asdict(one) for one in swaps]


def _part(measure: Callable[[], Any]) -> Any:
    """Measure; whatever goes wrong with one part must not hide the others."""
    try:
        return measure()
    except Exception as error:
        print(f"bahriya doctor: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return None


if __name__ == "__main__":
    public, private, store = (Path(one) for one in sys.argv[1:])
    print(json.dumps(survey(public, private, store)))  # noqa: T201
