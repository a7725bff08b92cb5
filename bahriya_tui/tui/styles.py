"""The styles of all screens, each parsed once.

Textual parses all of them anew whenever it looks whether a theme has changed them, and again when a screen
brings one more: four times before the first frame.
"""

from textual.css.stylesheet import Stylesheet


class Styles(Stylesheet):
    """Parses what it has not parsed yet, and all of it anew only for other variables."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parsed_with, self._changed = variables, False

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the variables of a theme."""
        self._changed = variables != self._parsed_with
        if self._changed:
            self._parsed_with = variables
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse all of it, where that makes a difference; what was added since is parsed when it is used."""
        if self._changed:
            super().reparse()
