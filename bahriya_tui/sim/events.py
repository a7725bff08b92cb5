"""Events of a region: what controllers and kubelet say about objects, repeated ones counted."""

import uuid
from collections import OrderedDict

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.objects import Objects
from bahriya_tui.sim.verbs import now

KEPT = 500
"""Events one region keeps; older ones go, as they expire in a real region."""


class Events:
    """Records core/v1 events into the objects of a region."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: OrderedDict[tuple[str, str, str], tuple[str, str]] = OrderedDict()

    def say(self, about: Json, reason: str, message: str, *, by: str, warning: bool = False) -> None:
        """Something happened to an object; `by` is the component that says so."""
        metadata = about["metadata"]
        key = metadata["uid"], reason, message
        namespace, name = self._known.get(key, (metadata.get("namespace", "default"), ""))
        if name and (known := self._objects.get("events", namespace, name)):
            self._objects.put("events", known | {"count": known["count"] + 1, "lastTimestamp": now()})
            return
        name = f"{metadata['name']}.{uuid.uuid4().hex[:16]}"
        self._known[key] = namespace, name
        event = _event(about, namespace, name, reason, message)
        kind = "Warning" if warning else "Normal"
        self._objects.put(
            "events", event | {"type": kind, "source": {"component": by}, "reportingComponent": by}
        )
        while len(self._known) > KEPT:
            _, oldest = self._known.popitem(last=False)
            if old := self._objects.get("events", *oldest):
                self._objects.remove("events", old)


def _event(about: Json, namespace: str, name: str, reason: str, message: str) -> Json:
    moment, metadata = now(), about["metadata"]
    return {
        "kind": "Event",
        "apiVersion": "v1",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": str(uuid.uuid4()),
            "creationTimestamp": moment,
        },
        "involvedObject": {
            "kind": about["kind"],
            "apiVersion": about["apiVersion"],
            "namespace": metadata.get("namespace", ""),
            "name": metadata["name"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
        },
        "reason": reason,
        "message": message,
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
        "eventTime": None,
        "reportingInstance": "",
    }
