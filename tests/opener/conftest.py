"""Keys, a sealed credential, and the request that has it opened."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.custody.create import create
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import find_public, private_path
from bahriya_tui.vault.record import parse
from bahriya_tui.vault.seal import seal

CONTEXT = CredentialContext("shop", "r1", "ghcr.io", "bot", 3)


@dataclass(frozen=True)
class Vault:
    """A pair of keys on disk."""

    public: Path
    private: Path

    def request(self, token: str, **changes: Any) -> dict[str, Any]:
        """Ask to have `token` opened and sent."""
        blob = seal(token.encode(), CONTEXT, find_public(self.public))
        return {
            "mode": "apply",
            "key_path": str(private_path(self.private, parse(blob).key_id)),
            "sealed": blob.hex(),
            "context": asdict(CONTEXT),
            "auth_key": "ghcr.io",
            "targets": [],
            "connect_timeout": 60.0,
            "answer_timeout": 60.0,
            **changes,
        }


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "public", tmp_path / "private")
    create(made.public, made.private)
    return made


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(vault: Vault, canary: str) -> Ask:
    """Builds a request to send the canary to targets."""

    def build(*targets: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return vault.request(canary, targets=list(targets), **changes)

    return build
