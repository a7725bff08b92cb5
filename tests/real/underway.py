"""Deployments that are looked at while they run, and rollouts that go no further until they are let go."""

import json
from pathlib import Path
from typing import Any

from tests.hostile.scene import Command
from tests.operator import Operator
from tests.real.cluster import Cluster
from tests.worker.desk import until

_HOLD = "more-than-any-node-has"
_MEMORY = "1Pi"


class Underway:
    """A command that tells of a deployment as long as it runs."""

    def __init__(self, operator: Operator, folder: Path, *arguments: str) -> None:
        self.command = Command(operator, folder, *arguments, "--json")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it has told so far, line by line."""
        return [
            json.loads(line) for line in self.command.out.splitlines(keepends=True) if line.endswith("\n")
        ]

    @property
    def deployment(self) -> str:
        """The number of the deployment."""
        return str(self.events[0]["deployment"])

    def said(self, region: str, phase: str) -> list[str]:
        """Everything it has told of a region in one phase."""
        return [one["message"] for one in self.events if (one["region"], one["phase"]) == (region, phase)]

    def reaches(self, region: str, phase: str, words: str = "") -> None:
        """Wait until a region is in a phase, and has said these words in it."""

        def there() -> bool:
            return any(words in message for message in self.said(region, phase))

        until(there, 30, lambda: (self.events, self.command.err))

    def place(self, region: str | None, phase: str) -> int:
        """Tell as the how manyeth event a region came into a phase for the first time."""
        return next(
            number
            for number, one in enumerate(self.events)
            if (one["region"], one["phase"]) == (region, phase)
        )

    def ends_with(self, code: int) -> None:
        self.command.ends_with(code)


def hold(cluster: Cluster, project: str, region: str) -> None:
    """Let new pods of the project ask for more memory than any node has, so that they start nowhere."""
    limit = {"type": "Container", "defaultRequest": {"memory": _MEMORY}}
    cluster.apply(
        region,
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": _HOLD, "namespace": f"bahriya-{project}"},
            "spec": {"limits": [limit]},
        },
    )


def release(cluster: Cluster, project: str, region: str) -> None:
    """Let new pods start again, also those that wait already."""
    where = ["--namespace", f"bahriya-{project}"]
    cluster.kubectl(region, "delete", "limitrange", _HOLD, *where)

    def none_waits() -> bool:
        waiting = [pod for pod in cluster.objects(region, project, "pods") if _is_held(pod)]
        for pod in waiting:
            named = ["pod", pod["metadata"]["name"], "--ignore-not-found", "--wait=false"]
            cluster.kubectl(region, "delete", *named, *where)
        return not waiting

    until(none_waits)


def held(cluster: Cluster, project: str, region: str) -> list[str]:
    """Name the pods that are held."""
    return [pod["metadata"]["name"] for pod in cluster.objects(region, project, "pods") if _is_held(pod)]


def _is_held(pod: dict[str, Any]) -> bool:
    (container,) = pod["spec"]["containers"]
    return bool(container["resources"].get("requests", {}).get("memory") == _MEMORY)
