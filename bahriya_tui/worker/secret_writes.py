"""Pull secrets that are to hold another version's token: written by one opener, tried until regions confirm.

Only the data of secrets changes; no workload is touched. Holds no plaintext: that stays in the opener.

A late worker does no harm: it looks at the secret, asks the store whether its version is wanted still, and
then has the region refuse what comes after any change that it has not seen.
"""

import random
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster import pull_secret
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.transport import Answer as ApiAnswer
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.backoff import wait_after
from bahriya_tui.model.container import AppliedSecret, SecretWrite
from bahriya_tui.model.deployment import WAITING_FOR_UNLOCK
from bahriya_tui.model.errors import BahriyaError, Failed, StoreUnwritable, VaultLocked
from bahriya_tui.model.phases import Phase
from bahriya_tui.model.registry import ACCEPTED
from bahriya_tui.store import events, history, regions, registries, removals, secret_writes, secrets
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.credential import UNLOCK_SECONDS, waits_for_unlock
from bahriya_tui.worker.opener_batch import OpenerBatch
from bahriya_tui.worker.opener_calls import confirmed, target, writer
from bahriya_tui.worker.run import Resources

if TYPE_CHECKING:
    from sqlite_utils import Database

_REFUSED_SECONDS = 1800.0


def run_secret_writes(resources: Resources, due: Sequence[SecretWrite]) -> None:
    """Try what is due of one version of a registry, asked for by one person: all of it at the same time.

    Raises `StoreUnwritable` when what became of one could not be written down; it is still to be tried.
    """
    first = due[0]
    _wait_for_unlock(resources, due)
    registry = resources.store.read(lambda c: registries.by_id(c, first.registry_id))
    version = resources.store.read(lambda c: _version(c, first))
    if registry is None or version is None:
        for one in due:
            _nothing_to_write(resources, one, f"v{first.version} is not kept any more")
        return
    batch = OpenerBatch(len(due), writer(resources, registry, version, first.actor))
    unwritable: list[StoreUnwritable] = []

    def write(one: SecretWrite) -> None:
        try:
            _write(resources, batch, one)
        except StoreUnwritable as error:
            unwritable.append(error)

    threads = [threading.Thread(target=write, args=(one,), name="secret write", daemon=True) for one in due]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if unwritable:
        raise unwritable[0]


def ask_again(tx: "Database", secret: AppliedSecret, sent: int, actor: str) -> None:
    """Ask for the token that is to be in a secret, when another one was sent before that was known."""
    held = history.held(tx.conn, secret.registry_id, secret.version)
    if held is not None and held.version != sent:
        secret_writes.ask(
            tx,
            project=secret.project,
            region=secret.region,
            name=secret.name,
            registry_id=secret.registry_id,
            version=held.version,
            reason=f"v{sent} was withdrawn while it was being sent",
            actor=actor,
            now=clock.now(),
        )


def _version(c: Connection, one: SecretWrite) -> Any:
    versions = history.all(c, one.registry_id)
    return next((v for v in versions if v.version == one.version and v.state in ACCEPTED), None)


def _wait_for_unlock(resources: Resources, due: Sequence[SecretWrite]) -> None:
    """Wait while the key is locked; each of them says so meanwhile."""
    pause, told = threading.Event(), False
    while waits_for_unlock(resources, due[0].registry_id, due[0].version):
        if not told:
            with resources.store.write() as tx:
                for one in due:
                    secret_writes.explain(tx, one.id, WAITING_FOR_UNLOCK)
        told = True
        pause.wait(UNLOCK_SECONDS)


def _write(resources: Resources, batch: OpenerBatch, one: SecretWrite) -> None:
    """Have one secret written, and note what became of it; raises `StoreUnwritable` alone."""
    key = f"{one.region}/{one.name}"
    try:
        secret = resources.store.read(lambda c: _known(c, one))
        if secret is None:
            _nothing_to_write(resources, one, "it was removed meanwhile")
            return
        endpoint = access.endpoint_of(resources.region(one.region), resources.places)
        conditions = _promised(resources, one)
        if conditions is None:
            # Another version was asked for meanwhile: that is the next look's to write, or was written.
            return
        answer = batch.join({**target(endpoint, secret), **conditions, "region": key})
        _take(resources, one, secret, answer)
    except VaultLocked:
        # It was locked between the look and the opener's start; the next look waits for it.
        return
    except StoreUnwritable:
        raise
    except Unreachable as error:
        _failed(resources, one, f"region cannot be reached: {error.message}", unreachable=error.message)
    except BahriyaError as error:
        _failed(resources, one, str(error))
    except Exception as error:
        _failed(resources, one, unforeseen.report(error))
    finally:
        batch.leave(key)


