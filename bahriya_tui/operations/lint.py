"""Advice on the registries of a project, from what is in the store; nobody is asked anything."""

from typing import TYPE_CHECKING

from bahriya_tui.model import clock
from bahriya_tui.model.lint import Advice, Picture, Subject, advise
from bahriya_tui.model.registry import CredentialVersion, Registry
from bahriya_tui.store import audit, checks, containers, history, registries, secrets
from bahriya_tui.store.driver import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bahriya_tui.store.checks import Check


def lint_registries(c: Connection, project: str) -> list[Advice]:
    """Apply every rule to every registry of a project, as of now."""
    known = registries.all(c, project)
    latest = {one.id: checks.last(c, one.id) for one in known}
    links = {one.id: linked for one in known if (linked := containers.linked_to(c, one.id))}
    placed = {one.registry_id for one in secrets.applied(c, project=project)}
    return advise(Picture(subjects(c, known, latest), links, placed), clock.now())


def subjects(
    c: Connection, known: "Sequence[Registry]", latest: "Mapping[str, Check | None]"
) -> tuple[Subject, ...]:
    """Put together what the rules look at: the `known` registries of one project with their latest checks.

    Those without credentials are left out; one that is being deleted has none any more.
    """
    if not known:
        return ()
    versions, pulled = history.current(c, known[0].project), audit.last_deployments(c, known[0].project)
    return tuple(
        _subject(c, one, versions[one.id], latest.get(one.id), pulled.get(one.handle))
        for one in known
        if one.id in versions
    )


def _subject(
    c: Connection, one: Registry, version: CredentialVersion, last: "Check | None", pulled_at: str | None
) -> Subject:
    result = (last.result if last is not None else None) or {}
    return Subject(
        one,
        version,
        result,
        # A login that is rejected pulls nothing: what is public may be known from before.
        _public(c, one) if result.get("login") == "rejected" else frozenset(),
        pulled_at,
    )


def _public(c: Connection, one: Registry) -> frozenset[str]:
    """Name the images that could be pulled without a login when that was last seen."""
    public: dict[str, bool] = {}
    for check in checks.recent(c, one.id):
        for found in (check.result or {}).get("images", ()):
            image = found["image"]
            if found.get("public") or found["verdict"] in ("ok", "public"):
                name = image if isinstance(image, str) else image["input"]
                public.setdefault(name, found["verdict"] != "ok")
    return frozenset(name for name, known in public.items() if known)
