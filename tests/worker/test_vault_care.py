"""The worker seals credentials again, waits for unlock, and says what has to be entered again."""

import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody import holding
from bahriya_tui.custody.holder import Holder, _listen
from bahriya_tui.custody.rekey import rekey, rekey_recovery
from bahriya_tui.model import clock
from bahriya_tui.model.deployment import WAITING_FOR_UNLOCK
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import checks, credentials, deployments, history, registries, secret_writes
from bahriya_tui.store.credentials import SealedVersion
from bahriya_tui.store.database import open_store
from bahriya_tui.vault import keys
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.worker.credential import MISSING
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.shared_store import SharedStore
from bahriya_tui.worker.vault_care import _retire, care
from tests.custody.hands import answers, protect
from tests.sealing import sealed_token, well_formed
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

PASSPHRASE = "correct horse"


def folders(desk: Desk) -> tuple[Path, Path]:
    return desk.places.public_keys, desk.places.private_keys


def looked_after(desk: Desk) -> str:
    """Do all that can be done now, as the worker does, and give how it ended."""
    with open_store(desk.places.database) as store:
        resources = Resources(desk.places, SharedStore(store))
        while (outcome := care(resources)) == "done":
            pass
    return outcome


def rows(desk: Desk) -> list[SealedVersion]:
    return credentials.all(desk.store.connection)


def opened(desk: Desk, row: SealedVersion, blob: bytes | None) -> str:
    """Open a record with the key that it names: the vault's, or the recovery key while it is unshown."""
    assert blob is not None
    id_ = blob[3:11]
    paths = keys.private_path(desk.places.private_keys, id_), keys.unshown_path(desk.places.private_keys, id_)
    text = next(path for path in paths if path.exists()).read_text()
    context = CredentialContext(row.project, row.registry_id, row.server, row.username, row.version)
    return open_sealed(blob, context, X25519PrivateKey.from_private_bytes(bytes.fromhex(text))).decode()


def needs_reentry(desk: Desk, registry: Registry) -> str:
    return history.all(desk.store.connection, registry.id)[-1].unreadable


def test_after_a_rekey_everything_is_sealed_for_the_new_key_and_the_old_one_is_gone(desk: Desk) -> None:
    team = desk.rotate(desk.registry("team", "one"), "two")
    old = keys.find_public(folders(desk)[0])
    rekey(*folders(desk), answers())

    assert looked_after(desk) == "nothing"

    new, recovery = keys.find_public(folders(desk)[0]), keys.find_recovery(folders(desk)[0])
    assert [row.sealed[3:11] for row in rows(desk)] == [new.id, new.id]
    assert [(row.recovery or b"")[3:11] for row in rows(desk)] == [recovery.id] * 2
    assert [opened(desk, row, row.sealed) for row in rows(desk)] == ["one", "two"]
    assert [opened(desk, row, row.recovery) for row in rows(desk)] == ["one", "two"]
    assert keys.kind_of(folders(desk)[1], old.id) == "missing"
    assert not keys.marked(folders(desk)[0], "retiring") + keys.marked(folders(desk)[0], "retired")
    assert registries.get(desk.store.connection, PROJECT, "team") == team
    assert rekey(*folders(desk), answers())


def test_more_credentials_than_one_opener_takes_are_sealed_again(desk: Desk) -> None:
    for number in range(60):
        desk.registry(f"team{number}", f"token {number}")
    rekey(*folders(desk), answers())
    assert looked_after(desk) == "nothing"
    assert sorted(opened(desk, row, row.sealed) for row in rows(desk)) == sorted(
        f"token {number}" for number in range(60)
    )


def test_missing_and_old_recovery_records_are_made_anew(desk: Desk) -> None:
    desk.registry("team", "one")
    desk.registry("ghcr", "two")
    with desk.store.write() as tx:
        tx.execute("UPDATE credential SET recovery = NULL WHERE rowid = 1")
    looked_after(desk)
    assert sorted(opened(desk, row, row.recovery) for row in rows(desk)) == ["one", "two"]

    rekey_recovery(*folders(desk))
    looked_after(desk)

    recovery = keys.find_recovery(folders(desk)[0])
    assert [(row.recovery or b"")[3:11] for row in rows(desk)] == [recovery.id] * 2
    assert sorted(opened(desk, row, row.recovery) for row in rows(desk)) == ["one", "two"]