def _promised(resources: Resources, one: SecretWrite) -> dict[str, Any] | None:
    """Have the region await this token and no other; give on which conditions it may be sent.

    None when it is not wanted any more. The store is asked after the region was seen: what another worker
    wrote before that was asked for before, and what it writes later changes the secret.
    """
    with access.transport(resources.region(one.region), resources.places) as transport:
        transport.connect()
        there = pull_secret.look(transport, one.project, one.name)
        if one.force and there is not None and not there.ours:
            raise Failed(
                f"a secret {one.name} is there that does not carry our marks",
                "remove it there, and repair again",
            )
        if not resources.store.read(lambda c: secret_writes.wanted(c, one.id, one.version)):
            return None
        if there is None:
            return {}
        seen = pull_secret.promise(transport, one.project, one.name, one.version, there)
    return {"resource_version": seen, **({"uid": there.uid} if one.force else {})}


def _take(resources: Resources, one: SecretWrite, secret: AppliedSecret, answer: dict[str, Any]) -> None:
    if answer["result"] == "applied":
        if answer["old_copy"]:
            with access.transport(resources.region(one.region), resources.places) as transport:
                pull_secret.remove_old_copy(transport, one.project, one.name)
        with resources.store.write() as tx:
            _done(tx, one, confirmed(secret, answer))
        return
    status, message = int(answer.get("status") or 0), str(answer.get("message") or "no answer")
    if answer["result"] == "not minted":
        _failed(resources, one, message, wait=_refused_wait if status else _same_wait)
    elif answer["result"] != "refused":
        _failed(resources, one, f"region cannot be reached: {message}", unreachable=message)
    elif status == 404:
        with access.transport(resources.region(one.region), resources.places) as transport:
            namespaces.ensure(transport, one.project)
        _failed(resources, one, "its namespace had vanished and was made anew; trying again")
    else:
        _failed(resources, one, refusal(ApiAnswer(status, {"message": message}), f"pull secret {one.name}"))


def _done(tx: "Database", one: SecretWrite, secret: AppliedSecret) -> None:
    regions.seen(tx, one.region, clock.now())
    if _known(tx.conn, one) is None:
        _remove(tx, one, secret.uid)
    else:
        secrets.note(tx, secret)
    if secret_writes.done(tx, one.id, one.version):
        _event(tx, one, "secret.written", f"{one.name} holds v{one.version} now ({one.reason})")
    elif secret_writes.get(tx.conn, one.id).state == "done":
        # It was not there to be promised anything, and another worker has seen to it before us.
        ask_again(tx, secret, one.version, one.actor)


def _nothing_to_write(resources: Resources, one: SecretWrite, why: str) -> None:
    with resources.store.write() as tx:
        if _known(tx.conn, one) is None:
            # An earlier try, of a worker that died, may have brought it back after its removal.
            _remove(tx, one, None)
        if secret_writes.done(tx, one.id, one.version):
            _event(tx, one, "secret.left", f"{one.name} was not written: {why}")


def _remove(tx: "Database", one: SecretWrite, uid: str | None) -> None:
    removals.add(
        tx,
        project=one.project,
        region=one.region,
        kind="Secret",
        name=one.name,
        uid=uid,
        reason="nothing needs it any more",
        now=clock.now(),
    )


def _failed(
    resources: Resources,
    one: SecretWrite,
    error: str,
    *,
    unreachable: str | None = None,
    wait: Callable[[int], float] = lambda failures: wait_after(failures, random.random()),  # noqa: S311
) -> None:
    now = clock.now()
    with resources.store.write() as tx:
        if unreachable is not None:
            regions.seen(tx, one.region, now, unreachable)
        if not secret_writes.wanted(tx.conn, one.id, one.version):
            return
        asked = secret_writes.get(tx.conn, one.id)
        secret_writes.failed(tx, one.id, error, clock.later(now, wait(asked.attempts + 1)))
        if error != asked.last_error:
            _event(tx, one, "secret.pending", f"{_still(tx.conn, one)}: {error}")


def _same_wait(failures: int) -> float:
    """Wait as long in all regions of a version: one opener then tries for them."""
    return wait_after(failures, 0.5)


def _refused_wait(_failures: int) -> float:
    """Wait for somebody to see to a key that was refused: to open it again changes nothing."""
    return _REFUSED_SECONDS


def _still(c: Connection, one: SecretWrite) -> str:
    """Say what a secret that was not written holds."""
    known = _known(c, one)
    if known is not None and known.holds == one.version and known.expires_at is not None:
        return f"{one.name} keeps the token that ends at {clock.minute(known.expires_at)}"
    return f"{one.name} does not hold v{one.version} yet"


def _known(c: Connection, one: SecretWrite) -> AppliedSecret | None:
    there = secrets.applied(c, project=one.project, region=one.region)
    return next((secret for secret in there if secret.name == one.name), None)


def _event(tx: "Database", one: SecretWrite, phase: Phase, message: str) -> None:
    registry = registries.by_id(tx.conn, one.registry_id)
    events.append(
        tx,
        phase=phase,
        message=message,
        now=clock.now(),
        project=one.project,
        region=one.region,
        registry=None if registry is None else registry.handle,
        actor=one.actor,
    )
