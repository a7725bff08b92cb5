"""The flow behind `c`: another way to ask a registry, tried with its current version before it is kept."""

from typing import TYPE_CHECKING

from bahriya_tui.model.registry import Registry
from bahriya_tui.tui.dialogs.connection_form import ConnectionDraft, ConnectionForm
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.screens.rotating import told, tone

if TYPE_CHECKING:
    from bahriya_tui.operations.prove import Connected


async def edit_connection(screen: BahriyaScreen, registry: Registry) -> None:
    """Ask for the settings of the connection; while they do not work, the old ones stay."""
    from bahriya_tui.operations import edit

    app, handle = screen.bahriya, registry.handle

    async def save(draft: ConnectionDraft) -> "Connected":
        return await app.change(
            f"trying {handle}",
            lambda s: edit.edit_registry(
                s, registry.project, handle, settings=draft.settings, check=draft.check
            ),
        )

    made = await screen.fill(lambda: ConnectionForm(registry), save)
    if made is not None:
        app.say(f"Registry {handle} was changed.", *told(made), severity=tone(made))