def test_a_row_that_was_moved_or_damaged_is_named_and_the_others_go_on(desk: Desk) -> None:
    moved, damaged, good = (desk.registry(name, name) for name in ("moved", "damaged", "good"))
    with desk.store.write() as tx:
        tx.execute("UPDATE credential SET server = 'evil.example' WHERE registry_id = ?", [moved.id])
        tx.execute("UPDATE credential SET sealed = x'010001' WHERE registry_id = ?", [damaged.id])
    rekey(*folders(desk), answers())

    assert looked_after(desk) == "nothing"

    assert "another registry, server or user" in needs_reentry(desk, moved)
    assert "incomplete" in needs_reentry(desk, damaged)
    assert needs_reentry(desk, good) == ""
    assert len(list(folders(desk)[1].glob("*.key"))) == 1


def test_a_lost_key_asks_for_reentry_until_it_comes_back(desk: Desk) -> None:
    team = desk.registry("team", "one")
    path = keys.private_path(folders(desk)[1], keys.find_public(folders(desk)[0]).id)
    saved = path.rename(path.with_name("saved"))
    looked_after(desk)
    assert needs_reentry(desk, team) == MISSING

    saved.rename(path)
    assert looked_after(desk) == "nothing"
    assert needs_reentry(desk, team) == ""


def test_a_token_that_is_sealed_for_a_retiring_key_delays_its_end(desk: Desk) -> None:
    team = desk.registry("team", "one")
    old = keys.find_public(folders(desk)[0])
    context = CredentialContext(PROJECT, team.id, team.server, "op", 2)
    on_its_way = sealed_token("two", context, folders(desk)[0])
    rekey(*folders(desk), answers())
    resources = Resources(desk.places, SharedStore(desk.store))
    while keys.marked(folders(desk)[0], "retiring"):
        care(resources)
    # Looked at before the key retired, stored after nothing seemed to need it any more.
    with desk.store.write() as tx:
        version = registries.reserve_version(tx, team, server=team.server, username="op", actor="", now="x")
        registries.keep_sealed(tx, team.id, version, on_its_way.vault, on_its_way.recovery)
    assert not keys.accepts(folders(desk)[0], old.id)
    assert not _retire(resources, keys.find_public(folders(desk)[0]).id)
    assert keys.kind_of(folders(desk)[1], old.id) == "plain"

    assert looked_after(desk) == "nothing"

    assert [opened(desk, row, row.sealed) for row in rows(desk)] == ["one", "two"]
    assert keys.kind_of(folders(desk)[1], old.id) == "missing"


def test_a_credential_written_while_it_is_sealed_again_is_not_overwritten(desk: Desk) -> None:
    desk.registry("team", "one")
    (row,) = rows(desk)
    with desk.store.write() as tx:
        assert not credentials.replace(tx, replace(row, sealed=b"read before"), well_formed(), well_formed())
        credentials.judge(tx, row.registry_id, row.version, b"read before", "damaged")
    assert rows(desk) == [row]


def test_without_keys_there_is_nothing_to_look_after(desk: Desk) -> None:
    desk.registry("team", "one")
    (folders(desk)[0] / "recovery.pub").unlink()
    assert looked_after(desk) == "nothing"


def unlocked(desk: Desk) -> None:
    """Start a holder as a command would, at little cost."""
    from bahriya_tui.custody.holder import unlock

    opened_keys = unlock(*folders(desk), answers(PASSPHRASE))
    listening = _listen(folders(desk)[1])

    def serve() -> None:
        with listening:
            Holder(folders(desk)[1], opened_keys, listening).serve(60)

    threading.Thread(target=serve, daemon=True).start()


@pytest.fixture
def locked_desk(desk: Desk) -> Desk:
    protect(folders(desk), PASSPHRASE)
    return desk


def test_a_locked_vault_is_waited_for(locked_desk: Desk) -> None:
    locked_desk.registry("team", "one")
    rekey(*folders(locked_desk), answers(PASSPHRASE))
    assert looked_after(locked_desk) == "waits"
    unlocked(locked_desk)
    assert looked_after(locked_desk) == "nothing"
    holding.end(folders(locked_desk)[1])
    assert len(list(folders(locked_desk)[1].glob("*.wrapped"))) == 1


