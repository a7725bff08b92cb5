"""The flow that unlocks the vault, from wherever something waits for that."""

from functools import partial

from bahriya_tui.tui import entry
from bahriya_tui.tui.screens.base import BahriyaScreen


async def unlock(screen: BahriyaScreen) -> None:
    """Have the passphrase typed into another process, which leaves the vault unlocked for an hour."""
    from bahriya_tui.operations import vault

    app = screen.bahriya
    asked = partial(entry.ask, app, "Passphrase of the vault")
    async with entry.expected(app):
        protected = await app.change("unlocking the vault", lambda s: vault.unlock(s, source=asked))
    app.say("The vault is unlocked for an hour." if protected else "The vault has no passphrase.")
