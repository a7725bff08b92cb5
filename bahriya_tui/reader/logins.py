"""`python -I -m bahriya_tui.reader.logins REQUEST`: reads files of logins, seals those asked for.

It reads once, since standard input can be read only once, tells who logs in where, and then answers on the
pipe it was given until that is closed: it runs the helper of a login, or seals one. Never tells a secret;
exit is the discard.
"""

from bahriya_tui.isolation.undumpable import make_undumpable

make_undumpable()

import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from dataclasses import asdict, replace  # noqa: E402
from pathlib import Path  # noqa: E402
from shutil import which  # noqa: E402
from typing import Any, NoReturn  # noqa: E402

from bahriya_tui.model import clock  # noqa: E402
from bahriya_tui.model.errors import BadInput, told_by  # noqa: E402
from bahriya_tui.model.importing import FoundLogin  # noqa: E402
from bahriya_tui.oci.credential_files import MOST_BYTES, Entry, entries, helped  # noqa: E402
from bahriya_tui.reader.credential_helper import answer_of  # noqa: E402
from bahriya_tui.reader.sealing import Line, sealed_line  # noqa: E402
from bahriya_tui.throwaway import as_told, run, say  # noqa: E402
from bahriya_tui.vault.context import CredentialContext  # noqa: E402
from bahriya_tui.vault.keys import find_public, find_recovery  # noqa: E402

_NAMED = "reader of logins"
PATIENCE_SECONDS = 900
"""Nobody who is still there thinks longer about a plan; then what was read is let go."""
_LOOK_SECONDS = 30.0
"""Between two looks whether that time is over: a timeout does not count how long the machine slept."""


class Found:
    """What was read, by number."""

    def __init__(self) -> None:
        self._logins: list[tuple[str, Entry]] = []
        self._programs: dict[int, str] = {}

    def add(self, source: str, found: list[Entry]) -> None:
        """Take up what one source holds."""
        for entry in found:
            if entry.kind == "helper":
                entry = self._with_program(entry)
            self._logins.append((f"{source}, secret {entry.of}" if entry.of else source, entry))

    def _with_program(self, entry: Entry) -> Entry:
        name = f"docker-credential-{entry.helper}"
        program = which(name)
        if program is None:
            return replace(entry, kind="unreadable", reason=f"its helper {name} is not installed")
        self._programs[len(self._logins)] = os.path.abspath(program)  # noqa: PTH100
        return entry

    def told(self) -> list[Line]:
        """Give all of them, without their secrets."""
        return [asdict(self.login(number)) for number in range(len(self._logins))]

    def login(self, number: int) -> FoundLogin:
        """Give one as it may be told."""
        source, entry = self._logins[number]
        return FoundLogin(
            number=number,
            source=source,
            key=entry.key,
            kind=entry.kind,
            server=entry.server,
            username=entry.username,
            helper=self._programs.get(number, ""),
            reason=entry.reason,
            notes=entry.notes,
        )

    def ask_helper(self, number: int) -> None:
        """Run the helper of a login that was not asked yet."""
        source, entry = self._logins[number]
        if entry.kind == "helper":
            answer = answer_of(self._programs[number], entry.key)
            self._logins[number] = (source, helped(entry, answer))

    def secret(self, number: int, context: CredentialContext) -> bytes:
        """Give a login's secret, for the server and the user name that it is for and no others."""
        _, entry = self._logins[number]
        if entry.kind != "login" or entry.reason:
            raise BadInput("this login cannot be taken", entry.reason)
        if (context.server, context.username) != (entry.server, entry.username):
            raise BadInput("this login is for another server or user", "begin the import anew")
        return entry.secret


def main(argument: str) -> NoReturn:
    """Tell what there is, then answer until nobody asks any more."""
    # Held back until now, and to be had by the programs that are run from here.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    request: dict[str, Any] = json.loads(argument)
    found = Found()
    for source in request["sources"]:
        found.add(source["name"], _read(source, alone=len(request["sources"]) == 1))
    say({"found": found.told()})
    last = clock.uptime()

    def look(*_: object) -> None:
        if clock.uptime() - last >= PATIENCE_SECONDS:
            os._exit(0)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)
    with os.fdopen(request["asks"], "rb") as asks:
        for asked in asks:
            look()
            last = clock.uptime()
            try:
                say(_done(found, json.loads(asked), Path(request["keys"])))
            except Exception as error:
                say(told_by(as_told(error, _NAMED)))
    os._exit(0)


def _done(found: Found, asked: Line, keys: Path) -> Line:
    number = int(asked["number"])
    if "context" not in asked:
        found.ask_helper(number)
        return asdict(found.login(number))
    context = CredentialContext(**asked["context"])
    return sealed_line(found.secret(number, context), context, find_public(keys), find_recovery(keys))


def _read(source: Line, *, alone: bool) -> list[Entry]:
    """Read one source; one of several that cannot be read is told beside the others, and no error."""
    try:
        if source["reason"]:
            raise BadInput(f"{source['name']} {source['reason']}", "look at its mode")
        if os.isatty(source["descriptor"]):
            raise BadInput("standard input is a terminal, which would show the token", "pipe the file in")
        with os.fdopen(source["descriptor"], "rb") as file:
            return _named(source["name"], file.read(MOST_BYTES + 1))
    except BadInput as error:
        if alone:
            raise
        return [Entry("", "unreadable", reason=error.message)]


def _named(name: str, content: bytes) -> list[Entry]:
    try:
        return entries(content)
    except BadInput as error:
        raise BadInput(f"{name} is no file of logins: {error.message}", error.hint) from None


if __name__ == "__main__":
    run(lambda: main(sys.argv[1]), _NAMED)
