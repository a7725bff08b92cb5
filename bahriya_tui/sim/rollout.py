"""The deployment controller: rolls a template out, pod by pod, as Kubernetes does.

Event driven: a deployment has a task only while something about it changes, so an idle region costs nothing.
"""

import asyncio

from bahriya_tui.sim.events import Events
from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.objects import Change, Objects
from bahriya_tui.sim.progress import (
    DONE,
    LATE,
    advanced,
    available,
    complete,
    counted,
    joined,
    limits,
    progressing,
    reason_of,
)
from bahriya_tui.sim.replicas import (
    FAILURE,
    HASH_LABEL,
    REVISION,
    failure_of,
    fill,
    new_set,
    revision,
    sets_of,
    template_hash,
)

Key = tuple[str, str]


class DeploymentController:
    """Brings each deployment to its spec; every pass takes `pace` seconds."""

    def __init__(self, objects: Objects, events: Events, pace: float) -> None:
        self._objects = objects
        self._events = events
        self.pace = pace
        self._due: set[Key] = set()
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._deadlines: dict[Key, asyncio.TimerHandle] = {}
        objects.listeners.append(self._changed)

    @property
    def busy(self) -> bool:
        """Whether any work is under way."""
        return bool(self._tasks)

    def close(self) -> None:
        """Stop all work."""
        for task in self._tasks.values():
            task.cancel()
        for timer in self._deadlines.values():
            timer.cancel()

    def _changed(self, change: Change) -> None:
        metadata = change.object["metadata"]
        if change.plural == "deployments":
            status = change.object.get("status") or {}
            if change.type == "DELETED":
                self._no_deadline((metadata["namespace"], metadata["name"]))
            elif status.get("observedGeneration") != metadata["generation"]:
                self._wake((metadata["namespace"], metadata["name"]))
        elif change.plural == "pods" or (change.plural == "replicasets" and change.type == "DELETED"):
            self._wake_owner(change.object)
        elif change.plural == "resourcequotas":
            for deployment in self._objects.list("deployments", metadata["namespace"]):
                self._wake((metadata["namespace"], deployment["metadata"]["name"]))

    def _wake_owner(self, obj: Json) -> None:
        namespace = obj["metadata"]["namespace"]
        for owner in obj["metadata"].get("ownerReferences") or ():
            if owner["kind"] == "Deployment":
                self._wake((namespace, owner["name"]))
            elif replica_set := self._objects.get("replicasets", namespace, owner["name"]):
                self._wake_owner(replica_set)

    def _wake(self, key: Key) -> None:
        self._due.add(key)
        if key not in self._tasks:
            self._tasks[key] = asyncio.get_running_loop().create_task(self._work(key))

    async def _work(self, key: Key) -> None:
        try:
            while key in self._due:
                await asyncio.sleep(self.pace)
                self._due.discard(key)
                if deployment := self._objects.get("deployments", *key):
                    self._pass(key, deployment)
        finally:
            del self._tasks[key]

    def _pass(self, key: Key, deployment: Json) -> None:
        """One look at a deployment: one step of scaling, its pods, its status."""
        found = ""
        if not deployment["spec"].get("paused"):
            deployment, found = self._with_new_set(deployment)
        self._fill_sets(deployment)
        if not deployment["spec"].get("paused") and self._scale(deployment):
            self._due.add(key)
            self._fill_sets(deployment)
        self._report(key, deployment, found)

    def _fill_sets(self, deployment: Json) -> None:
        for replica_set in sets_of(self._objects, deployment):
            fill(self._objects, replica_set, self._say_set)

    def _with_new_set(self, deployment: Json) -> tuple[Json, str]:
        """Have a ReplicaSet for the present template; the reason when it was created or found again."""
        sets = sets_of(self._objects, deployment)
        current = self._current(deployment, sets)
        number = max([revision(each) for each in sets], default=0)
        if current and revision(current) == number:
            return self._numbered(deployment, number), ""
        if current is None:
            self._objects.put("replicasets", new_set(deployment, number + 1))
            return self._numbered(deployment, number + 1), "NewReplicaSetCreated"
        metadata = current["metadata"]
        metadata = metadata | {"annotations": metadata["annotations"] | {REVISION: str(number + 1)}}
        self._objects.put("replicasets", current | {"metadata": metadata})
        return self._numbered(deployment, number + 1), "FoundNewReplicaSet"

    def _numbered(self, deployment: Json, number: int) -> Json:
        """The deployment with its revision noted; kept together with the next status."""
        metadata = deployment["metadata"]
        return deployment | {
            "metadata": metadata
            | {"annotations": (metadata.get("annotations") or {}) | {REVISION: str(number)}}
        }

    @staticmethod
    def _current(deployment: Json, sets: list[Json]) -> Json | None:
        mark = template_hash(deployment["spec"]["template"])
        return next((each for each in sets if each["metadata"]["labels"][HASH_LABEL] == mark), None)

    def _scale(self, deployment: Json) -> bool:
        """One step towards the new ReplicaSet; whether a number was changed."""
        sets = sets_of(self._objects, deployment)
        current = self._current(deployment, sets)
        if current is None:
            return False
        old = [each for each in sets if each is not current]
        for replica_set, number in _step(deployment["spec"], current, old):
            before = replica_set["spec"]["replicas"]
            direction = "up" if number > before else "down"
            name = replica_set["metadata"]["name"]
            self._say(
                deployment,
                "ScalingReplicaSet",
                f"Scaled {direction} replica set {name} from {before} to {number}",
            )
            generation = replica_set["metadata"]["generation"] + 1
            scaled = replica_set | {
                "spec": replica_set["spec"] | {"replicas": number},
                "metadata": replica_set["metadata"] | {"generation": generation},
            }
            self._objects.put("replicasets", scaled)
            return True
        return False

    def _report(self, key: Key, deployment: Json, found: str) -> None:
        """Write the status when it changed; set or clear the deadline."""
        sets = sets_of(self._objects, deployment)
        current = self._current(deployment, sets)
        before = deployment.get("status") or {}
        counts = counted(deployment, current, sets)
        name = current["metadata"]["name"] if current else ""
        reason = self._reason(key, deployment, before, counts, found)
        conditions = [available(deployment, counts)] + ([progressing(reason, name)] if reason else [])
        failure = failure_of(current)
        kept = [each for each in before.get("conditions") or [] if failure or each["type"] != FAILURE]
        status = counts | {
            "observedGeneration": deployment["metadata"]["generation"],
            "conditions": joined(kept, [*conditions, failure] if failure else conditions),
        }
        live = self._objects.get("deployments", *key)
        if live and (status != before or live["metadata"] != deployment["metadata"]):
            self._objects.put("deployments", deployment | {"status": status})
        if reason == DONE:
            self._forget_old_sets(deployment, sets)

    def _reason(self, key: Key, deployment: Json, before: Json, counts: Json, found: str) -> str:
        """Why Progressing stands as it does; empty when nothing is to be said anew."""
        former = reason_of(before, "Progressing")
        if deployment["spec"].get("paused"):
            self._no_deadline(key)
            return "DeploymentPaused"
        if complete(deployment, counts):
            self._no_deadline(key)
            return DONE
        if found:
            self._set_deadline(key, deployment)
            return found
        if former == DONE and counts.get("replicas", 0) == counts.get("updatedReplicas", 0):
            return ""
        if advanced(before, counts):
            self._set_deadline(key, deployment)
            return "ReplicaSetUpdated"
        if key not in self._deadlines and former not in (LATE, DONE):
            self._set_deadline(key, deployment)
        timer = self._deadlines.get(key)
        late = timer is not None and timer.when() <= asyncio.get_running_loop().time()
        return LATE if late else ""

    def _set_deadline(self, key: Key, deployment: Json) -> None:
        self._no_deadline(key)
        seconds = deployment["spec"]["progressDeadlineSeconds"]
        self._deadlines[key] = asyncio.get_running_loop().call_later(seconds, self._wake, key)

    def _no_deadline(self, key: Key) -> None:
        if timer := self._deadlines.pop(key, None):
            timer.cancel()

    def _forget_old_sets(self, deployment: Json, sets: list[Json]) -> None:
        empty = [each for each in sets if not each["spec"]["replicas"] and not each["status"].get("replicas")]
        for replica_set in empty[: max(0, len(empty) - deployment["spec"]["revisionHistoryLimit"])]:
            self._objects.remove("replicasets", replica_set)

    def _say(self, about: Json, reason: str, message: str) -> None:
        self._events.say(about, reason, message, by="deployment-controller")

    def _say_set(self, about: Json, reason: str, message: str) -> None:
        self._events.say(about, reason, message, by="replicaset-controller")


def _step(spec: Json, current: Json, old: list[Json]) -> list[tuple[Json, int]]:
    """The next changes of replica numbers, most urgent first; empty when the sets are as they should be."""
    surge, missing = limits(spec)
    wanted, have = spec["replicas"], current["spec"]["replicas"]
    total = have + sum(each["spec"]["replicas"] for each in old)
    if have > wanted:
        return [(current, wanted)]
    recreate_waits = spec["strategy"]["type"] == "Recreate" and total > have
    room = 0 if recreate_waits else min(wanted - have, wanted + surge - total)
    if room > 0:
        return [(current, have + room)]
    ready = current["status"].get("availableReplicas", 0)
    spare = total - (wanted - missing) - (have - ready)
    for each in old:
        broken = each["spec"]["replicas"] - each["status"].get("availableReplicas", 0)
        if min(broken, spare) > 0:
            return [(each, each["spec"]["replicas"] - min(broken, spare))]
    serving = ready + sum(each["status"].get("availableReplicas", 0) for each in old)
    for each in old:
        number = min(each["spec"]["replicas"], serving - (wanted - missing))
        if number > 0:
            return [(each, each["spec"]["replicas"] - number)]
    return []
