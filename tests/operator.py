"""An operator at a shell: runs `bahriya` in a process of its own, with a home of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bahriya_tui.launch.worker import stop_worker
from bahriya_tui.places import Places
from tests.cli.schemas import held_against_schema


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Operator:
    """Types commands and reads what comes back; a password goes in through standard input only."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.prefix: tuple[str, ...] = ()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BAHRIYA")},
            "BAHRIYA_HOME": str(home),
            "BAHRIYA_WORKER_IDLE": "2",
            **environment,
        }

    def give_up_privileges(self) -> None:
        """Be held to the modes of files from now on, as everybody but root is."""
        self.prefix = (
            ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
        )

    def command(self, *arguments: str) -> list[str]:
        """Give the words that run a command."""
        return [*self.prefix, sys.executable, "-m", "bahriya_tui", *arguments]

    def start(self, *arguments: str, password: str | None = None) -> Result:
        """Run one command to its end, whatever that is; what it answers in JSON must be as it is declared."""
        done = subprocess.run(
            self.command(*arguments),
            input=password,
            stdin=subprocess.DEVNULL if password is None else None,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=300,
        )
        held_against_schema(arguments, done.stdout, done.stderr)
        return Result(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments: str, password: str | None = None, code: int = 0) -> Result:
        """Run one command that must end with `code`."""
        result = self.start(*arguments, password=password)
        assert result.code == code, (arguments, result)
        return result

    def stop_worker(self) -> None:
        """End the worker of this home, if one runs."""
        stop_worker(Places(self.home / "store", self.home / "keys", self.home / "logs"))

    def written(self) -> bytes:
        """Everything that stands in any file under this home."""
        return b"".join(path.read_bytes() for path in sorted(self.home.rglob("*")) if path.is_file())
