"""What the openers are asked for: the sealed credential, where its key is, and the regions it goes to.

Holds ciphertext and the regions' own access only. A plaintext credential never comes back from an opener.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bahriya_tui.cluster.transport import CONNECT_SECONDS
from bahriya_tui.kubeconfig.endpoint import Endpoint
from bahriya_tui.model import clock, ecr
from bahriya_tui.model.audit import Head
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.deployment import Pull
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests import pull_secret
from bahriya_tui.model.registry import CredentialVersion, Registry
from bahriya_tui.store import deployments, history, registries
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.worker import access
from bahriya_tui.worker.credential import with_credential
from bahriya_tui.worker.opener_batch import Answer, Send, Target
from bahriya_tui.worker.openers import Closed, open_and_apply
from bahriya_tui.worker.opening import opening, summed_up
from bahriya_tui.worker.run import Resources, Run

if TYPE_CHECKING:
    from sqlite_utils import Database


def secret_at(endpoint: Endpoint, region: str, namespace: str, name: str) -> Target:
    """Name one secret in a region, with the way there, to an opener or a reader."""
    where = {"region": region, "namespace": namespace, "secret": name}
    return {**asdict(endpoint), **where, "labels": {}, "annotations": {}}


def target(endpoint: Endpoint, secret: AppliedSecret) -> Target:
    """Describe where and as what the opener puts the credential in one region."""
    return {
        **secret_at(endpoint, secret.region, namespace(secret.project), secret.name),
        "labels": pull_secret.labels(secret.project, secret.registry),
        "annotations": pull_secret.annotations(secret.version),
    }


def confirmed(secret: AppliedSecret, answer: Answer) -> AppliedSecret:
    """Give a secret as its region has confirmed it: what it holds, and when that ends and is replaced."""
    end = answer["expires_at"]
    return replace(
        secret,
        uid=answer["uid"] or None,
        holds=answer["holds"],
        expires_at=end,
        refresh_at=end and ecr.refresh_at(end, clock.now()),
    )


def sender(run: Run, pull: Pull) -> Send:
    """Give what sends one credential of this deployment to targets that are ready."""
    deployment = run.deployment

    def note(tx: "Database", closed: Closed) -> None:
        deployments.add_opening(tx, deployment.id, closed.plaintext_ms, closed.isolation)

    named = {
        "registry": pull.registry,
        "container": deployment.container,
        "deployment": deployment.id,
    }

    def context_now() -> CredentialContext:
        run.before_change()
        return _context(run, pull)

    return _sender(run.resources, context_now, deployment.created_by, named, note)


def writer(resources: Resources, registry: Registry, version: CredentialVersion, user: str) -> Send:
    """Give what sends one version's credential, for `user`, into secrets that may be named for others.

    Several of them may be in one region, so what tells targets apart is `region/secret`.
    """
    context = CredentialContext(
        registry.project, registry.id, version.server, version.username, version.version
    )
    return _sender(resources, lambda: context, user, {"registry": registry.handle}, lambda _tx, _closed: None)


def _sender(
    resources: Resources,
    context_now: Callable[[], CredentialContext],
    user: str,
    named: dict[str, Any],
    closed_too: "Callable[[Database, Closed], None]",
) -> Send:
    """Give what has a credential opened and sent, with all of it in the audit log under `user`."""

    def send(targets: list[Target], answer_seconds: float, take: Callable[[Answer], None]) -> None:
        context = context_now()
        request: dict[str, Any] = {
            "mode": "apply",
            "connect_timeout": CONNECT_SECONDS,
            "answer_timeout": answer_seconds,
        }
        request |= _way_to_mint(resources, context)
        what = {**named, "project": context.project, "versions": (context.version,)}

        def ask(sealed: dict[str, Any]) -> None:
            results: dict[str, str] = dict.fromkeys((one["region"] for one in targets), "no answer")

            def note(answer: Answer) -> None:
                results[answer["region"]] = answer["result"]
                take({**answer, "holds": context.version})

            regions = dict.fromkeys(key.partition("/")[0] for key in results)
            with opening(resources.store, user, regions=regions, **what) as under_way:
                marked = [_marked(one, context.version, under_way.head) for one in targets]
                opener = resources.standby.take()
                closed = open_and_apply({**request, **sealed, "targets": marked}, note, opener)
                under_way.outcome = summed_up(results.values()) if closed.plaintext_ms else "not opened"
                under_way.also = lambda tx: closed_too(tx, closed)

        with_credential(resources, context, ask)

    return send


def _way_to_mint(resources: Resources, context: CredentialContext) -> dict[str, Any]:
    """Give what an opener needs to have a token made, should it need one."""
    if not ecr.mints(context.server, context.username):
        return {}
    registry = resources.store.look_up(lambda c: registries.by_id(c, context.registry_id))
    if registry is None:
        return {}
    return {"ca_file": access.ca_file_of(registry, resources.places), "proxy": registry.proxy}


def _context(run: Run, pull: Pull) -> CredentialContext:
    """Say what is opened for a deployment: its own version, or what stands for one that was withdrawn."""
    project, registry_id, version = run.deployment.spec.project, pull.registry_id, pull.version
    held = run.resources.store.read(lambda c: history.held(c, registry_id, version))
    if held is None or held.version == version:
        return CredentialContext(project, registry_id, pull.server, pull.username, version)
    return CredentialContext(project, registry_id, held.server, held.username, held.version)


def _marked(one: Target, holds: int, head: Head) -> Target:
    marks = {**one["annotations"], **pull_secret.held(holds), **pull_secret.witness(head)}
    return {**one, "annotations": marks}
