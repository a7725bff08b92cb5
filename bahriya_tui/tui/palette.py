"""What the palette offers: the actions of this place, the screens, the projects, and everything by its name.

It searches what the screens show already, and reads nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.command import (
    Command,
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
)
from textual.content import Content
from textual.events import Key
from textual.style import Style
from textual.widgets import Input

from bahriya_tui.tui import keys
from bahriya_tui.tui.present.finding import WORDS, Named, best, terms
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.screens.base import BahriyaScreen
from bahriya_tui.tui.screens.listing import Listing

if TYPE_CHECKING:
    from bahriya_tui.tui.app import BahriyaApp

MOST = 30
"""More are not shown: another letter leads on sooner than scrolling."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be done from the palette."""

    shown: str
    help: str
    do: Callable[[], Any]
    sign: str = ""
    """The key that does it as well."""
    words: tuple[str, ...] = ()
    thing: bool = False
    """Whether it is found by its name only: there may be thousands of them."""


class Palette(CommandPalette):
    """Asks for a few letters of a name. Enter means what fits all that was typed before it."""

    def __init__(self) -> None:
        super().__init__([Everything], placeholder="an action, a screen, or a name: container web")
        self._searching = self._chosen = False
        self._ahead: list[Key] | None = []

    def on_mount(self) -> None:
        """Type what was typed ahead, once there is a line for it; its cursor stays calm."""
        self.query_one(CommandInput).cursor_blink = False
        self.call_after_refresh(self._catch_up)

    def take(self, event: Key) -> bool:
        """Type a key that went elsewhere, as the palette was on its way; tell whether it can be typed."""
        if self._ahead is not None and (event.is_printable or event.key == "enter"):
            self._ahead.append(event)
            return True
        if event.is_printable and event.character:
            self.query_one(CommandInput).insert_text_at_cursor(event.character)
        return event.is_printable

    async def _catch_up(self) -> None:
        ahead, self._ahead = self._ahead or [], None
        line = self.query_one(CommandInput)
        typed = "".join(one.character or "" for one in ahead if one.is_printable)
        line.value = typed + line.value
        line.action_end()
        if any(one.key == "enter" for one in ahead):
            await line.action_submit()

    @on(Input.Changed)
    def begin(self) -> None:
        """Another word is looked for: what is listed fits the one before."""
        self._searching, self._chosen = True, False

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Choose, as soon as what is listed fits what was typed."""
        if self._searching:
            event.prevent_default()
            event.stop()
            self._chosen = True

    def _refresh_command_list(
        self, command_list: CommandList, commands: list[Command], clear_current: bool
    ) -> None:
        super()._refresh_command_list(command_list, commands, clear_current)
        chosen, self._searching, self._chosen = self._chosen, False, False
        if chosen and commands:
            command_list.action_select()


class Everything(Provider):
    """Searches all there is to do and to go to."""

    async def startup(self) -> None:
        """Take down what there is at this moment."""
        app = cast("BahriyaApp", self.app)
        self.offers = [*_actions(app, self.screen), *_projects(app), *_things(app)]
        self.names = [Named(one.shown.lower(), one.words) for one in self.offers]

    async def search(self, query: str) -> Hits:
        """Give the best few."""
        words = terms(query)
        found = best(words, self.names, MOST) if words else self._known
        for rank, index in enumerate(found):
            offer = self.offers[index]
            score = 1 - rank / (len(found) + 1)
            yield Hit(score, _drawn(offer, words, self.match_style), offer.do, offer.shown, _told(offer))

    async def discover(self) -> Hits:
        """Give what there is before anything is typed."""
        for index in self._known:
            offer = self.offers[index]
            yield DiscoveryHit(_drawn(offer), offer.do, offer.shown, _told(offer))

    @property
    def _known(self) -> list[int]:
        """What is offered without a word: no single things, of which there may be thousands."""
        return [index for index, offer in enumerate(self.offers) if not offer.thing]


def _drawn(offer: Offer, words: Sequence[str] = (), style: Style | None = None) -> Content:
    drawn = Content(literal(offer.shown))
    for word in words:
        start = offer.shown.lower().find(word)
        if start >= 0 and style is not None:
            drawn = drawn.stylize(style, start, start + len(word))
    return Content.assemble(drawn, (f"  {offer.sign}", "not bold dim"))


def _told(offer: Offer) -> str:
    # Textual takes text for markup, and content as it is.
    return Content(literal(offer.help)) if offer.help else ""  # type: ignore[return-value]


def _actions(app: "BahriyaApp", screen: Any) -> Iterator[Offer]:
    """Give what the keys of this place do, with and without a key, but for moving about."""
    for key in keys.here(*screen.PLACES, "app") if isinstance(screen, BahriyaScreen) else ():
        node = app if "app" in key.places else screen
        hidden = app.look.read_only and keys.changes(key.action)
        about = key.show or {"app", "list"} & set(key.places)
        if about and not hidden and key.name != "command_palette" and node.check_action(key.action, ()):
            do = partial(app.run_action, key.action, node)
            yield Offer(key.label, key.help, do, key.shown, WORDS.get(key.name, ()))
    yield Offer("Theme", "choose other colours", app.action_change_theme)


def _projects(app: "BahriyaApp") -> Iterator[Offer]:
    for one in app.view.world.projects:
        if one.handle != app.view.project:
            yield Offer(f"project {one.handle}", one.name, partial(_open, app, one.handle))


def _things(app: "BahriyaApp") -> Iterator[Offer]:
    """Give everything that has a line of its own in a list."""
    world = app.view.world
    for kind, mode, pairs in (
        ("registry", "registries", ((one.handle, one.server) for one in world.registries)),
        ("container", "containers", ((one.handle, one.image) for one in world.containers)),
        ("region", "regions", ((one.id, one.city) for one in world.regions)),
        ("deployment", "deployments", ((str(one.id), one.container) for one in world.listed)),
    ):
        for name, told in pairs:
            yield Offer(f"{kind} {name}", told, partial(_show, app, mode, name), thing=True)


def _open(app: "BahriyaApp", project: str) -> None:
    """Show another project in the list one is in."""
    app.action_mode(app.current_mode)
    app.feed.look_at(project)


def _show(app: "BahriyaApp", mode: str, name: str) -> None:
    """Show the list with the cursor on one line."""
    app.action_mode(mode)
    if isinstance(app.screen, Listing):
        app.screen.seek(name)
