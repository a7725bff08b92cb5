"""Looks at what the API server knows of pods, for rollouts in which nothing moves."""

from collections.abc import Iterable, Mapping
from typing import Any

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.objects import Kind, path
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import DEPLOYMENT_ID

_LOOK_SECONDS = 2.5

Item = dict[str, Any]


class PodsLook:
    """One look at the pods of several deployments, taken when the first of them asks."""

    def __init__(self, transport: Transport, project: str, deployments: Iterable[int]) -> None:
        self._transport, self._project = transport, project
        self._selector = f"{DEPLOYMENT_ID} in ({','.join(str(one) for one in deployments)})"
        self._found: list[Item] | Unreachable | Failed | None = None

    @property
    def taken(self) -> bool:
        """Tell whether somebody has asked."""
        return self._found is not None

    def of(self, deployment: int) -> list[Item]:
        """Give the pods of one deployment; raise `Failed` when they cannot be seen, or `Unreachable`."""
        if self._found is None:
            try:
                self._found = listed(self._transport, "Pod", self._project, {"labelSelector": self._selector})
            except (Unreachable, Failed) as error:
                self._found = error
        if isinstance(self._found, Exception):
            raise self._found
        return [pod for pod in self._found if _labels(pod).get(DEPLOYMENT_ID) == str(deployment)]


def events_of(transport: Transport, project: str, pod: str) -> list[Item]:
    """Give the events of one pod; raises as `PodsLook.of`."""
    query = {"fieldSelector": f"involvedObject.kind=Pod,involvedObject.name={pod}"}
    return listed(transport, "Event", project, query)


def listed(transport: Transport, kind: Kind, project: str, query: Mapping[str, str]) -> list[Item]:
    """List objects of a project's namespace; raise `Failed` where the region refuses, or `Unreachable`."""
    answer = transport.request("GET", path(kind, namespace(project)), query=query, timeout=_LOOK_SECONDS)
    if not answer.ok:
        raise Failed(refusal(answer, f"its {kind.lower()}s cannot be seen"))
    items: list[Item] = answer.body.get("items") or []
    return items


def _labels(pod: Item) -> Mapping[str, str]:
    return pod.get("metadata", {}).get("labels") or {}
