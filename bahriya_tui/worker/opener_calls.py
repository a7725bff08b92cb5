"""What the openers are asked for: the sealed credential, where its key is, and the regions it goes to.

Holds ciphertext and the regions' own access only. A plaintext credential never comes back from an opener.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bahriya_tui.cluster import pull_secret
from bahriya_tui.kubeconfig.endpoint import Endpoint
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.handle import namespace
from bahriya_tui.opener.call import open_and_apply
from bahriya_tui.store import deployments
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.worker.opener_batch import Answer, Send, Target
from bahriya_tui.worker.opening import with_credential
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


def sender(run: Run) -> Send:
    """Give what sends the credential of this deployment to targets that are ready."""
    spec = run.deployment.spec

    def send(targets: list[Target], answer_seconds: float, take: Callable[[Answer], None]) -> None:
        if spec.registry_id is None or spec.version is None:
            raise AssertionError("this deployment has no credential to send")
        context = CredentialContext(
            spec.project, spec.registry_id, spec.server or "", spec.username or "", spec.version
        )

        def ask(sealed: dict[str, Any]) -> float:
            request = {
                "mode": "apply",
                **sealed,
                "targets": targets,
                "connect_timeout": _CONNECT_SECONDS,
                "answer_timeout": answer_seconds,
            }
            return open_and_apply(request, take)

        opened_ms = with_credential(run.resources, context, ask)
        with run.resources.store.write() as tx:
            deployments.add_plaintext_ms(tx, run.deployment.id, opened_ms)

    return send
