"""How a registry is asked from here: plain HTTP or TLS, a private CA, a proxy.

Nodes never read these settings: their container runtime has its own, which must allow the same.
"""

from dataclasses import dataclass, replace

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.registry import Registry


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What is said explicitly about the way to a registry; nothing of it is guessed from the environment."""

    plain_http: bool = False
    ca_file: str | None = None
    """Absolute path of a file with PEM certificates; None for the CAs that this machine trusts."""
    proxy: str | None = None
    """`http://host:port`, as `proxy.normalised` writes it; None for none."""


def refuse_seen_by_proxy(plain_http: bool, proxy: str | None) -> None:
    """Raise `BadInput` for plain HTTP through a proxy, whose owner would be told the password."""
    if plain_http and proxy is not None:
        raise BadInput(
            "plain HTTP through a proxy would show the password to it", "reach it by TLS, or without a proxy"
        )


def settings_of(registry: Registry) -> ConnectionSettings:
    """Give how `registry` is asked."""
    return ConnectionSettings(registry.plain_http, registry.ca_file, registry.proxy)


def with_settings(registry: Registry, settings: ConnectionSettings | None) -> Registry:
    """Give `registry` as it would be with other settings; as it is for None."""
    if settings is None:
        return registry
    return replace(registry, plain_http=settings.plain_http, ca_file=settings.ca_file, proxy=settings.proxy)


def node_notes(settings: ConnectionSettings) -> tuple[str, ...]:
    """Say what every node needs too, since only the check from here reads these settings."""
    notes = []
    if settings.plain_http:
        notes.append(
            "plain HTTP counts for the check from here; every node's container runtime has to allow it for "
            "this server too, or it cannot pull"
        )
    if settings.ca_file:
        notes.append(
            "the CA file counts for the check from here; every node's container runtime has to trust that CA "
            "too, or it cannot pull"
        )
    return tuple(notes)