def test_regions_wait_for_unlock_and_go_on_by_themselves(locked_desk: Desk, canary: str) -> None:
    desk = locked_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    public = desk.deploy(desk.container("docs", image="nginx:1.27"))
    desk.start()
    until(
        lambda: {desk.region(number, one).message for one in REGIONS} == {WAITING_FOR_UNLOCK},
        say=lambda: desk.told(),
    )
    assert {desk.region(number, one).state for one in REGIONS} == {"pull_secret"}
    assert desk.ended(public).state == "done"
    assert deployments.get(desk.store.connection, number).plaintext_ms is None

    unlocked(desk)

    assert desk.ended(number).state == "done", desk.told(number)
    holding.end(folders(desk)[1])


def test_a_deployment_that_waits_for_unlock_can_be_cancelled(locked_desk: Desk, canary: str) -> None:
    desk = locked_desk
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    until(lambda: desk.region(number, REGIONS[0]).message == WAITING_FOR_UNLOCK)
    with desk.store.write() as tx:
        deployments.request_cancel(tx, number, clock.now())
    assert desk.ended(number).state == "cancelled"


def test_a_check_waits_for_unlock(locked_desk: Desk, canary: str) -> None:
    desk = locked_desk
    registry = desk.registry("team", canary)
    with desk.store.write() as tx:
        number = checks.request(tx, registry.id, 1, [], clock.now())
    desk.start()
    until(lambda: checks.get(desk.store.connection, number).state == "running")
    unlocked(desk)
    until(lambda: checks.get(desk.store.connection, number).state == "done")
    result = checks.get(desk.store.connection, number).result
    assert result is not None
    assert result["login"] == "accepted", result
    holding.end(folders(desk)[1])


def test_a_deployment_with_a_lost_key_fails_and_asks_for_reentry(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    for path in folders(desk)[1].iterdir():
        path.unlink()
    desk.start()
    assert desk.ended(number).state == "failed"
    assert all("needs re-entry" in desk.region(number, one).message for one in REGIONS)
    assert needs_reentry(desk, team) == MISSING


def test_what_opens_again_needs_no_reentry_any_more(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    with desk.store.write() as tx:
        tx.execute("UPDATE credential SET unreadable = 'it was damaged'")
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    assert needs_reentry(desk, team) == ""


def test_a_worker_that_runs_seals_again_by_itself(desk: Desk, canary: str) -> None:
    desk.registry("team", canary)
    worker = desk.start()
    rekey(*folders(desk), answers())
    until(lambda: len(list(folders(desk)[1].glob("*.key"))) == 1, say=lambda: worker.log.read_text())
    assert [opened(desk, row, row.sealed) for row in rows(desk)] == [canary]


def test_a_key_that_is_not_safe_is_complained_about_once(desk: Desk, canary: str) -> None:
    desk.registry("team", canary)
    old = keys.find_public(folders(desk)[0]).id
    rekey(*folders(desk), answers())
    keys.private_path(folders(desk)[1], old).chmod(0o644)
    worker = desk.start()
    until(lambda: "mode 0644" in worker.log.read_text())
    keys.private_path(folders(desk)[1], old).chmod(0o600)
    until(lambda: not keys.marked(folders(desk)[0], "retired"))
    worker.process.send_signal(signal.SIGTERM)
    assert worker.log.read_text().count("mode 0644") == 1


def test_the_writing_of_a_pull_secret_waits_for_unlock_and_counts_no_try(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    protect(folders(desk), PASSPHRASE)
    with desk.store.write() as tx:
        written = secret_writes.ask(
            tx,
            project=PROJECT,
            region=REGIONS[0],
            name="bahriya-team-v1",
            registry_id=team.id,
            version=1,
            reason="it was edited by hand",
            actor="mira",
            now=clock.now(),
        )
    until(lambda: secret_writes.get(desk.store.connection, written).last_error == WAITING_FOR_UNLOCK)
    unlocked(desk)
    until(lambda: secret_writes.get(desk.store.connection, written).state == "done", say=desk.told)
    assert secret_writes.get(desk.store.connection, written).attempts == 0
    holding.end(folders(desk)[1])
