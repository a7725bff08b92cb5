"""The line at the top says where one is, the line at the bottom what the keys do here."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from bahriya_tui.tui.present.text import literal

MODES = (
    ("registries", "Registries"),
    ("containers", "Containers"),
    ("regions", "Regions"),
    ("deployments", "Deployments"),
)


class TopBar(Widget):
    """The project, the four screens and what is being done at this moment."""

    project = reactive("")
    busy = reactive("")

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def render(self) -> RenderResult:
        """Draw the line; the screen one is on is marked by shape as well as by colour."""
        parts: list[Content | str | tuple[str, str]] = [("  Bahriya ", "bold $accent")]
        parts.append((f" {literal(self.project) or 'no project'}  ", "$text-muted"))
        for number, (mode, title) in enumerate(MODES, 1):
            here = mode == self.mode
            parts.append((f" {number} ", "bold $accent" if here else "$text-muted"))
            parts.append((title, "bold underline $foreground" if here else "$text-muted"))
            parts.append(" ")
        if self.busy:
            parts.append((f"   … {literal(self.busy)}", "$warning"))
        return Content.assemble(*parts)


class KeyBar(Widget):
    """Every key that does something here and now."""

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        """Draw `key label` for each, as many as fit; the rest is behind `?`, which always has its place."""
        labels: dict[str, str] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show:
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
