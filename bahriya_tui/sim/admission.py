"""What the API server does to an object before it keeps it: defaults and validation. Pure functions."""

import base64
import hashlib
import json
import re
from typing import Any

from bahriya_tui.model import schedule
from bahriya_tui.model.errors import BadInput
from bahriya_tui.sim.kinds import Json, Kind
from bahriya_tui.sim.status import StatusError, invalid

MAX_SECRET = 1024 * 1024
"""Bytes of data one secret may hold."""

DOCKER_CONFIG = "kubernetes.io/dockerconfigjson"
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", re.ASCII)
_SERVICE = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_SERVICE_RULE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_QUARTER = {"maxUnavailable": "25%", "maxSurge": "25%"}


def admitted(kind: Kind, live: Json | None, obj: Json) -> Json:
    """The object as it will be kept: defaults, generation, and proven valid (else StatusError 422)."""
    obj = _defaulted(kind, live, obj)
    _validate_name(kind, obj["metadata"]["name"])
    if kind.plural == "secrets":
        _validate_secret(kind, live, obj)
    if kind.plural == "deployments":
        _validate_deployment(kind, live, obj)
    if kind.plural == "cronjobs":
        _validate_cronjob(kind, obj)
    if kind.plural in ("deployments", "replicasets", "cronjobs"):
        metadata = dict(obj["metadata"])
        metadata["generation"] = _generation(live, obj)
        obj = obj | {"metadata": metadata}
    return obj


def _generation(live: Json | None, obj: Json) -> int:
    if live is None:
        return 1
    same = live.get("spec") == obj.get("spec") and _annotations(live) == _annotations(obj)
    return int(live["metadata"]["generation"]) + (0 if same else 1)


def _annotations(obj: Json) -> Json:
    return obj["metadata"].get("annotations") or {}


def _defaulted(kind: Kind, live: Json | None, obj: Json) -> Json:
    if kind.plural == "secrets":
        return {"type": "Opaque"} | with_data(obj)
    if kind.plural == "services":
        return obj | {"spec": _service_spec(obj, (live or {}).get("spec") or {})}
    if kind.plural == "pods":
        return obj | {
            "spec": pod_spec(obj.get("spec") or {}),
            "status": obj.get("status") or {"phase": "Pending"},
        }
    if kind.plural == "namespaces":
        phase = "Terminating" if "deletionTimestamp" in obj["metadata"] else "Active"
        return {"spec": {"finalizers": ["kubernetes"]}} | obj | {"status": {"phase": phase}}
    if kind.plural == "cronjobs":
        return obj | {"spec": _cronjob_spec(obj.get("spec") or {}), "status": obj.get("status") or {}}
    if kind.plural == "deployments":
        return obj | {"spec": _deployment_spec(obj.get("spec") or {}), "status": obj.get("status") or {}}
    return obj


def with_data(secret: Json) -> Json:
    """A secret whose write-only `stringData` has become `data`."""
    data = dict(secret.get("data") or {})
    for key, value in (secret.get("stringData") or {}).items():
        data[key] = base64.b64encode(value.encode()).decode()
    rest = {key: value for key, value in secret.items() if key not in ("stringData", "data")}
    return rest | {"data": data} if data else rest


