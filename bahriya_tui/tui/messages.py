"""Everything the room's parts tell each other, on one page: facts are named as facts, wishes as wishes."""

from textual.message import Message

from bahriya_tui.tui.view import View


class WorldChanged(Message):
    """The store holds something new; a newer picture makes an older one worthless."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view

    def can_replace(self, message: Message) -> bool:
        """Let bursts merge: only the latest picture is drawn."""
        return isinstance(message, WorldChanged)


class FeedFailed(Message):
    """The store could not be read this time; the feed goes on trying."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason

    def can_replace(self, message: Message) -> bool:
        """One complaint at a time is enough; the feed makes none twice in a row."""
        return isinstance(message, FeedFailed)
