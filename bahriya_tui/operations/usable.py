"""Which registries may be used: none that is being deleted, and for a container none without credentials."""

from typing import TYPE_CHECKING

from bahriya_tui.model.errors import InUse
from bahriya_tui.model.registry import Registry, refuse_deleting
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def kept_registry(c: "Connection", project: str, handle: str) -> Registry:
    """Find a registry to use or change in any way; `InUse` while it is being deleted."""
    registry = registries.get(c, project, handle)
    refuse_deleting(registry)
    return registry


def usable_registry(c: "Connection", project: str, handle: str) -> Registry:
    """Find a registry to link to or deploy with; `InUse` also before its first credentials were accepted."""
    registry = kept_registry(c, project, handle)
    if registry.version == 0:
        raise InUse(f"registry {handle} has no credentials yet", "it is being added; try again afterwards")
    return registry
