"""A private key protected by a passphrase: Argon2id (RFC 9106) makes the key of AES-256-GCM from it.

What a file says about its cost is held against bounds before anything is derived.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bahriya_tui.model.errors import Locked, WrongPassphrase
from bahriya_tui.vault import keys

_VERSION = 1
_SALT, _NONCE, _KEY = 16, 12, 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a passphrase costs."""

    memory_kib: int
    iterations: int
    lanes: int


DEFAULT = Cost(256 * 1024, 3, 4)
_LEAST, _MOST = Cost(64, 1, 1), Cost(1024 * 1024, 10, 16)


def read_wrapped(private_folder: Path) -> dict[bytes, str]:
    """Read every wrapped key; `Locked` for a file that is not safe."""
    found = {}
    for path in sorted(private_folder.glob("*.wrapped")):
        with os.fdopen(keys.open_file(path)) as file:
            found[bytes.fromhex(path.stem)] = file.read(4096)
    return found


def wrap(private: bytes, id_: bytes, passphrase: bytes, cost: Cost = DEFAULT) -> str:
    """Give the content of the wrapped file of a private key (32 bytes)."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    secret = AESGCM(_derive(passphrase, salt, cost)).encrypt(nonce, private, _bound(id_, cost))
    fields = {"version": _VERSION, **asdict(cost), "salt": salt.hex(), "nonce": nonce.hex()}
    return json.dumps({**fields, "secret": secret.hex()})


def unwrap(text: str, id_: bytes, passphrase: bytes) -> bytes:
    """Give the private key back; `WrongPassphrase`, or `Locked` for a file that `wrap` did not make."""
    cost, fields = _read(text, id_)
    try:
        salt, nonce, secret = (bytes.fromhex(fields[name]) for name in ("salt", "nonce", "secret"))
        lengths = (len(salt), len(nonce), len(secret))
    except (KeyError, TypeError, ValueError):
        raise _damaged(id_) from None
    if lengths != (_SALT, _NONCE, _KEY + 16):
        raise _damaged(id_)
    try:
        return AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, secret, _bound(id_, cost))
    except InvalidTag:
        raise WrongPassphrase(
            "the passphrase does not open the key", "try again; nothing was changed"
        ) from None


def cost_of(text: str, id_: bytes) -> Cost:
    """Give the cost that a wrapped file was made with."""
    return _read(text, id_)[0]


def _read(text: str, id_: bytes) -> tuple[Cost, dict[str, Any]]:
    """Read the file as far as its cost, which must be within the bounds."""
    try:
        fields = json.loads(text)
        version, numbers = fields["version"], [fields[n] for n in ("memory_kib", "iterations", "lanes")]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _damaged(id_) from None
    if type(version) is not int or version != _VERSION or any(type(one) is not int for one in numbers):
        raise _damaged(id_)
    cost = Cost(*numbers)
    least, most = asdict(_LEAST), asdict(_MOST)
    if any(not least[name] <= value <= most[name] for name, value in asdict(cost).items()):
        raise Locked(
            f"wrapped key {id_.hex()} asks for more work than is allowed", "put it back from a backup"
        )
    return cost, fields


def _derive(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    deriving = Argon2id(
        salt=salt,
        length=_KEY,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=max(cost.memory_kib, 8 * cost.lanes),
    )
    return deriving.derive(passphrase)


def _bound(id_: bytes, cost: Cost) -> bytes:
    return json.dumps(["bahriya wrapped key", _VERSION, id_.hex(), *asdict(cost).values()]).encode()


def _damaged(id_: bytes) -> Locked:
    return Locked(f"wrapped key {id_.hex()} is damaged", "put it back from a backup")
