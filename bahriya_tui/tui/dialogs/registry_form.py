"""A new registry, or a changed one. There is no password here: the token is typed into another process."""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model import validate
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import normalise
from bahriya_tui.tui.dialogs.form import CHECK_OPTIONS, Field, One, Text
from bahriya_tui.tui.dialogs.login_form import LoginForm


@dataclass(frozen=True, slots=True)
class RegistryDraft:
    """What was typed about a registry."""

    handle: str
    server: str
    username: str
    name: str
    expires: str | None
    image: str = ""
    """To try it with; not stored."""
    check: bool = True


class RegistryForm(LoginForm[RegistryDraft]):
    """Asks for everything about a registry but its token."""

    question = "New registry"
    save = "Save, then type the token"
    note = "The token is typed next, into a process of its own, which seals it."

    def __init__(self, registry: Registry | None = None) -> None:
        super().__init__()
        self.registry, self.advises = registry, registry is None
        if registry is not None:
            self.question, self.save = f"Edit registry {registry.handle}", "Save"
            self.note = "Server and username belong to the token: r, rotate, changes them together."
            self.draft = draft_of(registry)

    def fields(self) -> Iterable[Field]:
        """Handle, server, username, expiry and name."""
        d, fixed = self.draft or RegistryDraft("", "", "", "", None), self.registry is not None
        yield Text("handle", "Handle", d.handle, "ghcr", fixed)
        yield Text("server", "Server", d.server, "ghcr.io, docker.io, registry.example.com:5000", fixed)
        yield Text("username", "Username", d.username, "the user, or the name of the token", fixed)
        yield Text("expires", "Expires", d.expires or "", "2027-01-31, or nothing")
        yield Text("name", "Name", d.name, "for people, or nothing")
        if not fixed:
            yield Text("image", "Test image", d.image, "a private one to try it with, or nothing")
            yield One("check", "Check", CHECK_OPTIONS, "yes" if d.check else "no")

    def read(self) -> RegistryDraft:
        """Check handle, server, username and date."""
        if self.registry is None:
            check_handle("registry", self.text("handle"))
            normalise(self.text("server"))
            validate.username(self.text("username"))
            if self.text("image"):
                validate.image_reference(self.text("image"))
        return RegistryDraft(
            self.text("handle"),
            self.text("server"),
            self.text("username"),
            self.text("name"),
            validate.expiry(self.text("expires")) if self.text("expires") else None,
            self.text("image") if self.registry is None else "",
            self.registry is not None or self.one("check") == "yes",
        )


def draft_of(registry: Registry) -> RegistryDraft:
    """Begin with what the registry is."""
    return RegistryDraft(registry.handle, registry.server, registry.username, registry.name, registry.expires)
