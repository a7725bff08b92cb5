"""Embedded regions and their registry in a process of their own, that a measurement can ask things.

`python -m tests.benchmarks.served JSON` serves; one JSON object a line on its standard input is a question.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.oci_registry import OciRegistry

USER, PASSWORD = "op", "benchmark-0123456789"
IMAGE = "team/app:v1"


@dataclass(frozen=True)
class Served:
    """The regions as a measurement sees them; as much of a world as a desk needs."""

    kubeconfig: Path
    address: str
    password: str
    regions: tuple[str, ...]
    process: "subprocess.Popen[bytes]"

    @property
    def fleet(self) -> "Served":
        return self

    @property
    def registry(self) -> "Served":
        return self

    def write_kubeconfig(self, path: Path) -> None:
        path.write_text(self.kubeconfig.read_text())

    def wait(self, latency: float) -> None:
        """Wait so many seconds before each answer, from now on."""
        self._ask({"latency": latency})

    def requests(self) -> Counter[int]:
        """How many regions were asked so many times since the last look."""
        return Counter({int(count): regions for count, regions in self._ask({"requests": True}).items()})

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextlib.contextmanager
def served(folder: Path, regions: Sequence[str]) -> Iterator[Served]:
    """Serve these regions as long as the block lasts."""
    kubeconfig = folder / "regions"
    asked = {"regions": list(regions), "kubeconfig": str(kubeconfig)}
    command = [sys.executable, "-m", "tests.benchmarks.served", json.dumps(asked)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["registry"]
        try:
            yield Served(kubeconfig, address, PASSWORD, tuple(regions), process)
        finally:
            process.terminate()


async def _serve(regions: list[str], kubeconfig: str) -> None:
    async with (
        OciRegistry(
            users={USER: PASSWORD},
            private={"team/app": ["v1"]},
            public={"library/nginx": ["1.27"]},
            auth="basic",
        ) as registry,
        Fleet(regions, registry=f"http://{registry.address}", pace=0.01) as fleet,
    ):
        fleet.write_kubeconfig(Path(kubeconfig))
        _say({"registry": registry.address})
        while line := await asyncio.to_thread(sys.stdin.readline):
            _say(_answer(fleet, json.loads(line)))


def _answer(fleet: Fleet, question: dict[str, Any]) -> dict[str, Any]:
    if "latency" in question:
        for region in fleet.regions.values():
            region.latency = question["latency"]
        return {}
    counts = Counter(len(region.requests) for region in fleet.regions.values())
    for region in fleet.regions.values():
        region.requests.clear()
    return {str(count): regions for count, regions in counts.items()}


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(**json.loads(sys.argv[1])))
