"""Ask the worker whether a registry takes a credential, and for which images it does."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bahriya_tui.model.check import CheckResult, ImageResult, RateLimit, Step, sentence
from bahriya_tui.model.checked import Checked, not_repeated, rejected_since
from bahriya_tui.model.clock import now
from bahriya_tui.model.connection import ConnectionSettings
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.image import parse
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.validate import image_reference
from bahriya_tui.operations import waiting
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import checks, containers

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

TIMEOUT = 120.0
"""Seconds to wait for the worker; the check itself has a shorter deadline of its own."""


def check_registry(
    s: Session, project: str, handle: str, images: Sequence[str] | None = None, *, again: bool = False
) -> Checked:
    """Check the current version of a registry, by default with the images of the containers linked to it.

    A version that was rejected before is not sent to the registry once more unless `again` says so.
    """
    registry = _checkable(s, project, handle)
    return ask(s, registry, registry.version, _wanted(s, registry, images), again=again)


def check_registries(
    s: Session,
    project: str,
    handles: Sequence[str],
    images: Sequence[str] | None = None,
    *,
    again: bool = False,
) -> Iterator[Checked]:
    """Check several registries at the same time; gives each as soon as it has ended.

    Raises before anything is asked where one cannot be checked, and in the end `Failed` naming those that
    did not end in time.
    """
    registries = [_checkable(s, project, handle) for handle in dict.fromkeys(handles)]
    wanted = [_wanted(s, registry, images) for registry in registries]
    waiting_for: dict[int, Registry] = {}
    for registry, tried in zip(registries, wanted, strict=True):
        begun = _begin(s, registry, registry.version, tried, None, again)
        if isinstance(begun, Checked):
            yield begun
        else:
            waiting_for[begun] = registry
    for _ in waiting.changes(s, TIMEOUT) if waiting_for else ():
        for number in [one for one in waiting_for if checks.get(s.connection, one).state == "done"]:
            yield _answer(s, waiting_for.pop(number), number)
        if not waiting_for:
            return
    if waiting_for:
        raise _late(s, [one.handle for one in waiting_for.values()])


def linked_images(s: Session, registry: Registry) -> list[str]:
    """List the images that containers and their init jobs pull with `registry`, each once."""
    linked = containers.linked_to(s.connection, registry.id)
    return list(dict.fromkeys(image for one in linked for image in one.images_from(registry.id)))


def ask(
    s: Session,
    registry: Registry,
    version: int,
    images: list[str],
    settings: ConnectionSettings | None = None,
    *,
    again: bool = False,
) -> Checked:
    """Queue a check of one version and wait for the worker's answer; `Failed` when none comes in time.

    `settings` are tried in place of those of the registry. A version that was rejected before is answered
    from memory, unless `again` says that it may be sent once more.
    """
    begun = _begin(s, registry, version, images, settings, again)
    if isinstance(begun, Checked):
        return begun
    if not waiting.until(s, lambda: checks.get(s.connection, begun).state == "done", TIMEOUT):
        raise _late(s, [registry.handle])
    return _answer(s, registry, begun)


def remembered(c: "Connection", registry: Registry, version: int) -> Checked | None:
    """Give the rejection of a version that stands, as it was answered last; None where none does."""
    known = checks.of_version(c, registry.id, version)
    since = rejected_since((one.finished_at or "", str((one.result or {}).get("login"))) for one in known)
    if since is None:
        return None
    last = [one for one in known if (one.result or {}).get("login") == "rejected"][-1]
    result = read_result(last.result or {})
    return Checked(registry.handle, version, last.finished_at or "", result, since)


def refusal(checked: Checked) -> str:
    """Say why a version cannot count: what the registry said, and since when it is not asked again."""
    return "; ".join(filter(None, (sentence(checked.result), not_repeated(checked))))


def _checkable(s: Session, project: str, handle: str) -> Registry:
    registry = kept_registry(s.connection, project, handle)
    if registry.version == 0:
        raise Failed(f"registry {handle} has no credentials yet", f"bahriya registry rotate {handle}")
    return registry


def _wanted(s: Session, registry: Registry, images: Sequence[str] | None) -> list[str]:
    return linked_images(s, registry) if images is None else [image_reference(image) for image in images]


def _begin(
    s: Session,
    registry: Registry,
    version: int,
    images: list[str],
    settings: ConnectionSettings | None,
    again: bool,
) -> Checked | int:
    """Give the number of a check to wait for, or what is known without one."""
    known = None if again else remembered(s.connection, registry, version)
    if known is not None:
        return known
    with s.store.write() as tx:
        return checks.request(tx, registry.id, version, images, now(), s.actor, settings)


def _answer(s: Session, registry: Registry, number: int) -> Checked:
    done = checks.get(s.connection, number)
    return Checked(registry.handle, done.version, done.finished_at or "", read_result(done.result or {}))


def _late(s: Session, handles: Sequence[str]) -> Failed:
    names = f"registry {handles[0]}" if len(handles) == 1 else f"registries {', '.join(handles)}"
    return Failed(f"the check of {names} did not end within {TIMEOUT:.0f} s", f"look into {s.places.logs}")


def read_result(stored: dict[str, Any]) -> CheckResult:
    """Read a result as it stands in the store."""
    images = tuple(
        ImageResult(parse(_reference(one["image"])), one["verdict"], one["reason"], one.get("public", False))
        for one in stored.get("images", ())
    )
    limit = stored.get("limit")
    return CheckResult(
        stored["login"],
        stored["reason"],
        images,
        tuple(Step(**step) for step in stored.get("steps", ())),
        RateLimit(**limit) if limit else None,
        stored.get("origin", ""),
        stored.get("can_push"),
        stored.get("certificate_days"),
        stored.get("repeats"),
    )


def _reference(image: str | dict[str, Any]) -> str:
    return image if isinstance(image, str) else str(image["input"])
