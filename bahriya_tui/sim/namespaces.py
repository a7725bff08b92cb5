"""The namespace controller: a service account for each new namespace, and the end of those being deleted."""

import asyncio
import uuid

from bahriya_tui.sim.kinds import KINDS, Json
from bahriya_tui.sim.objects import Change, Objects
from bahriya_tui.sim.verbs import now

FIRST = ("default", "kube-system")
"""Namespaces every region has from the start."""


class NamespaceController:
    """Finishes what the API only marks: content goes first, then the namespace, after `pace` seconds."""

    def __init__(self, objects: Objects, pace: float) -> None:
        self._objects = objects
        self.pace = pace
        self._tasks: set[asyncio.Task[None]] = set()
        objects.listeners.append(self._changed)
        for name in FIRST:
            objects.put("namespaces", _namespace(name))

    @property
    def busy(self) -> bool:
        """Whether any work is under way."""
        return bool(self._tasks)

    def close(self) -> None:
        """Stop all work."""
        for task in self._tasks:
            task.cancel()

    def _changed(self, change: Change) -> None:
        if change.plural != "namespaces":
            return
        if change.type == "ADDED":
            self._objects.put("serviceaccounts", _account(change.object["metadata"]["name"]))
        elif change.type == "MODIFIED" and "deletionTimestamp" in change.object["metadata"]:
            task = asyncio.get_running_loop().create_task(self._end(change.object))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _end(self, namespace: Json) -> None:
        await asyncio.sleep(self.pace)
        name = namespace["metadata"]["name"]
        order = sorted(KINDS, key=lambda kind: kind.plural != "deployments")
        for kind in order:
            for obj in self._objects.list(kind.plural, name) if kind.namespaced else ():
                self._objects.remove(kind.plural, obj)
        self._objects.remove("namespaces", namespace)


def _born(name: str) -> Json:
    return {"name": name, "uid": str(uuid.uuid4()), "creationTimestamp": now()}


def _namespace(name: str) -> Json:
    return {
        "kind": "Namespace",
        "apiVersion": "v1",
        "metadata": _born(name) | {"labels": {"kubernetes.io/metadata.name": name}},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def _account(namespace: str) -> Json:
    metadata = _born("default") | {"namespace": namespace}
    return {"kind": "ServiceAccount", "apiVersion": "v1", "metadata": metadata}
