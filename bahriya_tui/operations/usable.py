"""Which registries a container may be linked to."""

from typing import TYPE_CHECKING

from bahriya_tui.model.errors import InUse
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from sqlite3 import Connection


def usable_registry(c: "Connection", project: str, handle: str) -> Registry:
    """Find a registry to link to; `InUse` while its first credentials have not been accepted."""
    registry = registries.get(c, project, handle)
    if registry.version == 0:
        raise InUse(f"registry {handle} has no credentials yet", "it is being added; try again afterwards")
    return registry
