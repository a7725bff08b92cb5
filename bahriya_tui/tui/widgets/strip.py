"""The strip of a tour: what happens, and what to press next."""

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.tour import Tour


class Strip(Static):
    """Stands at the top of a screen, and covers nothing of it."""

    def __init__(self, tour: Tour) -> None:
        super().__init__()
        self.tour = tour

    def on_mount(self) -> None:
        """Be as high as it needs to be from the first frame on."""
        self.show()

    def on_resize(self) -> None:
        """Keep the keys at the right."""
        self.show()

    def show(self) -> None:
        """Draw the step that is on; below it what came of the one before, where there is room."""
        tour = self.tour
        of = f"Step {tour.at + 1} of {len(tour.steps)}  "
        title, says = (of + tour.step.title, tour.step.says) if tour.step is not None else tour.end
        keys = Content("").join(
            Content.assemble((f"  {key}", "bold $accent"), (f" {does}", "$text-muted"))
            for key, does in _keys(tour)
        )
        gap = " " * max(1, self.app.size.width - 2 - len(title) - keys.cell_length)
        lines = [Content.assemble((title, "bold $accent"), gap, keys), Content(says)]
        if tour.came:
            lines.append(Content.styled(f"● {literal(tour.came)}", "$text-success"))
        self.update(Content("\n").join(lines))


def _keys(tour: Tour) -> Iterator[tuple[str, str]]:
    """Give the keys that do something now."""
    if tour.step is not None:
        yield "F2", "skip"
    if tour.at > 0:
        yield "F3", "back"
    yield "F4", "leave" if tour.step is not None else "hide"
