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
    ("audit", "Audit"),
)


class TopBar(Widget):
    """The project, the five lists and what is being done at this moment."""

    project = reactive("")
    busy = reactive("")

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def render(self) -> RenderResult:
        """Draw the line; the screen one is on is marked by shape as well as by colour."""
        parts: list[Content | str | tuple[str, str]] = [("  Bahriya ", "bold $accent")]
        parts.append((f" {self._project()} ", "$text-muted"))
        for number, (mode, title) in enumerate(MODES, 1):
            here = mode == self.mode
            parts.append((f" {number} ", "bold $accent" if here else "$text-muted"))
            parts.append((title, "bold underline $foreground" if here else "$text-muted"))
        if self.busy:
            parts.append((f"   … {literal(self.busy)}", "$warning"))
        return Content.assemble(*parts)

    def _project(self) -> str:
        """Give the project's name, cut where the screens' names would not fit beside it."""
        name = literal(self.project) or "no project"
        room = max(10, self.size.width - 12 - sum(len(f" 0 {title}") for _, title in MODES))
        return name if len(name) <= room else f"{name[: room - 1]}…"


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
