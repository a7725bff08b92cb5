"""Reading a project back from a region: the marks of its pull secrets, and what its workloads pull with.

Of secrets the metadata alone is asked for, and nothing else is looked at, whatever is answered. Of workloads
the environment is left where it is, as it may be private.
"""

from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster import objects
from bahriya_tui.cluster.objects import Kind
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import (
    DEPLOYMENT_ID,
    HOLDS,
    MANAGED_BY,
    MANAGER,
    PROJECT,
    REGISTRY,
    VERSION,
)
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload

SOMEBODY = "somebody"
"""Who changed a secret when no field manager says so: its data is no longer known as ours."""
_OURS = frozenset({".dockerconfigjson", MANAGED_BY, PROJECT, REGISTRY, VERSION})
"""What we write into every pull secret: its data and our marks."""

Json = Mapping[str, Any]


def read_secrets(transport: Transport, project: str, region: str, now: str) -> list[ObservedSecret]:
    """List our pull secrets with one request; `Failed` where the region does not let us."""
    found = _listed(transport, "Secret", project, metadata=True)
    return [_secret(one["metadata"], project, region, now) for one in found]


def read_workloads(transport: Transport, project: str, region: str, now: str) -> list[ObservedWorkload]:
    """List our workloads with one request; `Failed` where the region does not let us."""
    found = _listed(transport, "Deployment", project, metadata=False)
    return [_workload(one, project, region, now) for one in found]


def edited_by(metadata: Json) -> str:
    """Name the field managers that changed a secret's data or our marks on it; empty when none did.

    From `metadata.managedFields`: whoever changes a field owns it from then on, and we no longer do. Where
    nobody owns what we lost, `SOMEBODY` took it out or made the secret anew.
    """
    owners = metadata.get("managedFields") or []
    kept = {field for one in owners if one.get("manager") == MANAGER for field in _fields(one)}
    lost = _OURS - kept
    if not lost:
        return ""
    others = {str(one.get("manager") or SOMEBODY) for one in owners if lost & _fields(one)}
    return ", ".join(sorted(others)) or SOMEBODY


def _listed(transport: Transport, kind: Kind, project: str, *, metadata: bool) -> list[dict[str, Any]]:
    answer = transport.request(
        "GET",
        objects.path(kind, namespace(project)),
        query={"labelSelector": f"{MANAGED_BY}={MANAGER}"},
        metadata_list=metadata,
    )
    thing = f"{kind.lower()}s of project {project}"
    if not answer.ok:
        raise Failed(refusal(answer, thing))
    expected = "PartialObjectMetadataList" if metadata else f"{kind}List"
    if answer.body.get("kind") != expected:
        raise Failed(f"{thing}: it did not answer with a list of them", "look at the proxy in front of it")
    return [one for one in answer.body.get("items") or [] if objects.is_ours(one, project)]


def _secret(metadata: Json, project: str, region: str, now: str) -> ObservedSecret:
    marks = metadata.get("annotations") or {}
    version = _number(marks.get(VERSION))
    holds = _number(marks.get(HOLDS, marks.get(VERSION)))
    name, uid = metadata["name"], metadata["uid"]
    return ObservedSecret(project, region, name, uid, version, holds, edited_by(metadata), now)


def _workload(found: Json, project: str, region: str, now: str) -> ObservedWorkload:
    metadata, template = found["metadata"], found["spec"]["template"]
    pod = template["spec"]
    secrets = [str(one.get("name")) for one in pod.get("imagePullSecrets") or []]
    return ObservedWorkload(
        project,
        region,
        metadata["name"],
        metadata["uid"],
        str(pod["containers"][0].get("image", "")),
        " ".join(secrets),
        _number((template.get("metadata", {}).get("labels") or {}).get(DEPLOYMENT_ID)),
        int(found["spec"].get("replicas", 1)),
        now,
    )


def _fields(owner: Json) -> set[str]:
    """Name what an owner owns of a secret's data, labels and annotations."""
    owned = owner.get("fieldsV1") or {}
    metadata = owned.get("f:metadata") or {}
    parts = (owned.get("f:data"), metadata.get("f:labels"), metadata.get("f:annotations"))
    return {field.removeprefix("f:") for part in parts for field in part or {}}


def _number(text: object) -> int | None:
    return int(str(text)) if str(text).isdecimal() else None
