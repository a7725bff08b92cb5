"""What each verb of the API does to the objects of a region. Synchronous and atomic; no HTTP here."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bahriya_tui.sim.admission import admitted, with_data
from bahriya_tui.sim.apply import Owner, Share, Shares, apply, managed_fields, shares, updated
from bahriya_tui.sim.kinds import Json, Kind
from bahriya_tui.sim.objects import Objects
from bahriya_tui.sim.patches import json_patch, merge_patch, strategic_patch
from bahriya_tui.sim.status import StatusError, already_exists, bad_request, conflict, not_found

APPLY = "application/apply-patch+yaml"
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

_MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


@dataclass(frozen=True, slots=True)
class Call:
    """One understood request: verb and object, and the options that writes share."""

    verb: str
    kind: Kind
    namespace: str
    name: str
    subresource: str = ""
    manager: str = ""
    force: bool = False
    dry_run: bool = False


def now() -> str:
    """The present second as the API writes times (RFC 3339)."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def found(objects: Objects, call: Call) -> Json:
    """The object a call names; StatusError 404 without one."""
    obj = objects.get(call.kind.plural, call.namespace, call.name)
    if obj is None:
        raise not_found(call.kind, call.name)
    return obj


def create(objects: Objects, call: Call, body: Json) -> Json:
    """POST: a new object."""
    body = _identified(call, body)
    name = body["metadata"]["name"]
    _check_namespace(objects, call, name)
    if objects.get(call.kind.plural, call.namespace, name):
        raise already_exists(call.kind, name)
    new = admitted(call.kind, None, _born(call, body))
    return _keep(objects, call, None, new, updated(None, new, _updater(call)))


def replace(objects: Objects, call: Call, body: Json) -> Json:
    """PUT: a whole new state, refused when it was read before the last change."""
    live = found(objects, call)
    body = _identified(call, body)
    _check_version(call, live, body["metadata"])
    return _write(objects, call, live, body)


def patch(objects: Objects, call: Call, body: Any, content_type: str) -> tuple[Json, bool]:
    """PATCH in any of the four formats; the object, and whether it is new."""
    if content_type == APPLY:
        return _apply(objects, call, body)
    live = found(objects, call)
    if content_type == STRATEGIC:
        new = strategic_patch(live, body)
    elif content_type == MERGE:
        new = merge_patch(live, body)
    elif content_type == JSON_PATCH:
        new = json_patch(live, body)
    else:
        raise StatusError(415, "UnsupportedMediaType", f"unsupported patch type {content_type!r}")
    given = body.get("metadata") or {} if isinstance(body, dict) else {}
    _check_version(call, live, given)
    return _write(objects, call, live, new), False


def delete(objects: Objects, call: Call, options: Json) -> Json:
    """DELETE: the object and what it owns; a Status, or the object where its end takes time."""
    live = found(objects, call)
    _check_preconditions(call, live, options.get("preconditions") or {})
    if call.dry_run:
        return _deleted(call, live)
    if call.kind.plural == "namespaces":
        metadata = {"deletionTimestamp": now()} | live["metadata"]
        return objects.put("namespaces", live | {"metadata": metadata, "status": {"phase": "Terminating"}})
    objects.remove(call.kind.plural, live)
    release(objects, live, orphan=options.get("propagationPolicy") == "Orphan")
    return live if call.kind.plural == "pods" else _deleted(call, live)


def release(objects: Objects, owner: Json, orphan: bool = False) -> None:
    """Garbage collection: what an object owned goes with it, or is left without owner."""
    uid = owner["metadata"]["uid"]
    for plural, dependent in list(objects.owned_by(uid)):
        if orphan:
            left = [each for each in dependent["metadata"]["ownerReferences"] if each["uid"] != uid]
            metadata = dependent["metadata"] | {"ownerReferences": left}
            objects.put(plural, dependent | {"metadata": metadata})
        else:
            objects.remove(plural, dependent)
            release(objects, dependent)


