"""Around every opener that opens a stored credential: which key it needs, and what is known when it ends."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from bahriya_tui.custody.holding import has
from bahriya_tui.model.errors import Locked, NotFound
from bahriya_tui.model.server import auth_key
from bahriya_tui.places import Places
from bahriya_tui.store import credentials, registries
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import kind_of, locked, private_path
from bahriya_tui.vault.record import RecordUnreadable, parse
from bahriya_tui.worker.run import Resources

T = TypeVar("T")

UNLOCK_SECONDS = 0.5
"""Between two looks whether the vault was unlocked."""
MISSING = "its private key is missing"


def with_credential(
    resources: Resources, context: CredentialContext, ask: Callable[[dict[str, Any]], T]
) -> T:
    """Call `ask` with the part of a request that says what is opened; note in the store whether it opened.

    Asks again when the credential was sealed for a new key meanwhile and the old one is gone. Raises
    `RecordUnreadable` for one that has to be entered again, and `VaultLocked` for one that waits for unlock.
    """
    of = (context.registry_id, context.version)
    while True:
        blob = resources.store.read(lambda c: registries.sealed(c, *of))
        try:
            answer = ask(_request(blob, resources.places, context))
        except RecordUnreadable as error:
            _judge(resources, context, blob, error.why)
            raise
        except Locked:
            if resources.store.read(lambda c: registries.sealed(c, *of)) == blob:
                raise
            continue
        _judge(resources, context, blob, "")
        return answer


def waits_for_unlock(resources: Resources, registry_id: str, version: int) -> bool:
    """Tell whether the key of a credential has a passphrase, and nobody has unlocked it."""
    try:
        blob = resources.store.look_up(lambda c: registries.sealed(c, registry_id, version))
        key = parse(blob).key_id
        folder = resources.places.private_keys
        return kind_of(folder, key) == "wrapped" and not has(folder, key)
    except (Locked, NotFound, RecordUnreadable):
        # Told by whoever opens it.
        return False


def _request(blob: bytes, places: Places, context: CredentialContext) -> dict[str, Any]:
    key = parse(blob).key_id
    kind = kind_of(places.private_keys, key)
    if kind == "missing":
        raise RecordUnreadable(MISSING)
    if kind == "wrapped" and not has(places.private_keys, key):
        raise locked()
    return {
        "key_path": str(private_path(places.private_keys, key)),
        "sealed": blob.hex(),
        "context": asdict(context),
        "auth_key": auth_key(context.server),
    }


def _judge(resources: Resources, context: CredentialContext, blob: bytes, why: str) -> None:
    of = (context.registry_id, context.version)
    if resources.store.read(lambda c: credentials.judged(c, *of)) != why:
        with resources.store.write() as tx:
            credentials.judge(tx, *of, blob, why)
