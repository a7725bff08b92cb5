"""What a rotation touches, and what may change together with the token of a registry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bahriya_tui.model import validate
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import normalise
from bahriya_tui.tui.dialogs.form import CHECK_OPTIONS, Field, One, Text
from bahriya_tui.tui.dialogs.login_form import LoginForm
from bahriya_tui.tui.present.text import count


@dataclass(frozen=True, slots=True)
class RotateDraft:
    """Who the next version belongs to, and until when it lasts."""

    server: str
    username: str
    expires: str | None
    check: bool = True


class RotateForm(LoginForm[RotateDraft]):
    """Asks for everything about the next version but its token."""

    save = "Type the new token"
    begin = "#save"
    """Not in a line: a token that is pasted too early must not be shown."""

    def __init__(self, registry: Registry, touched: Sequence[str], images: int, last: str = "") -> None:
        super().__init__()
        self.registry = registry
        self.question = f"Rotate {registry.handle}: v{registry.version} to the next version"
        checked = f"checked with {count(images, 'image')}" if images else "checked by a login"
        self.note = "\n".join(
            (
                *([f"Last check: {last}."] if last else []),
                *touched,
                f"The token is typed into a process of its own and never enters this one. It is {checked}; "
                "if refused, the old version stays. What runs keeps what it has until you choose afterwards.",
            )
        )
        self.draft = RotateDraft(registry.server, registry.username, None)

    def again(self, draft: RotateDraft | None, error: BahriyaError | None) -> None:
        """Say that the version before still counts when the new one was not taken."""
        super().again(draft, error)
        if error is not None and self.registry.version:
            self.note = f"v{self.registry.version} counts as before; nothing that runs was touched."

    def fields(self) -> Iterable[Field]:
        """Server, username and expiry of the next version."""
        d = self.draft or RotateDraft("", "", None)
        yield Text("server", "Server", d.server)
        yield Text("username", "Username", d.username)
        yield Text("expires", "Expires", d.expires or "", "of the new token: 2027-01-31, or nothing")
        yield One("check", "Check", CHECK_OPTIONS, "yes" if d.check else "no")

    def read(self) -> RotateDraft:
        """Check server, username and date."""
        normalise(self.text("server"))
        expires = self.text("expires")
        return RotateDraft(
            self.text("server"),
            validate.username(self.text("username")),
            validate.expiry(expires) if expires else None,
            self.one("check") == "yes",
        )
