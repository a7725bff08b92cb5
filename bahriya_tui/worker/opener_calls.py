"""What the openers are asked for: the sealed credential, where its key is, and the regions it goes to.

Holds ciphertext and the regions' own access only. A plaintext credential never comes back from an opener.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from bahriya_tui.cluster import pull_secret
from bahriya_tui.kubeconfig.endpoint import Endpoint
from bahriya_tui.model.audit import Head
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.deployment import Pull
from bahriya_tui.model.handle import namespace
from bahriya_tui.opener.call import open_and_apply
from bahriya_tui.store import deployments
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.worker.credential import with_credential
from bahriya_tui.worker.opener_batch import Answer, Send, Target
from bahriya_tui.worker.opening import Opening, opening, summed_up
from bahriya_tui.worker.run import Run

_CONNECT_SECONDS = 3.0


def target(endpoint: Endpoint, secret: AppliedSecret) -> Target:
    """Describe where and as what the opener puts the credential in one region."""
    return {
        "region": secret.region,
        **asdict(endpoint),
        "namespace": namespace(secret.project),
        "secret": secret.name,
        "labels": pull_secret.labels(secret.project, secret.registry),
        "annotations": pull_secret.annotations(secret.version),
    }


def sender(run: Run, pull: Pull) -> Send:
    """Give what sends one credential of this deployment to targets that are ready."""
    project = run.deployment.project
    context = CredentialContext(project, pull.registry_id, pull.server, pull.username, pull.version)

    def send(targets: list[Target], answer_seconds: float, take: Callable[[Answer], None]) -> None:
        request = {"mode": "apply", "connect_timeout": _CONNECT_SECONDS, "answer_timeout": answer_seconds}

        def ask(sealed: dict[str, Any]) -> None:
            results: dict[str, str] = dict.fromkeys((one["region"] for one in targets), "no answer")

            def note(answer: Answer) -> None:
                results[answer["region"]] = answer["result"]
                take(answer)

            with _opening(run, pull, results) as under_way:
                witnesses = [_with_head(one, under_way.head) for one in targets]
                opener = run.resources.standby.take()
                closed = open_and_apply({**request, **sealed, "targets": witnesses}, note, opener)
                under_way.outcome = summed_up(results.values()) if closed.plaintext_ms else "not opened"
                under_way.also = lambda tx: deployments.add_opening(
                    tx, run.deployment.id, closed.plaintext_ms, closed.isolation
                )

        with_credential(run.resources, context, ask)

    return send


def _opening(run: Run, pull: Pull, regions: Iterable[str]) -> AbstractContextManager[Opening]:
    deployment = run.deployment
    return opening(
        run.resources.store,
        deployment.created_by,
        regions=regions,
        project=deployment.project,
        registry=pull.registry,
        container=deployment.container,
        deployment=deployment.id,
        versions=(pull.version,),
    )


def _with_head(one: Target, head: Head) -> Target:
    return {**one, "annotations": {**one["annotations"], **pull_secret.witness(head)}}
