"""The step that brings a registry's pull secret into a region, through an opener."""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster import namespace as namespaces
from bahriya_tui.cluster import pull_secret
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.deployment import Pull
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.store import history, registries, removals, secrets
from bahriya_tui.worker.credential import waits_for_unlock
from bahriya_tui.worker.opener_batch import OpenerBatch
from bahriya_tui.worker.opener_calls import confirmed, target
from bahriya_tui.worker.openers import NoAnswer
from bahriya_tui.worker.run import Run
from bahriya_tui.worker.secret_writes import ask_again

if TYPE_CHECKING:
    from sqlite_utils import Database

_TRIES = 3
_PROBE_SECONDS = 2.5


def apply_secret(
    run: Run, region: str, transport: Transport, batch: OpenerBatch, pull: Pull
) -> AppliedSecret:
    """Note the secret, have it written, and give it with the uid that the region confirmed.

    Raises `Failed` when the region refuses, `Unreachable` when it stops answering, and `VaultLocked` when
    somebody has to unlock the credential's key first.
    """
    secret = AppliedSecret(
        run.deployment.project, region, pull.secret, pull.registry_id, pull.registry, pull.version, None
    )

    def note(tx: "Database") -> None:
        # A registry that was deleted meanwhile keeps its removals: there is nothing to send any more.
        registries.sealed(tx.conn, secret.registry_id, secret.version)
        # What one that is there already holds is not known to change before the region confirms it.
        there = secrets.applied(tx.conn, project=secret.project, region=region)
        known = next((one for one in there if one.name == secret.name), secret)
        secrets.note(tx, replace(known, uid=None))
        removals.drop_for(tx, region, secret.project, "Secret", secret.name)

    with run.resources.locks.of(region):
        run.recorder.region(region, "pull_secret", secret.name, also=note)
    message = "no answer"
    for attempt in range(_TRIES):
        try:
            answer = _sent(run, transport, batch, secret)
        except NoAnswer:
            # Somebody killed the opener, or memory ran out: another one may come through.
            if attempt == _TRIES - 1:
                raise
            continue
        if answer["result"] == "applied":
            if answer["old_copy"]:
                _remove_old_copy(run, transport, secret)
            return confirmed(secret, answer)
        message = str(answer.get("message") or message)
        if answer["result"] == "not minted":
            raise Failed(message, "what is there stays as it is; deploy again when that is mended")
        if answer["result"] == "refused":
            _answer_to_refusal(run, transport, secret, answer, attempt)
        else:
            _probe(transport, secret.project)
    raise Unreachable(message)


def _remove_old_copy(run: Run, transport: Transport, secret: AppliedSecret) -> None:
    pull_secret.remove_old_copy(transport, secret.project, secret.name)
    words = f"{secret.name}: removed a copy of an older password that kubectl had left in an annotation"
    run.recorder.region(secret.region, "pull_secret", words)


def _sent(run: Run, transport: Transport, batch: OpenerBatch, secret: AppliedSecret) -> dict[str, Any]:
    """Have the credential sent by an opener; `VaultLocked` where its key cannot be used now."""
    run.check()
    held = _held(run, secret)
    try:
        return batch.join(target(transport.endpoint, secret))
    finally:
        if _held(run, secret) != held:
            with run.resources.store.write() as tx:
                ask_again(tx, secret, held, run.deployment.created_by)


def waits_for_key(run: Run, pull: Pull) -> bool:
    """Tell whether the credential of a pull secret is locked away now."""
    return waits_for_unlock(run.resources, pull.registry_id, _held(run, pull))


def _held(run: Run, secret: AppliedSecret | Pull) -> int:
    """Give the version whose token is sent: that of the secret's name unless it was withdrawn."""
    found = run.resources.store.look_up(lambda c: history.held(c, secret.registry_id, secret.version))
    return secret.version if found is None else found.version


def _answer_to_refusal(
    run: Run, transport: Transport, secret: AppliedSecret, answer: dict[str, Any], attempt: int
) -> None:
    """Make the namespace anew when it vanished; a region that is busy may be asked again; else give up."""
    status = int(answer.get("status") or 0)
    if status == 404 and attempt == 0:
        namespaces.ensure(transport, secret.project)
        return
    if status == 409 and pull_secret.PROMISER in str(answer.get("message")) and attempt < _TRIES - 1:
        _promise(run, transport, secret)
        return
    if status in (429, 500, 502, 503, 504) and attempt < _TRIES - 1:
        _probe(transport, secret.project)
        return
    words = refusal(Answer(status, {"message": answer.get("message", "")}), f"pull secret {secret.name}")
    raise Failed(words)


def _promise(run: Run, transport: Transport, secret: AppliedSecret) -> None:
    """Have the region await the token that counts now, where it awaits another one; unless we are late."""
    there = pull_secret.look(transport, secret.project, secret.name)
    run.before_change()
    if there is not None:
        # Where somebody else was faster, the next try meets what that left.
        with suppress(Failed):
            pull_secret.promise(transport, secret.project, secret.name, _held(run, secret), there)


def _probe(transport: Transport, project: str) -> None:
    """Find out whether the region is alive before it gets an opener of its own; raise `Unreachable`."""
    where = path("Namespace", namespace(project))
    transport.request("GET", where, metadata_only=True, timeout=_PROBE_SECONDS)
