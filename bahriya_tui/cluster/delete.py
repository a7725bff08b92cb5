"""Deleting an object of ours, and only ours: by its uid, so that no later object of that name is hit.

Only an API server's own word counts: what a proxy in front of it answers proves nothing about the object.
"""

from collections.abc import Mapping
from typing import Any, Literal

from bahriya_tui.cluster import cronjob
from bahriya_tui.cluster.objects import Kind, is_ours, path, uid
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace, pull_secret
from bahriya_tui.model.manifests.marks import REGISTRY, VERSION

Outcome = Literal["deleted", "gone", "not ours"]


def delete(
    transport: Transport, kind: Kind, project: str, name: str, known_uid: str | None, cron_api: str = ""
) -> Outcome:
    """Delete one object; `gone` when it was not there any more, `not ours` when another stands in its place.

    Without a known uid the object is looked at first. So is a secret that has another uid than the known one:
    with our marks it is ours still, brought back from a backup. Raises `Failed` when the region refuses or
    something keeps the object there. `cron_api` is the API version in which CronJobs are known to be served.
    """
    thing = f"{kind.lower()} {name}"
    if kind == "CronJob":
        where = cronjob.find(transport, namespace(project), name, cron_api)
    else:
        where = path(kind, namespace(project), name)
    if known_uid is not None:
        outcome = _delete(transport, where, thing, known_uid)
        if outcome != "not ours" or kind != "Secret":
            return outcome
    found = transport.request("GET", where, metadata_only=True)
    if _is_missing(found, where):
        return "gone"
    found_uid = uid(found.body) if found.ok else None
    if found_uid is None:
        raise _failure(found, thing)
    if not _is_meant(kind, found.body, project, name):
        return "not ours"
    outcome = _delete(transport, where, thing, found_uid)
    if outcome == "not ours" and kind == "Secret":
        raise Failed(f"{thing} was replaced while it was being deleted")
    return outcome


def _delete(transport: Transport, where: str, thing: str, known_uid: str) -> Outcome:
    options = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": known_uid},
        "propagationPolicy": "Background",
    }
    answer = transport.request("DELETE", where, body=options, metadata_only=True)
    if _is_missing(answer, where):
        return "gone"
    if answer.status == 409 and answer.body.get("reason") == "Conflict":
        return "not ours"
    if not answer.ok or (answer.body.get("kind") != "Status" and uid(answer.body) is None):
        raise _failure(answer, thing)
    if answer.body.get("metadata", {}).get("deletionTimestamp"):
        raise Failed(
            f"{thing} is being deleted, but a finalizer keeps it there", "look who set the finalizer"
        )
    return "deleted"


def _is_missing(answer: Answer, where: str) -> bool:
    """Tell whether the API server itself says that the object, or its namespace, is not there."""
    details = answer.body.get("details")
    return (
        answer.status == 404
        and (answer.body.get("kind"), answer.body.get("reason")) == ("Status", "NotFound")
        and isinstance(details, dict)
        and details.get("kind") in (where.split("/")[-2], "namespaces")
    )


def _is_meant(kind: Kind, found: Mapping[str, Any], project: str, name: str) -> bool:
    """Tell by its marks whether this is the object to delete; a secret's say which version it holds.

    Version numbers are never used twice, so no later secret has the marks of an earlier one.
    """
    if kind != "Secret" or not is_ours(found, project):
        return is_ours(found, project)
    metadata = found["metadata"]
    registry = str(metadata["labels"].get(REGISTRY))
    version = str((metadata.get("annotations") or {}).get(VERSION))
    return version.isdecimal() and pull_secret(registry, int(version)) == name


def _failure(answer: Answer, thing: str) -> Failed:
    if answer.ok or (answer.status == 404 and answer.body.get("kind") != "Status"):
        return Failed(
            f"{thing}: an answer with status {answer.status} that is none of a Kubernetes API server",
            "look at the proxy in front of it",
        )
    return Failed(refusal(answer, thing))
