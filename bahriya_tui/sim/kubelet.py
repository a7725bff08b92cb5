"""The kubelet: schedules a region's pods on its one node and really asks the registry for their images.

Each pod has a task until its containers run (or for ever, while a pull fails); it ends when the pod goes.
"""

import asyncio

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import Image, parse
from bahriya_tui.sim import podstatus
from bahriya_tui.sim.events import Events
from bahriya_tui.sim.keyring import UnreadableSecret, logins
from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.manifest import PullError, Registries
from bahriya_tui.sim.objects import Change, Objects
from bahriya_tui.sim.podstatus import Ending
from bahriya_tui.sim.scheduler import why_not

BACK_OFF = 10.0
"""Simulated seconds before the first repeated pull; doubles up to the longest."""

LONGEST_BACK_OFF = 300.0
_HOPELESS = ("InvalidImageName", "ErrImageNeverPull")

Key = tuple[str, str]


class Kubelet:
    """Runs a region's pods; a simulated second lasts `pace` seconds. `images` is the node's image cache.

    `endings` says of images, as pods name them, how their process ends each time; of others it keeps running.
    """

    def __init__(
        self, objects: Objects, events: Events, registries: Registries, node: str, pace: float
    ) -> None:
        self.images: dict[str, str] = {}
        self.endings: dict[str, Ending] = {}
        self._objects = objects
        self._events = events
        self._registries = registries
        self._node = node
        self.pace = pace
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Event()
        """Set, and replaced, whenever a pod that no node took may fit now."""
        objects.listeners.append(self._changed)

    @property
    def busy(self) -> bool:
        """Whether any work is under way."""
        return bool(self._tasks)

    def close(self) -> None:
        """Stop all work."""
        for task in self._tasks.values():
            task.cancel()

    def _changed(self, change: Change) -> None:
        if change.plural == "nodes" or (change.plural == "pods" and change.type == "DELETED"):
            self._room.set()
            self._room = asyncio.Event()
        if change.plural != "pods":
            return
        metadata = change.object["metadata"]
        uid = metadata["uid"]
        if change.type == "ADDED":
            key = metadata["namespace"], metadata["name"]
            task = asyncio.get_running_loop().create_task(self._run(key))
            self._tasks[uid] = task
            task.add_done_callback(lambda _: self._tasks.pop(uid, None))
        elif change.type == "DELETED" and uid in self._tasks:
            self._tasks[uid].cancel()

    async def _run(self, key: Key) -> None:
        await asyncio.sleep(self.pace)
        pod = await self._schedulable(key)
        where = f"{key[0]}/{key[1]} to {self._node}"
        self._events.say(pod, "Scheduled", f"Successfully assigned {where}", by="default-scheduler")
        spec = pod["spec"] | {"nodeName": self._node}
        self._objects.put("pods", pod | {"spec": spec, "status": podstatus.scheduled(pod)})
        for container in spec.get("initContainers") or ():
            if not await self._start(key, container, podstatus.INIT):
                return
        await asyncio.gather(*(self._start(key, each, podstatus.MAIN) for each in spec["containers"]))

    async def _schedulable(self, key: Key) -> Json:
        """Wait until the node takes the pod; tell meanwhile why it does not."""
        while why := why_not(self._objects, pod := self._pod(key), self._node):
            self._objects.put("pods", pod | {"status": podstatus.unschedulable(pod, why)})
            self._events.say(pod, "FailedScheduling", why, by="default-scheduler", warning=True)
            await self._room.wait()
        return pod

    def _pod(self, key: Key) -> Json:
        pod = self._objects.get("pods", *key)
        if pod is None:
            raise asyncio.CancelledError
        return pod

    async def _start(self, key: Key, container: Json, field: str) -> bool:
        """Pull until it works, then start; False when no repetition can help."""
        wait = BACK_OFF
        while True:
            try:
                digest = await self._pull(key, container)
            except PullError as error:
                self._waiting(key, container, field, error.reason, str(error))
                self._warn(key, "Failed", f"Error: {error.reason}")
                if error.reason in _HOPELESS:
                    return False
                await self._back_off(key, container, field, error, wait)
                wait = min(2 * wait, LONGEST_BACK_OFF)
                continue
            if missing := self._missing(key, container):
                self._waiting(key, container, field, "CreateContainerConfigError", missing)
                self._warn(key, "Failed", f"Error: {missing}")
                await asyncio.sleep(BACK_OFF * self.pace)
                continue
            await self._live(key, container, field, digest)
            return True

    def _missing(self, key: Key, container: Json) -> str:
        """Name a Secret that the container's environment needs and that is not there; empty without one."""
        for variable in container.get("env") or ():
            needed = (variable.get("valueFrom") or {}).get("secretKeyRef")
            if needed and self._objects.get("secrets", key[0], needed["name"]) is None:
                return f'secret "{needed["name"]}" not found'
        return ""

    async def _live(self, key: Key, container: Json, field: str, digest: str) -> None:
        """Start a container, again and again while it ends by itself."""
        restarts, wait = 0, BACK_OFF
        while True:
            self._say(key, "Created", f"Container created: {container['name']}")
            self._say(key, "Started", f"Container started: {container['name']}")
            pod = self._pod(key)
            ending = self.endings.get(container["image"])
            if ending is None:
                status = podstatus.started(pod, field, container, digest)
                self._objects.put("pods", pod | {"status": status})
                return
            status = podstatus.ended(pod, field, container, ending, restarts, wait)
            self._objects.put("pods", pod | {"status": status})
            if not restarts:
                await asyncio.sleep(self.pace)
            else:
                self._warn(key, "BackOff", f"Back-off restarting failed container {container['name']}")
                await asyncio.sleep(wait * self.pace)
                wait = min(2 * wait, LONGEST_BACK_OFF)
            restarts += 1

    async def _back_off(
        self, key: Key, container: Json, field: str, error: PullError, seconds: float
    ) -> None:
        await asyncio.sleep(self.pace)
        message = f'Back-off pulling image "{container["image"]}": {error.reason}: {error}'
        self._waiting(key, container, field, "ImagePullBackOff", message)
        self._say(key, "BackOff", f'Back-off pulling image "{container["image"]}"')
        self._warn(key, "Failed", "Error: ImagePullBackOff")
        await asyncio.sleep(seconds * self.pace)

    async def _pull(self, key: Key, container: Json) -> str:
        """The digest of a container's image, from the node's cache or its registry; else PullError."""
        name, policy = container["image"], container.get("imagePullPolicy", "IfNotPresent")
        try:
            image = parse(name)
        except BadInput:
            why = f"couldn't parse image name {name!r}: invalid reference format"
            self._warn(key, "InspectFailed", f'Failed to apply default image tag "{name}": {why}')
            message = f'Failed to apply default image tag "{name}": {why}'
            raise PullError(message, "InvalidImageName") from None
        if policy != "Always" and name in self.images:
            self._say(key, "Pulled", f'Container image "{name}" already present on machine')
            return self.images[name]
        if policy == "Never":
            message = f'Container image "{name}" is not present with pull policy of Never'
            self._warn(key, "ErrImageNeverPull", message)
            raise PullError(message, "ErrImageNeverPull")
        self._say(key, "Pulling", f'Pulling image "{name}"')
        try:
            self.images[name] = await self._ask(key, image)
        except PullError as error:
            self._warn(key, "Failed", f'Failed to pull image "{name}": {error}')
            raise
        self._say(key, "Pulled", f'Successfully pulled image "{name}"')
        return self.images[name]

    async def _ask(self, key: Key, image: Image) -> str:
        """Ask the registry with each matching login in turn, or with none when nothing matches."""
        pod = self._pod(key)
        names = [each["name"] for each in pod["spec"].get("imagePullSecrets") or ()]
        present = {name: self._objects.get("secrets", key[0], name) for name in names}
        if missing := [name for name, secret in present.items() if secret is None]:
            what = f"Unable to retrieve some image pull secrets ({', '.join(missing)})"
            message = f"{what}; attempting to pull the image may not succeed."
            self._warn(key, "FailedToRetrieveImagePullSecret", message)
        try:
            found = logins([secret for secret in present.values() if secret], image.normalised)
        except UnreadableSecret as why:
            raise PullError(str(why)) from None
        refused: list[str] = []
        for login in found or (None,):
            try:
                return await self._registries.resolve(image, login)
            except PullError as error:
                refused.append(str(error))
        different = list(dict.fromkeys(refused))
        raise PullError(different[0] if len(different) == 1 else f"[{', '.join(different)}]")

    def _waiting(self, key: Key, container: Json, field: str, reason: str, message: str) -> None:
        pod = self._pod(key)
        status = podstatus.waiting(pod, field, container, reason, message)
        self._objects.put("pods", pod | {"status": status})

    def _say(self, key: Key, reason: str, message: str) -> None:
        self._events.say(self._pod(key), reason, message, by="kubelet")

    def _warn(self, key: Key, reason: str, message: str) -> None:
        self._events.say(self._pod(key), reason, message, by="kubelet", warning=True)
