"""A line to type in. Never for a password: those are typed into another process."""

from textual.widgets import Input

from bahriya_tui.tui import keys


class Line(Input):
    """One line of text with a calm cursor; up and down go to the fields around it."""

    BINDINGS = keys.bindings("line")

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        id: str | None = None,  # noqa: A002
        disabled: bool = False,
    ) -> None:
        super().__init__(
            value,
            placeholder,
            id=id,
            disabled=disabled,
            compact=True,
            select_on_focus=False,
            highlighter=None,
        )
        self.cursor_blink = False
