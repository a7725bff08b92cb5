"""The objects of one region: versions, history and listeners.

Objects handed out are shared with history and watches and must never be changed; a change puts a new object.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.status import expired

HISTORY = 1000
"""How many changes a watch can go back."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one object; `type` is ADDED, MODIFIED or DELETED."""

    type: str
    plural: str
    object: Json
    previous: Json | None
    version: int


Listener = Callable[[Change], None]


class Objects:
    """All objects of one region, addressed by plural, namespace (empty when cluster-wide) and name."""

    def __init__(self) -> None:
        self.version = 100
        self.listeners: list[Listener] = []
        self._kept: dict[str, dict[tuple[str, str], Json]] = {}
        self._history: deque[Change] = deque()
        self._oldest = self.version

    def get(self, plural: str, namespace: str, name: str) -> Json | None:
        """The object, or None."""
        return self._kept.get(plural, {}).get((namespace, name))

    def list(self, plural: str, namespace: str | None = None) -> list[Json]:
        """Objects of a kind in order of namespace and name; of all namespaces when None."""
        kept = self._kept.get(plural, {})
        return [kept[key] for key in sorted(kept) if namespace in (None, key[0])]

    def put(self, plural: str, obj: Json) -> Json:
        """Keep a new state of an object under a new resourceVersion, and tell the listeners."""
        key = _key(obj)
        kept = self._kept.setdefault(plural, {})
        previous = kept.get(key)
        self.version += 1
        obj = obj | {"metadata": obj["metadata"] | {"resourceVersion": str(self.version)}}
        kept[key] = obj
        kind = "MODIFIED" if previous else "ADDED"
        self._tell(Change(kind, plural, obj, previous, self.version))
        return obj

    def remove(self, plural: str, obj: Json) -> None:
        """Take an object out; its last state is told with the version of its end."""
        previous = self._kept.get(plural, {}).pop(_key(obj), None)
        if previous is None:
            return
        self.version += 1
        last = previous | {"metadata": previous["metadata"] | {"resourceVersion": str(self.version)}}
        self._tell(Change("DELETED", plural, last, previous, self.version))

    def owned_by(self, uid: str) -> Iterator[tuple[str, Json]]:
        """Objects whose ownerReferences name this uid, with their plural."""
        for plural in ("replicasets", "pods"):
            for obj in self.list(plural):
                if any(owner["uid"] == uid for owner in obj["metadata"].get("ownerReferences", ())):
                    yield plural, obj

    def since(self, version: int) -> tuple[Change, ...]:
        """Changes after a resourceVersion, oldest first; StatusError 410 when they are forgotten."""
        if version < self._oldest:
            raise expired(version, self._oldest)
        return tuple(change for change in self._history if change.version > version)

    def forget_history(self) -> None:
        """Compact: a watch from any version before now is answered with 410."""
        self._history.clear()
        self._oldest = self.version

    def _tell(self, change: Change) -> None:
        self._history.append(change)
        while len(self._history) > HISTORY:
            self._oldest = self._history.popleft().version
        for listener in tuple(self.listeners):
            listener(change)


def _key(obj: Json) -> tuple[str, str]:
    metadata = obj["metadata"]
    return metadata.get("namespace", ""), metadata["name"]
