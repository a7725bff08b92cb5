"""An operator at work with a canary as the token, and somebody who looks for it everywhere else."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tests.hostile import processes
from tests.hostile.memory import Hits, Scanner, content
from tests.operator import Operator
from tests.worker.desk import until

_SHARED_FOLDERS = (Path("/"), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
"""Where files appear that were put nowhere in particular."""


class Command:
    """A command that runs; what it says goes into files, which are looked through like all others."""

    def __init__(self, operator: Operator, folder: Path, *arguments: str, stdin: int | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            # Core files are wanted: there must be none of an opener, and nothing in that of anybody else.
            shell = ["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh"]
            self.process = subprocess.Popen(
                [*shell, sys.executable, "-m", "bahriya_tui", *arguments],
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=out,
                stderr=err,
                env={**operator.environment, "PYTHONPATH": str(Path(__file__).parents[2])},
                cwd=folder,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def out(self) -> str:
        return (self.folder / "out").read_text()

    @property
    def err(self) -> str:
        return (self.folder / "err").read_text()

    def ends_with(self, code: int) -> None:
        """Wait for the end, which must be this."""
        assert self.process.wait(300) == code, (self.out, self.err)


class Scene:
    """One home with everything that belongs to it: `folder` holds home, temporary files and output."""

    def __init__(self, folder: Path, canary: str, **environment: str) -> None:
        self.folder, self.canary = folder, canary
        self.scanner = Scanner(canary)
        (folder / "tmp").mkdir()
        # The worker tells all that it ever tells, so that it is all looked through.
        passed = {"BAHRIYA_WORKER_IDLE": "30", "BAHRIYA_LOG_LEVEL": "debug", **environment}
        passed["TMPDIR"] = str(folder / "tmp")
        self.operator = Operator(folder / "home", **passed)
        self._before = set(_loose_files())
        self._commands: list[Command] = []

    @property
    def home(self) -> Path:
        return self.operator.home

    def start(self, *arguments: str, stdin: int | None = None) -> Command:
        """Start a command as a user would."""
        command = Command(
            self.operator, self.folder / f"command-{len(self._commands)}", *arguments, stdin=stdin
        )
        self._commands.append(command)
        return command

    def look(self, *must_be_seen: int) -> dict[str, Hits]:
        """Give what is found outside the throw-away processes: in every other process, and in files.

        The processes `must_be_seen` have to be among those that were looked into.
        """
        found: dict[str, Hits] = {}
        seen = set()
        for process in processes.of(self.home):
            if process.may_hold_tokens:
                continue
            with suppress(ProcessLookupError):
                if hits := self.scanner.process(process.pid):
                    found[process.command.replace(b"\0", b" ").decode()] = hits
                seen.add(process.pid)
        assert seen >= set(must_be_seen), f"not looked into: {set(must_be_seen) - seen}"
        return found | self.scanner.files(*self.places())

    def places(self) -> list[Path]:
        """Name everything that may hold files of ours: home, working and temporary folders, and new files."""
        return [self.folder, *(set(_loose_files()) - self._before)]

    def catch_opener(self) -> Hits:
        """Stop the opener that holds the token, and give what is found in it; see `let_openers_go`.

        Stopped, because its time would be over before everything else was looked into.
        """
        caught: Hits = Hits()

        def found() -> bool:
            nonlocal caught
            for pid in processes.openers(self.home):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    caught = self.scanner.process(pid)
                    if caught:
                        return True
                    os.kill(pid, signal.SIGCONT)
            return False

        until(found, say=lambda: "the scanner finds nothing in the opener, where the token must be")
        return caught

    def catch_opener_in_passing(self, command: Command, at_hand: Callable[[], None] = lambda: None) -> Hits:
        """Do the same with regions that answer at once; nothing is found when `command` ends too early.

        An opener opens the token right after it has locked itself in. From then on it is let go for a moment
        at a time, until the token is there. `at_hand` is called when the first one is stopped.
        """
        moment, workers = threading.Event(), list[int]()
        while command.process.poll() is None:
            workers = workers or processes.of_kind(self.home, processes.WORKER)
            for pid in processes.locked_in(workers):
                # It may be gone at any moment, also between being stopped and being looked into.
                with suppress(ProcessLookupError, FileNotFoundError):
                    while True:
                        os.kill(pid, signal.SIGSTOP)
                        at_hand()
                        if hits := self.scanner.process(pid):
                            return hits
                        os.kill(pid, signal.SIGCONT)
                        moment.wait(0.0005)
        return Hits()

    def let_openers_go(self, number: int | None = None) -> None:
        """Let stopped openers go on, into this signal if one is given."""
        for pid in processes.openers(self.home):
            if number is not None:
                os.kill(pid, number)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def new_core_files(self) -> list[Path]:
        """Give core files of our processes: each knows from its environment or request where home is."""
        found = [
            *self.folder.rglob("core*"),
            *(path for path in _loose_files() if path.name.startswith("core")),
        ]
        home = os.fsencode(self.home)
        return [path for path in found if path.is_file() and home in content(path)]

    def close(self) -> None:
        """End everything that was started, and take core files away."""
        self.let_openers_go()
        for command in self._commands:
            command.process.kill()
            command.process.wait()
        self.operator.stop_worker()
        for path in self.new_core_files():
            path.unlink(missing_ok=True)


def _loose_files() -> Iterator[Path]:
    for folder in _SHARED_FOLDERS:
        with suppress(FileNotFoundError):
            yield from (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
