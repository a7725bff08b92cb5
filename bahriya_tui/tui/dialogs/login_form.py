"""A form with a server and a user name, which says under its fields what that registry wants of a login."""

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from bahriya_tui.tui.dialogs.dialog import TONES
from bahriya_tui.tui.dialogs.form import Draft, Form
from bahriya_tui.tui.present.text import Tone, literal

_FACTS = 4


class LoginForm(Form[Draft]):
    """Advises while `server` and `username` are typed; nothing is asked of anybody for it."""

    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]  # noqa: RUF012
    advises = True

    def on_mount(self) -> None:
        """Advise about what is there already."""
        super().on_mount()
        self.set_class(self.advises, "-advising")
        self.advise()

    def below(self) -> Iterable[Widget]:
        """Give room for what the registry wants, which scrolls with the fields."""
        if self.advises:
            yield Vertical(
                Static(id="warnings"),
                *(Horizontal(Label(), Static(classes="words"), classes="field") for _ in range(_FACTS)),
                Static(id="notes"),
                id="advice",
            )

    @on(Input.Changed, "#server, #username")
    def advise(self) -> None:
        """Say what the registry wants, as far as it is known by now."""
        from bahriya_tui.tui.present.advice import advice

        if not self.advises:
            return
        said = advice(self.text("server"), self.text("username"))
        self._say("#warnings", tuple(f"! {one}" for one in said.warnings), "warn")
        self._say("#notes", said.notes, "dim")
        for index, row in enumerate(self.query("#advice .field")):
            row.display = index < len(said.facts)
            if row.display:
                label, words = said.facts[index]
                row.query_one(Label).update(Content(label))
                row.query_one(".words", Static).update(Content(literal(words)))

    def _say(self, selector: str, sentences: tuple[str, ...], tone: Tone) -> None:
        shown = self.query_one(selector, Static)
        shown.update(Content.styled("\n".join(map(literal, sentences)), TONES[tone]))
        shown.display = bool(sentences)
