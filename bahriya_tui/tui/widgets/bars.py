"""The line at the top says where one is, the line at the bottom what the keys do here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.text import literal

if TYPE_CHECKING:
    from bahriya_tui.tui.app import BahriyaApp

MODES = (
    ("registries", "Registries"),
    ("containers", "Containers"),
    ("regions", "Regions"),
    ("deployments", "Deployments"),
    ("audit", "Audit"),
    ("security", "Security"),
)


class TopBar(Widget):
    """The project, the screens by number and what is being done at this moment."""

    project = reactive("")
    busy = reactive("")

    def __init__(self, mode: str) -> None:
        super().__init__()
        self.mode = mode

    def render(self) -> RenderResult:
        """Draw the line, as much of it as there is room for: the screen one is on is always named."""
        title = ("  Bahriya ", "bold $accent")
        project = f" {literal(self.project) or 'no project'} "
        told = "   read-only" if cast("BahriyaApp", self.app).look.read_only else ""
        busy = Content.styled(told + (f"   … {literal(self.busy)}" if self.busy else ""), "$warning")
        forms = (
            [title, (f"{project} ", "$text-muted"), *self._modes(gap=" ")],
            [(project, "$text-muted"), *self._modes()],
            [(project, "$text-muted"), *self._modes(named=False)],
        )
        drawn = [Content.assemble(*form, busy) for form in forms]
        return next((one for one in drawn if one.cell_length <= self.size.width), drawn[-1])

    def _modes(self, *, gap: str = "", named: bool = True) -> Iterator[tuple[str, str]]:
        """Give number and name of each; the one one is on is marked by shape as well as by colour."""
        for number, (mode, title) in enumerate(MODES, 1):
            here = mode == self.mode
            yield f" {number} ", "bold $accent" if here else "$text-muted"
            if named or here:
                yield title, "bold underline $foreground" if here else "$text-muted"
                yield gap, ""


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
