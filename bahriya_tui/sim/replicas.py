"""ReplicaSets and their pods: a template's hash, new sets, and the pods a set should have."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.objects import Objects
from bahriya_tui.sim.progress import condition
from bahriya_tui.sim.scheduler import with_requests
from bahriya_tui.sim.verbs import now

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
FAILURE, FAILED_CREATE = "ReplicaFailure", "FailedCreate"
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"

Say = Callable[[Json, str, str], None]


def template_hash(template: Json) -> str:
    """Ten letters that stand for a pod template; equal templates have equal ones."""
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:10])


def sets_of(objects: Objects, deployment: Json) -> list[Json]:
    """A deployment's ReplicaSets, oldest revision first."""
    uid, namespace = deployment["metadata"]["uid"], deployment["metadata"]["namespace"]
    owned = [rs for rs in objects.list("replicasets", namespace) if _owner(rs) == uid]
    return sorted(owned, key=revision)


def revision(obj: Json) -> int:
    """The revision a ReplicaSet or Deployment carries; 0 without one."""
    return int((obj["metadata"].get("annotations") or {}).get(REVISION, 0))


def new_set(deployment: Json, number: int) -> Json:
    """The ReplicaSet of a deployment's present template, with no replicas yet."""
    spec, metadata = deployment["spec"], deployment["metadata"]
    mark = template_hash(spec["template"])
    template = _marked(spec["template"], mark)
    labels = dict(template["metadata"]["labels"])
    selector = {"matchLabels": spec["selector"]["matchLabels"] | {HASH_LABEL: mark}}
    return {
        "kind": "ReplicaSet",
        "apiVersion": "apps/v1",
        "metadata": _owned(deployment, f"{metadata['name']}-{mark}", labels)
        | {"generation": 1, "annotations": {REVISION: str(number)}},
        "spec": {"replicas": 0, "selector": selector, "template": template},
        "status": {"replicas": 0},
    }


def pods_of(objects: Objects, replica_set: Json) -> list[Json]:
    """The pods of one ReplicaSet."""
    uid, namespace = replica_set["metadata"]["uid"], replica_set["metadata"]["namespace"]
    return [pod for pod in objects.list("pods", namespace) if _owner(pod) == uid]


def is_ready(pod: Json) -> bool:
    """Whether the pod's Ready condition is True."""
    conditions = pod["status"].get("conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def fill(objects: Objects, replica_set: Json, say: Say) -> Json:
    """Make or remove pods until the set has its number, or the quota is used up; renew its status."""
    pods = pods_of(objects, replica_set)
    missing = replica_set["spec"]["replicas"] - len(pods)
    refused = ""
    for _ in range(missing):
        if refused := _over_quota(objects, replica_set):
            say(replica_set, FAILED_CREATE, f"Error creating: {refused}")
            break
        pod = objects.put("pods", with_requests(objects, _pod(replica_set)))
        say(replica_set, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
    doomed = sorted(pods, key=lambda pod: (is_ready(pod), pod["metadata"]["creationTimestamp"]))[
        : max(0, -missing)
    ]
    for pod in doomed:
        objects.remove("pods", pod)
        say(replica_set, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")
    return _counted(objects, replica_set, refused)


def failure_of(replica_set: Json | None) -> Json | None:
    """The condition ReplicaFailure of a set that may not create its pods; None while it may."""
    conditions = (replica_set or {}).get("status", {}).get("conditions") or ()
    return next((each for each in conditions if each["type"] == FAILURE), None)


def _over_quota(objects: Objects, replica_set: Json) -> str:
    """Why no further pod may be created: the `pods` of a ResourceQuota are used up; empty when one may."""
    name, namespace = replica_set["metadata"]["name"], replica_set["metadata"]["namespace"]
    used = len(objects.list("pods", namespace))
    for quota in objects.list("resourcequotas", namespace):
        limit = int(quota["spec"]["hard"]["pods"])
        if used >= limit:
            counts = f"requested: pods=1, used: pods={used}, limited: pods={limit}"
            return f'pods "{name}-" is forbidden: exceeded quota: {quota["metadata"]["name"]}, {counts}'
    return ""


def _counted(objects: Objects, replica_set: Json, refused: str) -> Json:
    pods = pods_of(objects, replica_set)
    ready = sum(map(is_ready, pods))
    status: Json = {"replicas": len(pods), "observedGeneration": replica_set["metadata"]["generation"]}
    counts = {"fullyLabeledReplicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
    status |= {name: count for name, count in counts.items() if count}
    if refused:
        known = failure_of(replica_set)
        same = known is not None and known["message"] == refused
        status["conditions"] = [known if same else condition(FAILURE, "True", FAILED_CREATE, refused)]
    if status == replica_set["status"]:
        return replica_set
    return objects.put("replicasets", replica_set | {"status": status})


def _owner(obj: Json) -> str:
    owners = obj["metadata"].get("ownerReferences") or ()
    return next((str(each["uid"]) for each in owners if each.get("controller")), "")


def _marked(template: Json, mark: str) -> Json:
    metadata = template.get("metadata") or {}
    labels = (metadata.get("labels") or {}) | {HASH_LABEL: mark}
    return template | {"metadata": metadata | {"labels": labels}}


def _owned(owner: Json, name: str, labels: Json) -> Json:
    reference = {key: owner[key] for key in ("apiVersion", "kind")}
    reference |= {key: owner["metadata"][key] for key in ("name", "uid")}
    return {
        "name": name,
        "namespace": owner["metadata"]["namespace"],
        "uid": str(uuid.uuid4()),
        "creationTimestamp": now(),
        "labels": labels,
        "ownerReferences": [reference | {"controller": True, "blockOwnerDeletion": True}],
    }


def _pod(replica_set: Json) -> Json:
    template = replica_set["spec"]["template"]
    suffix = "".join(secrets.choice(_LETTERS) for _ in range(5))
    metadata = _owned(
        replica_set, f"{replica_set['metadata']['name']}-{suffix}", dict(template["metadata"]["labels"])
    )
    if annotations := template["metadata"].get("annotations"):
        metadata["annotations"] = annotations
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": metadata,
        "spec": template["spec"],
        "status": {"phase": "Pending", "qosClass": "BestEffort"},
    }
