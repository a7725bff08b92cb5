"""Logins that others keep, in files or in regions, and what becomes of each when it is taken as a registry.

Holds nothing of a secret: whoever reads one tells only what is here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.model.handle import HANDLE_LENGTH, check_handle
from bahriya_tui.model.providers import provider_of
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import normalise

LoginKind = Literal["login", "helper", "identity token", "unreadable"]
Fate = Literal["new", "there", "refused"]
_WITH_ONE_SERVER = ("docker-hub", "ghcr", "gitlab", "quay", "digitalocean")
"""Providers whose short name says which server is meant."""


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """One login that was found, without its secret."""

    number: int
    """By which the process that read it knows it again."""
    source: str
    """Where it is: a file, standard input, a secret of a region."""
    key: str
    """Under which it stands there, as it is written there."""
    kind: LoginKind
    server: str = ""
    """`host[:port]` as a registry has it; empty where the key names none."""
    username: str = ""
    """Empty for a helper that was not run yet."""
    helper: str = ""
    """Absolute path of the program that has to be run for it; empty where none has to."""
    reason: str = ""
    """Why it cannot be taken; empty where it can."""
    notes: tuple[str, ...] = ()
    """Sentences about what was repaired."""

    @property
    def words(self) -> str:
        """Say in a few words who logs in where."""
        where = self.server or self.key or self.source
        return f"{self.username} at {where}" if self.username else where


@dataclass(frozen=True, slots=True)
class ForeignSecret:
    """A pull secret in a region that somebody else made; known by its metadata alone."""

    region: str
    namespace: str
    name: str
    type: str
    created_at: str

    @property
    def path(self) -> str:
        """Name it as `--secret` does."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to become of one login."""

    login: FoundLogin
    fate: Fate
    handle: str
    """Of the registry that would be added, or that is there already; empty for a refused one."""
    reason: str = ""
    """Why it is not taken."""


def found_login(line: Mapping[str, Any]) -> FoundLogin:
    """Read one from JSON; `KeyError` or `TypeError` for anything else."""
    return FoundLogin(**{**line, "notes": tuple(line["notes"])})


def plan(
    found: Iterable[FoundLogin], known: Sequence[Registry], handles: Mapping[str, str] | None = None
) -> list[Planned]:
    """Say what becomes of each login in a project with the registries `known`.

    `handles` are chosen by server; the others are made from it. `BadInput` for a handle that is not free.
    """
    chosen = dict(handles or {})
    used = {one.handle for one in known}
    seen: dict[tuple[str, str], str] = {}
    planned: list[Planned] = []
    for login in found:
        of = (login.server, login.username or login.helper)
        if login.reason:
            planned.append(Planned(login, "refused", "", login.reason))
        elif there := registry_of(login, known):
            planned.append(Planned(login, "there", there.handle, already(there)))
        elif of in seen:
            planned.append(Planned(login, "refused", "", f"it was found before, in {seen[of]}"))
        else:
            seen[of] = login.source
            handle = _chosen(chosen.pop(login.server, ""), used) or _free(propose(login.server), used)
            used.add(handle)
            planned.append(Planned(login, "new", handle))
    return planned


def narrowed(found: Sequence[FoundLogin], servers: Sequence[str]) -> list[FoundLogin]:
    """Keep the logins of these servers, or those under these very keys; `NotFound` for one without any."""
    if not servers:
        return list(found)
    kept: list[FoundLogin] = []
    for text in servers:
        ones = [one for one in found if one.key == text] or _at(found, text)
        if not ones:
            there = ", ".join(dict.fromkeys(one.server or one.key for one in found)) or "none"
            raise NotFound(f"no login for {normalise(text).host} was found", f"there is {there}")
        kept += [one for one in ones if one not in kept]
    return [one for one in found if one in kept]


def registry_of(login: FoundLogin, known: Iterable[Registry]) -> Registry | None:
    """Give the registry that has this login already, whatever its token."""
    if not login.username:
        return None
    return next((one for one in known if (one.server, one.username) == (login.server, login.username)), None)


def already(registry: Registry) -> str:
    """Say why a login is not taken that a registry has already."""
    return (
        f"registry {registry.handle} has it; another token is a new version: "
        f"bahriya registry rotate {registry.handle}"
    )


def propose(server: str) -> str:
    """Make a handle of a server: the short name of a provider with just one, or the host with hyphens."""
    provider = provider_of(server)
    if provider.id in _WITH_ONE_SERVER:
        return provider.id
    return re.sub(r"[^a-z0-9]+", "-", server.lower()).strip("-")[:HANDLE_LENGTH].strip("-") or "registry"


def _at(found: Sequence[FoundLogin], text: str) -> list[FoundLogin]:
    server = normalise(text).host
    return [one for one in found if one.server == server]


def _chosen(handle: str, used: set[str]) -> str:
    if handle and check_handle("registry", handle) in used:
        raise BadInput(f"registry {handle} exists already", "choose another handle")
    return handle


def _free(handle: str, used: set[str]) -> str:
    if handle not in used:
        return handle
    number = 2
    while (numbered := f"{handle[: HANDLE_LENGTH - 4].rstrip('-')}-{number}") in used:
        number += 1
    return numbered
