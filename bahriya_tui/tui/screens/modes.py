"""The lists, in the order of their number keys."""

from collections.abc import Callable

from textual.screen import Screen

from bahriya_tui.tui.screens.audit import Audit
from bahriya_tui.tui.screens.containers import Containers
from bahriya_tui.tui.screens.deployments import Deployments
from bahriya_tui.tui.screens.regions import Regions
from bahriya_tui.tui.screens.registries import Registries
from bahriya_tui.tui.screens.security import Security

MODES: dict[str, str | Callable[[], Screen[None]]] = {
    one.MODE: one for one in (Registries, Containers, Regions, Deployments, Audit, Security)
}
"""Each screen by the name of its mode."""
