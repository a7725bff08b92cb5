"""A re-key that is killed again and again, while two operators store credentials, loses none of them.

BAHRIYA_KILLS sets how often it is killed (100), BAHRIYA_SEED what is drawn.
"""

import json
import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.create import create
from bahriya_tui.custody.rekey import rekey
from bahriya_tui.model import clock
from bahriya_tui.model.errors import Failed
from bahriya_tui.places import Places
from bahriya_tui.store import credentials, projects, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.vault import keys
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import parse
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore
from bahriya_tui.worker.vault_care import care
from tests.custody.hands import answers
from tests.sealing import sealed_token

KILLS = int(os.environ.get("BAHRIYA_KILLS", "100"))
SEED = int(os.environ.get("BAHRIYA_SEED", "7"))


def process(work: Callable[[], None]) -> int:
    """Run `work` in a process of its own that never comes back."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def store_tokens(places: Places, writer: int, log: Path, stop: Path) -> None:
    """Add and rotate registries for ever, noting down what was stored; what is refused is entered again."""
    chance = random.Random(SEED + writer)
    with open_store(places.database) as store, log.open("a") as notes:
        number = 0
        while not stop.exists():
            number += 1
            token = f"token {writer} {number}"
            handle = f"team{writer}x{chance.randrange(4)}"
            with store.write() as tx:
                known = {one.handle: one for one in registries.all(tx.conn, "shop")}
                registry = known.get(handle) or registries.insert(
                    tx,
                    "shop",
                    handle,
                    name="",
                    server="ghcr.io",
                    username="bot",
                    expires=None,
                    plain_http=False,
                    ca_file=None,
                    now=clock.now(),
                )
                version = registries.reserve_version(
                    tx, registry, server="ghcr.io", username="bot", actor="ops", now=clock.now()
                )
            context = CredentialContext("shop", registry.id, "ghcr.io", "bot", version)
            sealed = sealed_token(token, context, places.public_keys)
            # Some tokens stay in an operator's hands until the key that they were sealed for is gone.
            threading.Event().wait(chance.choice([0.002] * 30 + [4.0]))
            try:
                with store.write() as tx:
                    if not keys.accepts(places.public_keys, parse(sealed.vault).key_id):
                        raise Failed("the vault's key was changed meanwhile")
                    registries.keep_sealed(tx, registry.id, version, sealed.vault, sealed.recovery)
                    registries.accept_version(tx, registry.id, version, clock.now())
            except Failed:
                with store.write() as tx:
                    registries.reject_version(tx, registry.id, version)
                continue
            notes.write(json.dumps([registry.id, version, token]) + "\n")
            notes.flush()


def rekey_without_end(places: Places) -> None:
    """Make new keys and have everything sealed for them, over and over."""
    with open_store(places.database) as store:
        resources = Resources(places, SharedStore(store))
        while True:
            rekey(places.public_keys, places.private_keys, answers())
            while care(resources) == "done":
                pass


def test_a_rekey_killed_a_hundred_times_loses_no_credential(tmp_path: Path) -> None:
    places = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    places.prepare()
    create(places.public_keys, places.private_keys)
    with open_store(places.database) as store, store.write() as tx:
        projects.insert(tx, "shop", "", clock.now())
    logs, stop = [tmp_path / "log1", tmp_path / "log2"], tmp_path / "stop"
    writers = [
        process(lambda n=n, log=log: store_tokens(places, n, log, stop))  # type: ignore[misc]
        for n, log in enumerate(logs)
    ]
    chance, used = random.Random(SEED), set()
    for _ in range(KILLS):
        child = process(lambda: rekey_without_end(places))
        threading.Event().wait(chance.choice([0.1, 0.15, 0.5]) * chance.random())
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        used.add(keys.find_public(places.public_keys).id)
    stop.touch()
    assert [os.waitpid(writer, 0)[1] for writer in writers] == [0, 0]

    with open_store(places.database) as store:
        resources = Resources(places, SharedStore(store))
        while care(resources) == "done":
            pass
        rekey(places.public_keys, places.private_keys, answers())
        while care(resources) == "done":
            pass
        rows = credentials.all(store.connection)
        current = {one.id: one.version for one in registries.all(store.connection, "shop")}

    (file,) = places.private_keys.glob("*.key")
    assert file == keys.private_path(places.private_keys, keys.find_public(places.public_keys).id)
    assert list(places.private_keys.glob(".*")) == []
    assert sorted(path.name for path in places.public_keys.iterdir()) == ["recovery.pub", "vault.pub"]
    private = X25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text()))
    unshown = keys.unshown_path(places.private_keys, keys.find_recovery(places.public_keys).id)
    recovery = X25519PrivateKey.from_private_bytes(bytes.fromhex(unshown.read_text()))
    stored = {
        (id_, version): token
        for log in logs
        for id_, version, token in map(json.loads, log.read_text().splitlines())
    }
    assert len(stored) > KILLS / 5
    last: dict[str, int] = {}
    for id_, version in stored:
        last[id_] = max(version, last.get(id_, 0))
    assert current == last
    assert {(row.registry_id, row.version) for row in rows} >= set(last.items())
    for row in rows:
        context = CredentialContext("shop", row.registry_id, row.server, row.username, row.version)
        expected = stored[row.registry_id, row.version].encode()
        assert row.unreadable == ""
        assert open_sealed(row.sealed, context, private) == expected
        assert open_sealed(row.recovery or b"", context, recovery) == expected
    assert len(used) >= 3, "hardly any re-key came to its end"
    print(f"{KILLS} kills, {len(used)} keys, {len(stored)} tokens stored, {len(rows)} rows")  # noqa: T201
