"""Which registries may be used: none that is being deleted, and for a container none without credentials."""

from typing import TYPE_CHECKING

from bahriya_tui.model.errors import Failed, InUse
from bahriya_tui.model.registry import Registry, refuse_deleting
from bahriya_tui.store import history, registries

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def kept_registry(c: "Connection", project: str, handle: str) -> Registry:
    """Find a registry to use or change in any way; `InUse` while it is being deleted."""
    registry = registries.get(c, project, handle)
    refuse_deleting(registry)
    return registry


def usable_registry(c: "Connection", project: str, handle: str) -> Registry:
    """Find a registry to link to or deploy with; before its first credentials were accepted there is none.

    `InUse` while they are being read or checked, `Failed` while nobody gives any.
    """
    registry = kept_registry(c, project, handle)
    if registry.version == 0:
        what = f"registry {handle} has no credentials yet"
        if any(one.state == "reserved" for one in history.all(c, registry.id)):
            raise InUse(what, "it is being added; try again afterwards")
        raise Failed(what, f"bahriya registry rotate {handle}")
    return registry
