"""A home with keys, and what opens again what was sealed there."""

import os
import pty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.create import create
from bahriya_tui.places import Places
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import private_path
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import parse

CONTEXT = CredentialContext("shop", "r1", "ghcr.io", "bot", 3)
Opened = Callable[[bytes], bytes]


@pytest.fixture
def home(tmp_path: Path) -> Places:
    root = tmp_path / "home"
    found = Places(root / "store", root / "keys", root / "logs")
    found.prepare()
    create(found.public_keys, found.private_keys)
    return found


@pytest.fixture
def opened(home: Places) -> Opened:
    """Open sealed bytes, as an opener would."""

    def open_again(blob: bytes) -> bytes:
        text = private_path(home.private_keys, parse(blob).key_id).read_text()
        private = X25519PrivateKey.from_private_bytes(bytes.fromhex(text))
        return bytes(open_sealed(blob, CONTEXT, private))

    return open_again


@pytest.fixture
def terminal_as_input() -> Iterator[None]:
    """Makes standard input a terminal for as long as the test runs."""
    ours, theirs = pty.openpty()
    before = os.dup(0)
    os.dup2(theirs, 0)
    try:
        yield
    finally:
        os.dup2(before, 0)
        for one in (before, ours, theirs):
            os.close(one)
