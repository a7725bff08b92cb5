"""Refuses to deploy what would pull with a token that has ended already."""

from typing import TYPE_CHECKING

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Spec
from bahriya_tui.model.ecr import refuse_ended
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from sqlite3 import Connection


def refuse_ended_tokens(c: "Connection", container: Container, *, renewing: str = "") -> None:
    """Raise `Failed` where a registry of the container, or of an init job of it, holds such a token.

    Not where its handle is `renewing`: that one gets another token before.
    """
    for id_ in sorted(container.registries):
        registry = registries.by_id(c, id_)
        for version in registries.versions(c, id_):
            if registry is None or registry.handle == renewing:
                continue
            if version.version == registry.version:
                refuse_ended(registry.handle, version, now())


def refuse_ended_pulls(c: "Connection", spec: Spec) -> None:
    """Raise `Failed` where `spec` names a version, of then or of now, that is such a token."""
    for pull in spec.pulls:
        for version in registries.versions(c, pull.registry_id):
            if version.version == pull.version:
                refuse_ended(pull.registry, version, now())
