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
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._since is not None and time.monotonic() - self._since < _PATIENCE_SECONDS:
            self._waiting.append(event)
        else:
            await self._take(event)

    async def _take(self, event: events.Event) -> None:
        self._since = time.monotonic()
        target: MessagePump = self.focused or self.screen
        await super().on_event(event)
        if event.is_forwarded:
            self._follow(event, target)
        else:
            self._take_next()

    def _follow(self, event: events.Event, node: MessagePump) -> None:
        if not node.call_later(self._after, event, node):
            self._take_next()

    def _after(self, event: events.Event, node: MessagePump) -> None:
        """Go on where the key goes on, once `node` is through with it."""
        if node is self or node._parent is None or event._stop_propagation:
            self._take_next()
        else:
            self._follow(event, node._parent)

    def _take_next(self) -> None:
        self._since = None
        if self._waiting:
            self._since = time.monotonic()
            self.call_later(self._take, self._waiting.popleft())