def _service_spec(service: Json, live: Json) -> Json:
    defaults: Json = {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"}
    spec: Json = defaults | (service.get("spec") or {})
    ports: list[Json] = spec.get("ports") or []
    part = hashlib.sha256(service["metadata"]["uid"].encode()).digest()
    address = live.get("clusterIP") or f"10.96.{part[0]}.{part[1]}"
    spec = {"clusterIP": address, "clusterIPs": [address]} | spec
    return spec | {"ports": [{"protocol": "TCP", "targetPort": port.get("port")} | port for port in ports]}


def _deployment_spec(spec: Json) -> Json:
    strategy = dict(spec.get("strategy") or {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = _QUARTER | (strategy.get("rollingUpdate") or {})
    template = dict(spec.get("template") or {})
    template["spec"] = pod_spec(template.get("spec") or {})
    defaults = {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
    return defaults | spec | {"strategy": strategy, "template": template}


def _cronjob_spec(spec: Json) -> Json:
    job = dict(spec.get("jobTemplate") or {})
    job["spec"] = dict(job.get("spec") or {})
    template = dict(job["spec"].get("template") or {})
    template["spec"] = pod_spec(template.get("spec") or {})
    job["spec"]["template"] = template
    limits = {"successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}
    return {"concurrencyPolicy": "Allow", "suspend": False} | limits | spec | {"jobTemplate": job}


def pod_spec(spec: Json) -> Json:
    """A pod's spec with the defaults of core/v1."""
    defaults: Json = {
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
    }
    spec = defaults | spec
    for field in ("containers", "initContainers"):
        if spec.get(field):
            spec[field] = [_container(each) for each in spec[field]]
    return spec


def _container(container: Json) -> Json:
    image = str(container.get("image") or "")
    tag = image.rpartition("/")[2].partition(":")[2]
    latest = "@" not in image and tag in ("", "latest")
    defaults: Json = {
        "imagePullPolicy": "Always" if latest else "IfNotPresent",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    if ports := container.get("ports"):
        container = container | {"ports": [{"protocol": "TCP"} | port for port in ports]}
    return defaults | container


def _wrong(kind: Kind, name: str, field: str, value: Any, why: str) -> StatusError:
    shown = value if isinstance(value, str) else json.dumps(value)
    return invalid(kind, name, field, "FieldValueInvalid", f'Invalid value: "{shown}": {why}')


def _missing(kind: Kind, name: str, field: str) -> StatusError:
    return invalid(kind, name, field, "FieldValueRequired", "Required value")


def _validate_name(kind: Kind, name: str) -> None:
    pattern, rule = (_SERVICE, _SERVICE_RULE) if kind.plural == "services" else (_SUBDOMAIN, _SUBDOMAIN_RULE)
    if not pattern.fullmatch(name):
        raise _wrong(kind, name, "metadata.name", name, rule)
    longest = 63 if kind.plural in ("services", "namespaces") else 253
    if len(name) > longest:
        raise _wrong(kind, name, "metadata.name", name, f"must be no more than {longest} characters")


def _validate_secret(kind: Kind, live: Json | None, obj: Json) -> None:
    name, data = obj["metadata"]["name"], obj.get("data") or {}
    if live and live.get("type") != obj["type"]:
        raise _wrong(kind, name, "type", obj["type"], "field is immutable")
    if live and live.get("immutable") and (live.get("data") or {}) != data:
        raise invalid(
            kind, name, "data", "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set"
        )
    content = {key: _decoded(kind, name, key, value) for key, value in data.items()}
    if sum(map(len, content.values())) > MAX_SECRET:
        raise invalid(
            kind, name, "data", "FieldValueTooLong", f"Too long: may not be more than {MAX_SECRET} bytes"
        )
    if obj["type"] == DOCKER_CONFIG:
        field = "data[.dockerconfigjson]"
        if ".dockerconfigjson" not in content:
            raise _missing(kind, name, field)
        if trouble := _not_a_json_object(content[".dockerconfigjson"]):
            raise _wrong(kind, name, field, "<secret contents redacted>", trouble)


def _decoded(kind: Kind, name: str, key: str, value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (ValueError, TypeError):
        handled = f'{kind.name} in version "v1" cannot be handled as a {kind.name}'
        message = f"{handled}: illegal base64 data at input byte 0"
        raise StatusError(400, "BadRequest", message, {"name": name, "field": f"data[{key}]"}) from None


def _not_a_json_object(content: bytes) -> str:
    """What is wrong with it, without any of its content; empty when it is a JSON object."""
    try:
        return (
            ""
            if isinstance(json.loads(content), dict)
            else "json: cannot unmarshal into Go value of type map"
        )
    except ValueError:
        return (
            "invalid character looking for beginning of value" if content else "unexpected end of JSON input"
        )


def _validate_deployment(kind: Kind, live: Json | None, obj: Json) -> None:
    name, spec = obj["metadata"]["name"], obj["spec"]
    selector = (spec.get("selector") or {}).get("matchLabels")
    if not selector:
        raise _missing(kind, name, "spec.selector")
    labels = (spec["template"].get("metadata") or {}).get("labels") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        why = "`selector` does not match template `labels`"
        raise _wrong(kind, name, "spec.template.metadata.labels", labels, why)
    if live and live["spec"]["selector"] != spec["selector"]:
        raise _wrong(kind, name, "spec.selector", spec["selector"], "field is immutable")
    if not isinstance(spec["replicas"], int) or spec["replicas"] < 0:
        why = "must be greater than or equal to 0"
        raise _wrong(kind, name, "spec.replicas", spec["replicas"], why)
    _validate_containers(kind, name, spec["template"]["spec"], "spec.template.spec")


def _validate_cronjob(kind: Kind, obj: Json) -> None:
    name, spec = obj["metadata"]["name"], obj["spec"]
    if not spec.get("schedule"):
        raise _missing(kind, name, "spec.schedule")
    try:
        schedule.parse(spec["schedule"])
    except BadInput as refusal:
        raise _wrong(kind, name, "spec.schedule", spec["schedule"], refusal.message) from None
    pod, field = spec["jobTemplate"]["spec"]["template"]["spec"], "spec.jobTemplate.spec.template.spec"
    if pod["restartPolicy"] not in ("OnFailure", "Never"):
        why = 'supported values: "OnFailure", "Never"'
        raise _wrong(kind, name, f"{field}.restartPolicy", pod["restartPolicy"], why)
    _validate_containers(kind, name, pod, field)


def _validate_containers(kind: Kind, name: str, pod: Json, field: str) -> None:
    if not pod.get("containers"):
        raise _missing(kind, name, f"{field}.containers")
    for place, container in enumerate(pod["containers"]):
        if not container.get("image"):
            raise _missing(kind, name, f"{field}.containers[{place}].image")
