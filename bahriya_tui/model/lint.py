"""Advice on registries: what works today and costs a night later. A rule looks at one and says what to do.

Everything a rule needs was read before. A registry that is being deleted, or that never had credentials, is
none of its subjects.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bahriya_tui.model import clock, expiry
from bahriya_tui.model.container import Container
from bahriya_tui.model.expiry import Due
from bahriya_tui.model.finding import State, listed
from bahriya_tui.model.providers import provider_of
from bahriya_tui.model.registry import CredentialVersion, Registry

RuleId = Literal["expired-linked", "breaks-public", "push-rights", "personal-token", "same-server", "unused"]
UNUSED_SECONDS = 90 * 86400
_NAMED = 5
"""So many containers or registries are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One registry, with what is known of it besides."""

    registry: Registry
    version: CredentialVersion
    """The current one."""
    result: Mapping[str, Any] = field(default_factory=dict)
    """The last check of that version, as it is stored; empty before the first."""
    public: frozenset[str] = frozenset()
    """Images of linked containers that a check found to be public."""
    pulled_at: str | None = None
    """When a deployment last pulled with it."""

    due: Due | None = field(init=False)
    """When its credentials end."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "due", expiry.due(self.registry, self.version))


@dataclass(frozen=True, slots=True)
class Advice:
    """What could be better about one registry."""

    rule: RuleId
    registry: str
    """Its handle."""
    state: State
    """`bad` where something fails already, else `attention`."""
    sentence: str
    advice: str
    """One sentence: what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The registries of a project, and what uses them."""

    subjects: Sequence[Subject]
    links: Mapping[str, Sequence[Container]]
    """Registry id to the containers linked to it, if only by an init job."""
    placed: Collection[str]
    """Ids of registries with a pull secret in some region."""
    by_server: dict[str, list[str]] = field(init=False)
    """Server to the handles of its registries."""

    def __post_init__(self) -> None:
        by_server: dict[str, list[str]] = {}
        for one in self.subjects:
            by_server.setdefault(one.registry.server, []).append(one.registry.handle)
        object.__setattr__(self, "by_server", by_server)


def advise(picture: Picture, now: str, registry_id: str | None = None) -> list[Advice]:
    """Apply every rule to every registry of a project, or to one of them."""
    looked = [one for one in picture.subjects if registry_id in (None, one.registry.id)]
    return [found for one in looked for rule in _RULES for found in rule(one, picture, now)]


def _expired_linked(one: Subject, picture: Picture, now: str) -> Iterator[Advice]:
    users, due = picture.links.get(one.registry.id, ()), one.due
    if users and due is not None and due.past(now):
        handle, ended = one.registry.handle, f"{expiry.left(due.at, now)} ({due.source})"
        yield Advice(
            "expired-linked",
            handle,
            "bad",
            f"the credentials of {handle} {ended}, and {_names([user.handle for user in users])}"
            f" {'pulls' if len(users) == 1 else 'pull'} with them",
            f"rotate it: bahriya registry rotate {handle}",
        )


def _breaks_public(one: Subject, picture: Picture, now: str) -> Iterator[Advice]:  # noqa: ARG001
    # A node that has a pull secret for an image uses it, and is refused what anybody else may have.
    users, id_ = picture.links.get(one.registry.id, ()), one.registry.id
    hurt = [user.handle for user in users if one.public.intersection(user.images_from(id_))]
    if hurt and one.result.get("login") == "rejected":
        handle = one.registry.handle
        yield Advice(
            "breaks-public",
            handle,
            "bad",
            f"the credentials of {handle} are rejected, which breaks public pulls too: those of"
            f" {_names(hurt)}",
            f"unlink it where the image is public, or rotate it: bahriya registry rotate {handle}",
        )


def _push_rights(one: Subject, picture: Picture, now: str) -> Iterator[Advice]:  # noqa: ARG001
    if one.result.get("can_push"):
        yield Advice(
            "push-rights",
            one.registry.handle,
            "attention",
            f"the token of {one.registry.handle} may push, and pulling is all that regions need",
            "rotate to one that may only pull: whoever gets hold of this one can change your images",
        )


def _personal_token(one: Subject, picture: Picture, now: str) -> Iterator[Advice]:  # noqa: ARG001
    instead = _instead(one.version)
    if instead:
        handle, user = one.registry.handle, one.version.username
        yield Advice(
            "personal-token",
            handle,
            "attention",
            f"registry {handle} pulls with what belongs to one user, {user}: it is gone when that user is",
            f"where {user} is a person, rotate to {instead}",
        )


def _same_server(one: Subject, picture: Picture, now: str) -> Iterator[Advice]:  # noqa: ARG001
    server = one.registry.server
    others = [handle for handle in picture.by_server[server] if handle != one.registry.handle]
    if others:
        yield Advice(
            "same-server",
            one.registry.handle,
            "attention",
            f"registry {one.registry.handle} is for the same server as {_names(others)}: {server}",
            "keep one and link the containers to it; where both are needed, name them for what they are for",
        )


def _unused(one: Subject, picture: Picture, now: str) -> Iterator[Advice]:
    id_ = one.registry.id
    used_at = max(one.registry.created_at, one.registry.updated_at, one.pulled_at or "")
    idle = int(clock.seconds_between(used_at, now))
    if id_ not in picture.links and id_ not in picture.placed and idle >= UNUSED_SECONDS:
        handle = one.registry.handle
        yield Advice(
            "unused",
            handle,
            "attention",
            f"registry {handle} has been of no use for {clock.length(idle)}: no container is linked to it,"
            " and no deployment pulled with it",
            f"delete it: bahriya registry delete {handle}",
        )


_RULES: tuple[Callable[[Subject, Picture, str], Iterator[Advice]], ...] = (
    _expired_linked,
    _breaks_public,
    _push_rights,
    _personal_token,
    _same_server,
    _unused,
)
"""The most pressing first."""

_GITLAB_BOT = re.compile(r"(project|group)_[0-9]+_bot(_\w+)?", re.ASCII)
"""Users that GitLab makes for project and group access tokens, whose shape is that of personal ones."""


def _instead(version: CredentialVersion) -> str:
    """Say what to use instead of a token that belongs to a person; empty where it belongs to none."""
    kind, name = version.token_kind, version.username
    provider = provider_of(version.server, name).id
    if kind == "github-classic":
        return "the token of an account that no person uses, with read:packages alone"
    if kind == "gitlab-personal" and not _GITLAB_BOT.fullmatch(name):
        return "a deploy token of the project or group, with read_registry"
    if kind == "docker-personal":
        return "an organisation access token that may only pull, where the plan has them"
    if provider == "quay" and "+" not in name and not name.startswith("$"):
        return "a robot account of the organisation: its name is written org+robot"
    if provider == "harbor" and "$" not in name:
        return "a robot account of the project: its name begins with robot$"
    return ""


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return listed([*names[:_NAMED], f"{more} more"] if more > 0 else list(names))