def _apply(objects: Objects, call: Call, body: Any) -> tuple[Json, bool]:
    if not call.manager:
        why = "fieldManager: Required value: is required for apply patch"
        raise bad_request(f'PatchOptions.meta.k8s.io "" is invalid: {why}')
    body = _identified(call, _without_nulls(body))
    if body["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    live = objects.get(call.kind.plural, call.namespace, call.name)
    _check_uid(call, live, body["metadata"].get("uid"))
    if live is None:
        _check_namespace(objects, call, call.name)
    else:
        _check_version(call, live, body["metadata"])
    # Whoever applies stays the same owner when the version of the API changes.
    version = live["apiVersion"] if live else call.kind.api_version
    owner = Owner(call.manager, "Apply", version, call.subresource)
    config = body if call.subresource else _strip_status(call, body)
    result, held = apply(live or {}, _data_only(call, config), owner, call.force)
    new = admitted(call.kind, live, _same_identity(live, result) if live else _born(call, result))
    return _keep(objects, call, live, new, held), live is None


def _write(objects: Objects, call: Call, live: Json, new: Json) -> Json:
    new = _same_identity(live, new)
    if call.subresource == "status":
        new = live | {"status": new.get("status") or {}}
    elif call.kind.status:
        new = new | {"status": live.get("status") or {}}
    new = admitted(call.kind, live, new)
    return _keep(objects, call, live, new, updated(live, new, _updater(call)))


def _keep(objects: Objects, call: Call, live: Json | None, new: Json, held: Shares) -> Json:
    timed: Shares = {owner: Share(share.paths, share.time or now()) for owner, share in held.items()}
    metadata = dict(new["metadata"])
    if live is not None and _content(live) == _content(new) and _owners(shares(live)) == _owners(timed):
        return live
    metadata["managedFields"] = managed_fields(timed)
    new = new | {"metadata": metadata}
    return new if call.dry_run else objects.put(call.kind.plural, new)


def _content(obj: Json) -> Json:
    metadata = {k: v for k, v in obj["metadata"].items() if k not in ("managedFields", "resourceVersion")}
    return obj | {"metadata": metadata}


def _owners(held: Shares) -> dict[Owner, object]:
    return {owner: share.paths for owner, share in held.items() if share.paths}


def _identified(call: Call, body: Any) -> Json:
    """The body as an object of this call's kind, name and namespace; StatusError 400 when it is another."""
    if not isinstance(body, dict) or not isinstance(body.get("metadata", {}), dict):
        raise bad_request("the object provided is unrecognized (must be of type map)")
    kind, version = body.get("kind", call.kind.name), body.get("apiVersion", call.kind.api_version)
    if (kind, version) != (call.kind.name, call.kind.api_version):
        expected = f"{call.kind.api_version}, Kind={call.kind.name}"
        raise bad_request(f"the API version in the data ({version}, Kind={kind}) does not match {expected}")
    metadata = dict(body.get("metadata") or {})
    if not metadata.get("name") and metadata.get("generateName") and call.verb == "create":
        metadata["name"] = metadata["generateName"] + uuid.uuid4().hex[:5]
    name = metadata.setdefault("name", call.name)
    if not name:
        raise bad_request("name is required")
    if call.name and name != call.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({call.name})")
    if metadata.get("namespace", call.namespace) != call.namespace:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if call.namespace:
        metadata["namespace"] = call.namespace
    return body | {"kind": kind, "apiVersion": version, "metadata": metadata}


def _born(call: Call, body: Json) -> Json:
    metadata = dict(body["metadata"])
    metadata.pop("resourceVersion", None)
    metadata.pop("managedFields", None)
    metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": now()}
    body = _strip_status(call, body) | {"metadata": metadata}
    if call.kind.plural == "namespaces":
        metadata["labels"] = {"kubernetes.io/metadata.name": metadata["name"]} | (
            metadata.get("labels") or {}
        )
    return body


def _same_identity(live: Json, new: Json) -> Json:
    fixed = (
        "uid",
        "creationTimestamp",
        "resourceVersion",
        "generation",
        "deletionTimestamp",
        "namespace",
        "name",
    )
    metadata = {k: v for k, v in new["metadata"].items() if k not in fixed}
    metadata |= {k: live["metadata"][k] for k in fixed if k in live["metadata"]}
    return new | {"kind": live["kind"], "apiVersion": live["apiVersion"], "metadata": metadata}


def _strip_status(call: Call, body: Json) -> Json:
    return {key: value for key, value in body.items() if key != "status"} if call.kind.status else body


def _data_only(call: Call, body: Json) -> Json:
    """A secret's stringData becomes data before ownership is counted, as the server's decoder does it."""
    return with_data(body) if call.kind.plural == "secrets" else body


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(child) for key, child in value.items() if child is not None}
    return [_without_nulls(child) for child in value] if isinstance(value, list) else value


def _updater(call: Call) -> Owner:
    return Owner(call.manager, "Update", call.kind.api_version, call.subresource)


def _check_namespace(objects: Objects, call: Call, name: str) -> None:
    if not call.kind.namespaced:
        return
    namespace = objects.get("namespaces", "", call.namespace)
    if namespace is None:
        details = {"name": call.namespace, "kind": "namespaces"}
        raise StatusError(404, "NotFound", f'namespaces "{call.namespace}" not found', details)
    if "deletionTimestamp" in namespace["metadata"]:
        why = f"unable to create new content in namespace {call.namespace} because it is being terminated"
        details = {"name": name, "kind": call.kind.plural}
        cause = {
            "reason": "NamespaceTerminating",
            "message": f"namespace {call.namespace} is being terminated",
        }
        cause["field"] = "metadata.namespace"
        message = f'{call.kind.resource} "{name}" is forbidden: {why}'
        raise StatusError(403, "Forbidden", message, details | {"causes": [cause]})


def _check_version(call: Call, live: Json, given: Json) -> None:
    if given.get("resourceVersion") not in (None, "", live["metadata"]["resourceVersion"]):
        raise conflict(call.kind, call.name, _MODIFIED)


def _check_uid(call: Call, live: Json | None, uid: str | None) -> None:
    if not uid:
        return
    if live is None:
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise conflict(call.kind, call.name, why)
    if live["metadata"]["uid"] != uid:
        real = live["metadata"]["uid"]
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {real}"
        raise conflict(call.kind, call.name, why)


def _check_preconditions(call: Call, live: Json, wanted: Json) -> None:
    for field, label, fate in (
        ("uid", "UID", "deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "modified"),
    ):
        real = live["metadata"][field]
        if wanted.get(field) not in (None, real):
            given = f"the {label} in the precondition ({wanted[field]})"
            why = f"{given} does not match the {label} in record ({real}). The object might have been {fate}"
            raise conflict(call.kind, call.name, why)


def _deleted(call: Call, live: Json) -> Json:
    details = {"name": call.name, "kind": call.kind.plural, "uid": live["metadata"]["uid"]}
    if call.kind.group:
        details["group"] = call.kind.group
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
