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
from bahriya_tui.model.server import auth_key
from bahriya_tui.opener.call import open_and_apply
from bahriya_tui.places import Places
from bahriya_tui.store import deployments, registries
from bahriya_tui.store.driver import Connection
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import private_path
from bahriya_tui.vault.record import parse
from bahriya_tui.worker.opener_batch import Answer, Send, Target
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
        request = {
            "mode": "apply",
            **run.resources.store.read(lambda c: sealed_for(c, run.resources.places, context)),
            "targets": targets,
            "connect_timeout": _CONNECT_SECONDS,
            "answer_timeout": answer_seconds,
        }
        opened_ms = open_and_apply(request, take)
        with run.resources.store.write() as tx:
            deployments.add_plaintext_ms(tx, run.deployment.id, opened_ms)

    return send


def sealed_for(c: Connection, places: Places, context: CredentialContext) -> dict[str, Any]:
    """Give the part of a request that says what is opened, with which key, and to which purpose."""
    blob = registries.sealed(c, context.registry_id, context.version)
    key = parse(blob).key_id
    return {
        "key_path": str(private_path(places.private_keys, key)),
        "sealed": blob.hex(),
        "context": asdict(context),
        "auth_key": auth_key(context.server),
    }
