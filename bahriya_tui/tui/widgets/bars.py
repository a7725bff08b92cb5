"""The line at the top says where one is, the line at the bottom what the keys do here."""

from typing import TYPE_CHECKING, cast

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from bahriya_tui.tui import keys
from bahriya_tui.tui.present import top
from bahriya_tui.tui.present.text import literal

if TYPE_CHECKING:
    from bahriya_tui.tui.app import BahriyaApp


class TopBar(Widget):
    """The project, the screens by number and what is being done at this moment."""

    project = reactive("")
    busy = reactive("")

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def render(self) -> RenderResult:
        """Draw the line, as much of it as there is room for: the screen one is on is always named."""
        told = "   read-only" if cast("BahriyaApp", self.app).look.read_only else ""
        told += f"   … {literal(self.busy)}" if self.busy else ""
        return Content.assemble(*top.line(self.mode, self.project, self.size.width, told))


class KeyBar(Widget):
    """Every key that does something here and now."""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """Draw `key label` for each, as many as fit; the rest is behind `?`, which always has its place."""
        read_only = cast("BahriyaApp", self.app).look.read_only
        labels: dict[str, str] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and not (read_only and keys.changes(active.binding.action)):
                labels.setdefault(active.binding.description, self.app.get_key_display(active.binding))
        room, parts = self.size.width - 2, [Content("  ")]
        if "Help" in labels:
            room -= len(labels["Help"]) + len("Help ")
        for label, key in labels.items():
            room -= 0 if label == "Help" else len(key) + len(label) + 3
            if room >= 0 and label != "Help":
                parts.append(_drawn(key, label))
        if "Help" in labels:
            parts.append(_drawn(labels["Help"], "Help"))
        return Content("").join(parts)


def _drawn(key: str, label: str) -> Content:
    return Content.assemble((key, "bold $accent"), (f" {label}  ", "$text-muted"))
