"""Adoption of pull secrets that others made: finds them in a region, and has a reader seal what is in one.

This process asks for metadata only. What is in a secret reaches the reader alone, which gives it back sealed.
"""

from typing import Any

from bahriya_tui.cluster import foreign_secrets
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.transport import ANSWER_SECONDS, CONNECT_SECONDS
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError, Failed, told_by
from bahriya_tui.store import adoptions
from bahriya_tui.store.adoptions import Adoption
from bahriya_tui.vault.keys import find_public, find_recovery
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.opener_calls import secret_at
from bahriya_tui.worker.openers import adopt as ask_reader
from bahriya_tui.worker.opening import opening
from bahriya_tui.worker.run import Resources


def run_adoption(resources: Resources, asked: Adoption) -> None:
    """Answer one claimed question; one that cannot be answered says why, never with an exception."""
    try:
        result = _look(resources, asked) if asked.kind == "look" else _take(resources, asked)
    except Unreachable as error:
        away = Failed(f"it cannot be reached ({error.message})", "try again when it answers")
        result = {"error": _told(asked.region, away)}
    except BahriyaError as error:
        result = {"error": _told(asked.region, error)}
    except Exception as error:
        result = {"error": _told(asked.region, Failed(unforeseen.report(error)))}
    resources.store.write_at_last(lambda tx: adoptions.finish(tx, asked.id, result, clock.now()))


def _look(resources: Resources, asked: Adoption) -> dict[str, Any]:
    namespace = str(asked.request.get("namespace") or "")
    with access.transport(resources.region(asked.region), resources.places) as transport:
        found = foreign_secrets.find(transport, asked.region, namespace)
    names = ("namespace", "name", "type", "created_at")
    return {"secrets": [{name: getattr(one, name) for name in names} for one in found]}


def _take(resources: Resources, asked: Adoption) -> dict[str, Any]:
    wanted = asked.request
    namespace, name = str(wanted["namespace"]), str(wanted["secret"])
    with access.transport(resources.region(asked.region), resources.places) as transport:
        uid = foreign_secrets.uid_of(transport, namespace, name)
        endpoint = transport.endpoint
    vault, recovery = (find(resources.places.public_keys) for find in (find_public, find_recovery))
    request = {
        "target": {**secret_at(endpoint, asked.region, namespace, name), "uid": uid},
        "number": wanted.get("number", 0),
        "context": wanted.get("context"),
        "vault": vault.raw.hex(),
        "recovery": recovery.raw.hex(),
        "connect_timeout": CONNECT_SECONDS,
        "answer_timeout": ANSWER_SECONDS,
    }
    # What others made is opened there too, if not with our key.
    named = {"project": asked.project, "registry": wanted.get("handle")}
    with opening(resources.store, asked.requested_by, regions=(asked.region,), **named) as under_way:
        answer = ask_reader(request)
        under_way.outcome = "done"
    return answer


def _told(region: str, error: BahriyaError) -> dict[str, str]:
    return {**told_by(error), "message": f"region {region}: {error.message}"}
