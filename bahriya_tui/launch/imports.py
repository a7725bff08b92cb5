"""Has files of logins read by a reader process, which stays until the import ends and seals what is taken.

Its answers hold servers and user names, and sealed tokens; a secret never comes here. Which files are read is
fixed, but for the one that the operator typed; and the reader seals a login for its own server alone.
"""

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bahriya_tui.launch.call import answer_of
from bahriya_tui.launch.channel import Line
from bahriya_tui.launch.process import ctrl_c_held_back, ends_with_us
from bahriya_tui.launch.tokens import ReadToken, SealedToken, sealed_in
from bahriya_tui.launch.verbs import Typed, path_was_typed, was_typed
from bahriya_tui.model.errors import BadInput, Failed, NotFound, error_in
from bahriya_tui.model.importing import FoundLogin, found_login
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext

COMMAND = ("registry", "import")
"""What the operator has to have typed for standard input or a file to be read."""
_AGAIN = "begin the import anew"


@dataclass(frozen=True, slots=True)
class LoginSource:
    """Where logins are looked for; `argument` is the file's path."""

    kind: Literal["usual files", "file", "stdin"] = "usual files"
    argument: str = ""


class Import:
    """One import under way: what was found, and the reader that still has it."""

    def __init__(self, places: Places, number: int, found: list[FoundLogin]) -> None:
        self._places, self._number, self.found = places, number, found

    def resolved(self, number: int) -> FoundLogin:
        """Give a login with its user name, for which its helper may be run; raises why that failed."""
        return found_login(self._asked({"number": number}))

    def read_token(self, number: int) -> ReadToken:
        """Give what has a login sealed; only for the server and the user name that it is for."""

        def read(context: CredentialContext) -> SealedToken:
            return sealed_in(self._asked({"number": number, "context": asdict(context)}))

        return read

    def end(self) -> None:
        """Let the reader end, and with it all that it has read."""
        answer_of(self._places, "end_import", {"import": self._number})

    def _asked(self, line: Line) -> Line:
        return answer_of(self._places, "ask_import", {"import": self._number, "line": line})


def begin(places: Places, source: LoginSource) -> Import:
    """Have the logins of `source` looked for; the reader stays until `end`. `NotFound` where no file is."""
    told = answer_of(places, "begin_import", asdict(source))
    return Import(places, told["import"], [found_login(one) for one in told["found"]])


@contextmanager
def looking_for_logins(places: Places, source: LoginSource) -> Iterator[Import]:
    """Give what was found, for as long as the block runs."""
    found = begin(places, source)
    try:
        yield found
    finally:
        found.end()


def usual_files(environment: Mapping[str, str], home: Path) -> list[Path]:
    """List where Podman and Docker keep logins, in the order of containers-auth.json(5)."""
    named = environment.get("REGISTRY_AUTH_FILE")
    runtime, docker = environment.get("XDG_RUNTIME_DIR"), environment.get("DOCKER_CONFIG")
    places = [
        Path(named) if named else None,
        Path(runtime, "containers/auth.json") if runtime else None,
        home / ".config/containers/auth.json",
        Path(docker, "config.json") if docker else None,
        home / ".docker/config.json",
        home / ".dockercfg",
    ]
    return list(dict.fromkeys(one.absolute() for one in places if one is not None))


class _Reader:
    """A running reader."""

    def __init__(self, sources: list[Line], places: Places) -> None:
        asks, self._asks = os.pipe()
        files = [one["descriptor"] for one in sources if one["descriptor"] > 0]
        request = {"sources": sources, "asks": asks, "keys": str(places.public_keys)}
        from_input = any(one["descriptor"] == 0 for one in sources)
        try:
            with ctrl_c_held_back():
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-m", "bahriya_tui.reader.logins", json.dumps(request)],
                    stdin=None if from_input else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    # A helper may need anything of the environment to unlock a password manager.
                    env=dict(os.environ),
                    pass_fds=[asks, *files],
                )
                ends_with_us(self._process)
        finally:
            for descriptor in (asks, *files):
                os.close(descriptor)
        self._one_at_a_time = threading.Lock()

    def hear(self) -> Line:
        """Take one line of it; raises the error that it tells, and `Failed` when it is gone."""
        assert self._process.stdout is not None  # noqa: S101
        text = self._process.stdout.readline()
        if not text.endswith(b"\n"):
            raise Failed("the process that read the logins has ended", _AGAIN)
        line: Line = json.loads(text)
        if error := error_in(line):
            raise error
        return line

    def ask(self, line: Line) -> Line:
        """Ask it, and give its answer."""
        with self._one_at_a_time:
            with suppress(BrokenPipeError):
                os.write(self._asks, json.dumps(line).encode() + b"\n")
            return self.hear()

    def end(self) -> None:
        """End it."""
        os.close(self._asks)
        with self._process:
            self._process.kill()


_numbers = itertools.count(1)
_running: dict[int, _Reader] = {}


def perform_begin_import(places: Places, argument: Line, typed: Typed) -> Iterator[Line]:
    """Start the reader of what the operator typed, or of the usual files, and give what it found."""
    reader = _Reader(_sources(LoginSource(**argument), typed), places)
    try:
        found = reader.hear()["found"]
    except BaseException:
        reader.end()
        raise
    number = next(_numbers)
    _running[number] = reader
    yield {"import": number, "found": found}


def perform_ask_import(_places: Places, argument: Line, _typed: Typed) -> Iterator[Line]:
    """Pass one question on to a reader that was started here."""
    reader = _running.get(argument["import"])
    if reader is None:
        raise Failed("this import has ended", _AGAIN)
    yield reader.ask(argument["line"])


def perform_end_import(_places: Places, argument: Line, _typed: Typed) -> Iterator[Line]:
    """End a reader that was started here."""
    reader = _running.pop(argument["import"], None)
    if reader is not None:
        reader.end()
    yield {}


def _sources(source: LoginSource, typed: Typed) -> list[Line]:
    command = typed is None or tuple(typed[:2]) == COMMAND
    if source.kind == "stdin":
        if not command or not was_typed("--stdin", typed):
            raise BadInput("--stdin is not on the command line", "start the command anew")
        return [_source("standard input", 0)]
    if source.kind == "file":
        if not command or not path_was_typed("--file", source.argument, typed):
            raise BadInput("the file is not on the command line", "start the command anew")
        return [_opened(Path(source.argument))]
    usual = usual_files(os.environ, Path.home())
    there = [_opened(path) for path in usual if os.path.lexists(path)]
    if not there:
        raise NotFound(
            "there is no file of logins in the usual places", f"looked for {', '.join(map(str, usual))}"
        )
    return there


def _opened(path: Path) -> Line:
    """Open a file here: `<(command)` exists in this process only. One that cannot be is told as a reason."""
    try:
        if path.is_dir():
            return _source(str(path), reason="is a folder")
        return _source(str(path), os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except FileNotFoundError:
        return _source(str(path), reason="does not exist")
    except OSError as error:
        return _source(str(path), reason=f"cannot be read ({error.strerror})")


def _source(name: str, descriptor: int = -1, reason: str = "") -> Line:
    return {"name": name, "descriptor": descriptor, "reason": reason}
