"""The flow behind `r`: what it touches, the new token, what happens then, and who still needs the old one."""

from typing import TYPE_CHECKING

from bahriya_tui.model.check import sentence
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui import entry
from bahriya_tui.tui.dialogs.rotate_form import RotateDraft, RotateForm
from bahriya_tui.tui.present import pulls as present
from bahriya_tui.tui.present.registries import last_check
from bahriya_tui.tui.present.text import ago
from bahriya_tui.tui.screens import bringing
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.screens.pulls import Pulls

if TYPE_CHECKING:
    from bahriya_tui.operations.prove import Connected


async def rotate(screen: BahriyaScreen, mode: str, registry: Registry) -> None:
    """Replace the token of `registry`; while none is accepted, everything stays as it was."""
    from bahriya_tui.operations import rotate as operations
    from bahriya_tui.operations.usage import registry_usage

    app, project, handle = screen.bahriya, registry.project, registry.handle
    entry.require_terminal(app)
    users = app.view.links.get(registry.id, ())
    images = len({image for one in users for image in one.images_from(registry.id)})
    usage = await app.change(f"looking up {handle}", lambda s: registry_usage(s.connection, project, handle))

    async def save(draft: RotateDraft) -> "Connected":
        async with entry.expected(app):
            return await app.change(
                f"rotating {handle}",
                lambda s: operations.rotate_registry(
                    s,
                    project,
                    handle,
                    read_token=app.read_token,
                    expires=draft.expires,
                    server=draft.server,
                    username=draft.username,
                    check=draft.check,
                ),
            )

    touched, last = present.touched(usage, users), last_check(registry, app.view)
    before = f"v{last.version}, {ago(last.at, screen.now)}: {sentence(last.result)}" if last else ""
    made = await screen.fill(lambda: RotateForm(registry, touched, images, before), save)
    if made is None:
        return
    app.say(f"Registry {handle} is at v{made.registry.version}.", *told(made), severity=tone(made))
    await bringing.bring(screen, made.registry, push=True)
    app.push_screen(Pulls(mode, handle))


def told(made: "Connected") -> tuple[str, ...]:
    """Say what the check found, and what else should be known; of one that proves nothing a note tells."""
    found = (f"{sentence(made.check)}.",) if made.check is not None and made.check.good else ()
    return (*found, *made.notes)


def tone(made: "Connected") -> str:
    """Say how loud to tell of a version that was taken: one that is not proven is a warning."""
    return "information" if made.check is None or made.check.good else "warning"
