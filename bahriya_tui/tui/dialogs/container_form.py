"""A new container, or a changed one."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from bahriya_tui.model import validate
from bahriya_tui.model.container import TYPES, Container
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import outlook
from bahriya_tui.tui.dialogs.form import Field, Form, Many, One, Text
from bahriya_tui.tui.present.text import literal
from bahriya_tui.tui.widgets.choice import Choice


@dataclass(frozen=True, slots=True)
class ContainerDraft:
    """What was typed about a container."""

    handle: str
    image: str
    registry: str | None
    type: str
    replicas: int
    port: int | None
    env: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]
    name: str


class ContainerForm(Form[ContainerDraft]):
    """Asks for everything about a container."""

    question = "New container"

    def __init__(
        self, registries: Sequence[Registry], regions: Sequence[Region], container: Container | None = None
    ) -> None:
        super().__init__()
        self.registries, self.regions, self.container = registries, regions, container
        if container is not None:
            self.question = f"Edit container {container.handle}"
            self.note = "Changes reach the regions with the next deployment. An unticked region loses it now."
            self.draft = draft_of(container)

    def fields(self) -> Iterable[Field]:
        """Handle, image, registry, type, replicas, port, regions, environment and name."""
        everywhere = tuple(region.id for region in self.regions)
        new = ContainerDraft("", "", None, "http", 1, validate.DEFAULT_PORT, (), everywhere, "")
        d = self.draft or new
        yield Text("handle", "Handle", d.handle, "api", self.container is not None)
        yield Text("image", "Image", d.image, "ghcr.io/team/api:1.4.2")
        yield One("registry", "Registry", self._registries(), d.registry or "")
        yield One("type", "Type", self._types(), d.type)
        yield Text("replicas", "Replicas", str(d.replicas))
        yield Text("port", "Port", str(d.port or ""), "for type http")
        yield Many("regions", "Regions", tuple((r.id, _place(r)) for r in self.regions), d.regions)
        yield Text("env", "Environment", join_env(d.env), "KEY=value KEY='two words'")
        yield Text("name", "Name", d.name, "for people, or nothing")

    def on_mount(self) -> None:
        """Say under the image what will serve it, and say it anew when image or registry change."""
        row = next(one for one in self.query(".field") if one.query("#image"))
        self.query_one("#fields").mount(Static(id="serving"), after=row)
        self.watch(self.query_one("#registry", Choice), "index", self.say_what_serves)

    @on(Input.Changed, "#image")
    def say_what_serves(self) -> None:
        """Say which registry will serve the image, or that the chosen one cannot."""
        chosen = next((one for one in self.registries if one.handle == self.one("registry")), None)
        told, able = outlook(self.text("image"), chosen, self.registries)
        for line in self.query("#serving").results(Static):
            text = literal(told)
            line.update(
                Content.styled(text, "$text-muted") if able else Content.styled(f"✕ {text}", "$text-error")
            )
            line.display = bool(told)

    def read(self) -> ContainerDraft:
        """Check handle, image, numbers, environment and regions."""
        handle = check_handle("container", self.text("handle"))
        validate.image_reference(self.text("image"))
        if not self.many("regions"):
            raise BadInput(f"container {handle!r} has no region", "tick at least one with space")
        kind = self.one("type")
        return ContainerDraft(
            handle,
            self.text("image"),
            self.one("registry") or None,
            kind,
            number("replicas", self.text("replicas"), 1, validate.MAX_REPLICAS),
            _port(kind, self.text("port")),
            validate.env(split_env(self.text("env"))),
            self.many("regions"),
            self.text("name"),
        )

    def _types(self) -> tuple[tuple[str, str], ...]:
        """Give the types; a cronjob needs a schedule, which the command line asks for."""
        keeps = self.container is not None and self.container.type == "cronjob"
        return tuple((kind, kind) for kind in TYPES if kind != "cronjob" or keeps)

    def _registries(self) -> tuple[tuple[str, str], ...]:
        known = tuple((one.handle, f"{one.handle}  {one.server}") for one in self.registries)
        gone: tuple[tuple[str, str], ...] = ()
        if self.container is not None and self.container.registry_missing:
            named = self.container.registry or ""
            gone = ((KEEP_MISSING, f"{named} (missing)"),)
        return (*gone, ("", "none, the image is public"), *known)


KEEP_MISSING = "\0missing"
"""Leave a registry that was deleted as it is named; never a handle."""


def draft_of(container: Container) -> ContainerDraft:
    """Begin with what the container is."""
    return ContainerDraft(
        container.handle,
        container.image,
        KEEP_MISSING if container.registry_missing else container.registry,
        container.type,
        container.replicas,
        container.port,
        container.env,
        container.regions,
        container.name,
    )


def _place(region: Region) -> str:
    return f"{region.id}  {region.city}" if region.city else region.id


def _port(kind: str, text: str) -> int | None:
    if kind != "http":
        return None
    return number("port", text, 1, 65535) if text else validate.DEFAULT_PORT


def number(name: str, text: str, least: int, most: int) -> int:
    """Read a whole number between `least` and `most`."""
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:9]) <= most:
        raise BadInput(f"{name} {text[:20]!r} is not right", f"a number from {least} to {most}")
    return int(text)


def split_env(text: str) -> tuple[tuple[str, str], ...]:
    """Read `KEY=value KEY='two words'`."""
    try:
        words = shlex.split(text)
    except ValueError:
        raise BadInput(
            "the environment has a quote that is not closed", "KEY=value KEY='two words'"
        ) from None
    pairs = [word.partition("=") for word in words]
    for key, equals, _ in pairs:
        if not equals or not key:
            raise BadInput(f"environment {key[:40]!r} has no value", "write KEY=value")
    return tuple((key, value) for key, _, value in pairs)


def join_env(env: tuple[tuple[str, str], ...]) -> str:
    """Write what `split_env` reads."""
    return " ".join(shlex.quote(f"{key}={value}") for key, value in env)
