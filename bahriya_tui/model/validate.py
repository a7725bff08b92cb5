"""What the fields of registries and containers may hold; a rule gives the value back or says what is wrong.

Images, servers and handles have rules of their own (`image`, `server`, `handle`).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from bahriya_tui.model import schedule as schedules
from bahriya_tui.model.container import TYPES, ContainerType
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import parse, require_version
from bahriya_tui.model.registry import FEWEST_VERSIONS, MOST_VERSIONS

TEXT_LENGTH = 200
"""Longest display name, city, country or user name."""
MAX_REPLICAS = 1000
DEFAULT_PORT = 80
"""Port of an http container that names none."""
ENV_LENGTH = 32768
"""Longest value of an environment variable, in bytes."""
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)


def display_text(field: str, text: str) -> str:
    """Check a text that is only shown: short, and something the store can keep."""
    if len(text) > TEXT_LENGTH:
        raise BadInput(f"{field} is {len(text)} characters long", f"at most {TEXT_LENGTH} fit")
    if "\0" in text or not _is_utf8(text):
        raise BadInput(f"{field} is not readable text", "write it in UTF-8, without zero bytes")
    return text


def username(text: str) -> str:
    """Check a registry's user name; a colon would end it in HTTP Basic authentication (RFC 7617)."""
    display_text("user name", text)
    if not text.strip():
        raise BadInput("no user name was given", "write --username with the account or token name")
    if ":" in text or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise BadInput(
            "the user name holds a colon or a control character", "registries cannot receive such a name"
        )
    return text


def expiry(text: str) -> str:
    """Check a declared expiry: a calendar date such as `2027-01-31`."""
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(f"expiry {text[:40]!r} is no date", "write it as 2027-01-31") from None


def image_reference(text: str) -> str:
    """Check an image to deploy: a valid reference that carries a tag or a digest."""
    return require_version(parse(text)).input


def container_type(text: str) -> ContainerType:
    """Check a container's type."""
    for known in TYPES:
        if text == known:
            return known
    raise BadInput(f"container type {text[:40]!r} is unknown", f"choose one of: {', '.join(TYPES)}")


def schedule(kind: ContainerType, text: str | None) -> str | None:
    """Check when a container of this type runs: a cronjob needs to be told, the others run all the time."""
    if kind != "cronjob":
        if text is not None:
            raise BadInput(f"a container of type {kind} has no schedule", "leave it out, or use type cronjob")
        return None
    if text is None:
        raise BadInput("a cronjob needs a schedule", "name one with --schedule, such as '*/5 * * * *'")
    return schedules.parse(text).text


def replicas(kind: ContainerType, number: int) -> int:
    """Check a number of replicas; a cronjob starts one pod at a time."""
    if kind == "cronjob" and number != 1:
        raise BadInput(
            f"a container of type cronjob has no replicas, but {number} were asked for",
            "leave them out: each time it is due, one pod runs to its end",
        )
    if not 1 <= number <= MAX_REPLICAS:
        raise BadInput(f"{number} replicas cannot be run", f"choose a number from 1 to {MAX_REPLICAS}")
    return number


def max_versions(number: int) -> int:
    """Check how many versions of a registry's credentials are to be kept."""
    if not FEWEST_VERSIONS <= number <= MOST_VERSIONS:
        raise BadInput(
            f"{number} versions cannot be kept",
            f"choose a number from {FEWEST_VERSIONS} to {MOST_VERSIONS}",
        )
    return number


def port(kind: ContainerType, number: int | None) -> int | None:
    """Give the port that a container of this type serves: `DEFAULT_PORT` where an http one names none."""
    if kind != "http":
        if number is not None:
            raise BadInput(f"a container of type {kind} has no port", "leave out the port, or use type http")
        return None
    if number is not None and not 1 <= number <= 65535:
        raise BadInput(f"port {number} does not exist", "choose a number from 1 to 65535")
    return DEFAULT_PORT if number is None else number


def env(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Check environment variables: names that Kubernetes takes, each once."""
    known: dict[str, str] = {}
    for name, value in pairs:
        if not _ENV_NAME.fullmatch(name):
            hint = "use letters, digits, '_', '-' and '.', and start with a letter or '_'"
            raise BadInput(f"environment variable {name[:60]!r} has no valid name", hint)
        if name in known:
            raise BadInput(f"environment variable {name!r} is given twice", "give it once")
        if "\0" in value or not _is_utf8(value) or len(value.encode()) > ENV_LENGTH:
            raise BadInput(
                f"environment variable {name!r} has a value that cannot be passed",
                f"it must be UTF-8 of at most {ENV_LENGTH} bytes, without zero bytes",
            )
        known[name] = value
    return tuple(known.items())


def command(name: str, text: str) -> tuple[str, ...]:
    """Read the command of an init job as a shell would split it; nothing is expanded."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError:
        raise BadInput(f"the command of init job {name} has a quote that is not closed", "close it") from None
    if any("\0" in word or not _is_utf8(word) for word in words):
        raise BadInput(f"the command of init job {name} cannot be passed", "write it in UTF-8")
    return tuple(words)


def active_regions(ids: Sequence[str]) -> tuple[str, ...]:
    """Check the regions of a container: at least one, each once; whether they exist is the store's to say."""
    if not ids:
        raise BadInput("a container needs at least one region", "name one with --region")
    return tuple(dict.fromkeys(ids))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
