"""The same job as a script with kubectl: for each region the secret, the Deployments, and their rollouts."""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.served import PASSWORD, USER, Served
from tests.benchmarks.timed import Cost, timed

NAMESPACE = "kubectl"
_SCRIPT = """set -e
k="{kubectl} --kubeconfig {kubeconfig} --cache-dir {cache} --context $1 --namespace {namespace}"
$k create secret docker-registry pull --docker-server={server} --docker-username={user} \\
  --docker-password={password} --dry-run=client -o yaml | $k apply --validate=false -f - >/dev/null
$k apply --validate=false -f {manifests} >/dev/null
for one in {names}; do $k rollout status "$one" >/dev/null; done
"""
_PREPARE = """k="{kubectl} --kubeconfig {kubeconfig} --cache-dir {cache} --context $1"
$k create namespace {namespace} --dry-run=client -o yaml | $k apply -f - >/dev/null
"""


def program() -> str | None:
    """Find kubectl: the one beside this Python before the system's."""
    return shutil.which("kubectl", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


class Script:
    """The script, and what it needs in a folder of its own."""

    def __init__(self, folder: Path, served: Served, kubectl: str) -> None:
        self._served, self._folder = served, folder
        self._runs = 0
        self._words = {
            "kubectl": kubectl,
            "kubeconfig": str(served.kubeconfig),
            "cache": str(folder / "cache"),
            "namespace": NAMESPACE,
            "server": served.address,
            "user": USER,
            "password": PASSWORD,
            "manifests": str(folder / "manifests.json"),
        }
        folder.mkdir()

    def prepare(self, deployments: Sequence[dict[str, Any]]) -> None:
        """Make the namespaces and fill kubectl's cache, which nobody has to wait for every time."""
        self._write("prepare.sh", _PREPARE)
        self._all("prepare.sh", self._served.regions, 16)
        self.run(deployments, self._served.regions, 16)

    def run(self, deployments: Sequence[dict[str, Any]], regions: Sequence[str], at_once: int) -> Cost:
        """Deploy to these regions, so many at once."""
        self._runs += 1
        items = [self._revised(one) for one in deployments]
        (self._folder / "manifests.json").write_text(
            json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        )
        self._words["names"] = " ".join(f"deployment/{one['metadata']['name']}" for one in items)
        self._write("deploy.sh", _SCRIPT)
        return self._all("deploy.sh", regions, at_once)

    def _revised(self, deployment: dict[str, Any]) -> dict[str, Any]:
        """Give it as another revision, of this script's own."""
        made: dict[str, Any] = json.loads(json.dumps(deployment))
        made["metadata"]["namespace"] = NAMESPACE
        template = made["spec"]["template"]
        template["metadata"]["annotations"] = {"revision": str(self._runs)}
        template["spec"]["imagePullSecrets"] = [{"name": "pull"}]
        return made

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text.format(**self._words))

    def _all(self, name: str, regions: Sequence[str], at_once: int) -> Cost:
        listed = self._folder / "listed"
        listed.write_text("\n".join(regions) + "\n")
        command = ["xargs", "-a", str(listed), f"-P{at_once}", "-n1", "sh", str(self._folder / name)]
        return timed(command, environment={"PATH": os.environ["PATH"], "HOME": str(self._folder)})
