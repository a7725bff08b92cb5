"""What the opener is asked and what it answers: one JSON object in, one JSON object a line out.

A request carries ciphertext, the path of the private key, and the regions' own access. No answer ever carries
a credential or anything sent to a region.
"""

from dataclasses import dataclass, field
from typing import Any

from bahriya_tui.vault.context import CredentialContext


@dataclass(frozen=True, slots=True)
class Target:
    """One region, and the pull secret as which the credential goes there."""

    region: str
    host: str
    port: int
    server_name: str
    ca_pem: str
    token: str = field(repr=False)
    client_cert_pem: str = field(repr=False)
    client_key_pem: str = field(repr=False)
    insecure: bool
    base_path: str
    namespace: str
    secret: str
    labels: dict[str, str]
    annotations: dict[str, str]

    @property
    def path(self) -> str:
        """The server-side apply of this secret; never by force, so that no foreign object is taken over."""
        where = f"{self.base_path}/api/v1/namespaces/{self.namespace}/secrets/{self.secret}"
        return f"{where}?fieldManager=bahriya&force=false"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed credential, the context it is bound to, and where its key is."""

    key_path: str
    sealed: bytes
    context: CredentialContext
    auth_key: str
    """The key of the credential in `.dockerconfigjson`."""


def read_sealed(request: dict[str, Any]) -> Sealed:
    """Take the sealed credential from a request."""
    return Sealed(
        request["key_path"],
        bytes.fromhex(request["sealed"]),
        CredentialContext(**request["context"]),
        request["auth_key"],
    )


def read_targets(request: dict[str, Any]) -> list[Target]:
    """Take the targets from a request."""
    return [Target(**target) for target in request["targets"]]
