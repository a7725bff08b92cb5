"""The lists, in the order of their number keys; each is loaded when it is first shown, the first at once."""

from collections.abc import Callable

from textual.screen import Screen

from bahriya_tui.tui.screens.registries import Registries


def _containers() -> Screen[None]:
    from bahriya_tui.tui.screens.containers import Containers

    return Containers()


def _regions() -> Screen[None]:
    from bahriya_tui.tui.screens.regions import Regions

    return Regions()


def _deployments() -> Screen[None]:
    from bahriya_tui.tui.screens.deployments import Deployments

    return Deployments()


def _audit() -> Screen[None]:
    from bahriya_tui.tui.screens.audit import Audit

    return Audit()


def _security() -> Screen[None]:
    from bahriya_tui.tui.screens.security import Security

    return Security()


MODES: dict[str, str | Callable[[], Screen[None]]] = {
    "registries": Registries,
    "containers": _containers,
    "regions": _regions,
    "deployments": _deployments,
    "audit": _audit,
    "security": _security,
}
"""Each screen by the name of its mode."""
