"""Ask the worker whether a registry takes a credential, and for which images it does."""

from collections.abc import Sequence
from typing import Any

from bahriya_tui.model.check import CheckResult, ImageResult, RateLimit, Step
from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.image import parse
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.validate import image_reference
from bahriya_tui.operations import waiting
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import checks, containers

TIMEOUT = 120.0
"""Seconds to wait for the worker; the check itself has a shorter deadline of its own."""


def check_registry(s: Session, project: str, handle: str, images: Sequence[str] | None = None) -> CheckResult:
    """Check the current version of a registry, by default with the images of the containers linked to it."""
    registry = kept_registry(s.connection, project, handle)
    if registry.version == 0:
        raise Failed(f"registry {handle} has no credentials yet", f"bahriya registry rotate {handle}")
    wanted = linked_images(s, registry) if images is None else [image_reference(image) for image in images]
    return ask(s, registry, registry.version, wanted)


def linked_images(s: Session, registry: Registry) -> list[str]:
    """List the images that containers and their init jobs pull with `registry`, each once."""
    linked = containers.linked_to(s.connection, registry.id)
    return list(dict.fromkeys(image for one in linked for image in one.images_from(registry.id)))


def ask(s: Session, registry: Registry, version: int, images: list[str]) -> CheckResult:
    """Queue a check of one version and wait for the worker's answer; `Failed` when none comes in time."""
    with s.store.write() as tx:
        number = checks.request(tx, registry.id, version, images, now(), s.actor)
    done = waiting.until(s, lambda: checks.get(s.connection, number).state == "done", TIMEOUT)
    result = checks.get(s.connection, number).result
    if not done or result is None:
        raise Failed(
            f"the check of registry {registry.handle} did not end within {TIMEOUT:.0f} s",
            f"look into {s.places.logs}",
        )
    return read_result(result)


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
    )


def _reference(image: str | dict[str, Any]) -> str:
    return image if isinstance(image, str) else str(image["input"])
