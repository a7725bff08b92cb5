"""Keys have their effect in the order in which they come, also those that come at once over a slow line.

Textual gives a key to the widget that has the focus. One that no widget takes comes back by way of all its
parents, each with a queue of its own, before a binding is looked for; letters that follow it were entered by
then, and a form had them in another place, or in another field.
"""

import time
from collections import deque

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

_PATIENCE_SECONDS = 1.0
"""A widget that was closed may never get to a key; then the next ones go on without it."""


class KeysInOrder(App[None]):
    """Takes a key, or what is pasted, when the one before it has had its effect."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Event] = deque()
        self._since: float | None = None
        """Since when a key is under way; None while none is."""

    async def on_event(self, event: events.Event) -> None:
        """Have a key wait for those before it."""
        if not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
        elif event.is_forwarded:
            # No widget took it: it came back by way of all of them, and now has its effect.
            await super().on_event(event)
            self._take_next()
        elif self._since is not None and time.monotonic() - self._since < _PATIENCE_SECONDS:
            self._waiting.append(event)
        else:
            await self._take(event)

    async def _take(self, event: events.Event) -> None:
        self._since = time.monotonic()
        target: MessagePump = self.focused or self.screen
        await super().on_event(event)
        if not event.is_forwarded or not target.call_later(self._after, event):
            self._take_next()

    def _after(self, event: events.Event) -> None:
        """Go on once the widget that has the focus took the key."""
        if event._stop_propagation:
            self._take_next()

    def _take_next(self) -> None:
        self._since = None
        if self._waiting:
            self._since = time.monotonic()
            self.call_later(self._take, self._waiting.popleft())
