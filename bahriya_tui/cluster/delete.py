"""Deleting an object of ours, and only ours: by its uid, so that no later object of that name is hit."""

from typing import Literal

from bahriya_tui.cluster.objects import Kind, is_ours, path, uid
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace

Outcome = Literal["deleted", "gone", "not ours"]


def delete(transport: Transport, kind: Kind, project: str, name: str, known_uid: str | None) -> Outcome:
    """Delete one object; `gone` when it was not there any more, `not ours` when another stands in its place.

    Without a known uid the object is looked at first. Raises `Failed` when the region refuses.
    """
    where = path(kind, namespace(project), name)
    if known_uid is None:
        found = transport.request("GET", where, metadata_only=True)
        if found.status == 404:
            return "gone"
        if not found.ok:
            raise Failed(refusal(found, f"{kind.lower()} {name}"))
        if not is_ours(found.body, project):
            return "not ours"
        known_uid = uid(found.body)
    options = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": known_uid},
        "propagationPolicy": "Background",
    }
    answer = transport.request("DELETE", where, body=options, metadata_only=True)
    if answer.status == 404:
        return "gone"
    if answer.status == 409:
        return "not ours"
    if not answer.ok:
        raise Failed(refusal(answer, f"{kind.lower()} {name}"))
    return "deleted"
