"""What of a project's registries needs somebody: credentials that end soon, that fail, or could be better.

Read from the store; no registry is asked, so that looking every few minutes locks nobody out.
"""

from dataclasses import dataclass, replace

from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.expiry import Due, Span, due
from bahriya_tui.model.image import parse
from bahriya_tui.model.lint import Advice
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations import reentry, vault
from bahriya_tui.operations.check import linked_images, read_result
from bahriya_tui.operations.lint import lint_registries
from bahriya_tui.operations.session import Session
from bahriya_tui.store import checks, history, registries


@dataclass(frozen=True, slots=True)
class Ending:
    """A registry whose credentials end within the time that was asked for, or have ended."""

    registry: Registry
    due: Due


@dataclass(frozen=True, slots=True)
class Failing:
    """A registry whose credentials are of no use, as far as is known."""

    registry: Registry
    reason: str
    since: str | None
    """When a check found that; None where it was not a check."""


@dataclass(frozen=True, slots=True)
class Attention:
    """All of a project that needs somebody."""

    ending: tuple[Ending, ...]
    """The soonest first."""
    failing: tuple[Failing, ...]
    advice: tuple[Advice, ...]


def look(s: Session, project: str, within: Span, now: str) -> Attention:
    """Look at all registries of a project."""
    near = ending(s, project, within, now)
    return Attention(tuple(near), tuple(_failing(s, project)), tuple(lint_registries(s.connection, project)))


def ending(s: Session, project: str, within: Span, now: str) -> list[Ending]:
    """List the registries of a project whose credentials end within so long, soonest first."""
    versions = history.current(s.connection, project)
    known = [(one, due(one, versions.get(one.id))) for one in registries.all(s.connection, project)]
    near = [Ending(one, end) for one, end in known if end is not None and end.within(within.seconds, now)]
    return sorted(near, key=lambda one: one.due.at)


def _failing(s: Session, project: str) -> list[Failing]:
    unreadable = reentry.reasons(s.connection, project)
    keys = vault.status(s)
    keyless = keys.key_id is not None and keys.private_key == "missing"
    found = []
    for one in (one for one in registries.all(s.connection, project) if not one.deleting):
        reason = unreadable.get((one.id, one.version))
        last = checks.last(s.connection, one.id)
        if one.version == 0:
            found.append(Failing(one, f"has no token yet: bahriya registry rotate {one.handle}", None))
        elif reason is not None:
            found.append(Failing(one, f"needs re-entry: {reason}", None))
        elif keyless:
            found.append(Failing(one, "the vault's private key is missing: bahriya vault recover", None))
        elif last is not None and last.result is not None:
            result = _of_linked(s, one, read_result(last.result))
            if result.refused:
                found.append(Failing(one, sentence(result), last.finished_at))
    return found


def _of_linked(s: Session, registry: Registry, result: CheckResult) -> CheckResult:
    """Leave out the images that no container pulls: somebody has only tried them."""
    linked = {parse(image).normalised for image in linked_images(s, registry)}
    return replace(result, images=tuple(one for one in result.images if one.image.normalised in linked))
