"""How a registry is asked from here: TLS or plain HTTP, a private CA, a proxy."""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model import proxy as proxies
from bahriya_tui.model.connection import ConnectionSettings, settings_of
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import is_loopback
from bahriya_tui.tui.dialogs.form import CHECK_OPTIONS, Field, Form, One, Text


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """What was chosen about the way to a registry."""

    settings: ConnectionSettings
    check: bool = True


class ConnectionForm(Form[ConnectionDraft]):
    """Asks for what is never guessed."""

    note = (
        "These count for the check from here. Every node needs the same in its container runtime: it has to "
        "trust a private CA, or allow plain HTTP for this server, or it cannot pull."
    )

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self.question = f"Connection to {registry.handle} at {registry.server}"
        self.draft = ConnectionDraft(settings_of(registry))
        # As for Docker and containerd; a CA file says that it speaks TLS.
        self._tls = "TLS if a CA file is named" if is_loopback(registry.server) else "TLS"

    def fields(self) -> Iterable[Field]:
        """Protocol, CA file, proxy, and whether it is tried first."""
        d = self.draft or ConnectionDraft(ConnectionSettings())
        yield One(
            "protocol",
            "Protocol",
            (("tls", self._tls), ("plain", "plain HTTP")),
            "plain" if d.settings.plain_http else "tls",
        )
        yield Text("ca_file", "CA file", d.settings.ca_file or "", "PEM file of a private CA, or nothing")
        yield Text("proxy", "Proxy", d.settings.proxy or "", "http://proxy.example.com:3128, or nothing")
        yield One("check", "Check", CHECK_OPTIONS, "yes" if d.check else "no")

    def read(self) -> ConnectionDraft:
        """Check the proxy; whether the file is there is looked at later."""
        proxy = self.text("proxy")
        settings = ConnectionSettings(
            self.one("protocol") == "plain",
            self.text("ca_file") or None,
            proxies.normalised(proxy) if proxy else None,
        )
        return ConnectionDraft(settings, self.one("check") == "yes")
