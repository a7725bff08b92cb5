"""`python -m tests.benchmarks.minimal`: the least that Textual can show, to compare with."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Static("ghcr.io")


if __name__ == "__main__":
    Minimal().run()
