"""Real regions, seen from outside by somebody who may do everything there."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bahriya_tui.model.rbac import ACCOUNT, HOME

KUBECTL = str(Path(sys.executable).with_name("kubectl"))


@dataclass(frozen=True)
class Cluster:
    """Real regions with their registry, seen from outside through kubectl."""

    kubeconfig: Path
    contexts: tuple[str, ...]
    registry: str
    passwd: tuple[str, ...]

    def kubectl(self, context: str, *arguments: str, given: str | None = None) -> str:
        """Ask one region; give what kubectl printed."""
        command = [KUBECTL, "--kubeconfig", str(self.kubeconfig), "--context", context, *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def apply(self, context: str, *manifests: dict[str, Any]) -> None:
        """Put objects into one region, as an administrator there does."""
        for manifest in manifests:
            self.kubectl(context, "apply", "--filename", "-", given=json.dumps(manifest))

    def pull_secrets(self, context: str, project: str) -> list[str]:
        """Name the pull secrets that are in a project's namespace."""
        found = self.objects(context, project, "secrets")
        return [
            item["metadata"]["name"] for item in found if item["type"] == "kubernetes.io/dockerconfigjson"
        ]

    def pulls(self, context: str, project: str) -> tuple[str, str]:
        """Give image and pull secret of new pods of the project's one Deployment."""
        (deployment,) = self.objects(context, project, "deployments")
        pod = deployment["spec"]["template"]["spec"]
        return pod["containers"][0]["image"], pod["imagePullSecrets"][0]["name"]

    def objects(self, context: str, project: str, kind: str) -> list[dict[str, Any]]:
        """List the objects of one kind in a project's namespace."""
        answer = self.kubectl(context, "get", kind, "--namespace", f"bahriya-{project}", "--output", "json")
        items: list[dict[str, Any]] = json.loads(answer)["items"]
        return items

    def set_password(self, password: str) -> None:
        """Let the registry accept only `password` from the next request on."""
        subprocess.run([*self.passwd, password], check=True, capture_output=True, timeout=60)


@dataclass(frozen=True)
class Control:
    """Power over the API servers of regions."""

    command: tuple[str, ...]
    undo: dict[str, str] = field(default_factory=dict)
    """What brings regions back that do not answer."""

    def freeze(self, region: str) -> None:
        """From now on its API server answers nothing; connections are made, and stay."""
        self._do("freeze", region, undo="thaw")

    def kill(self, region: str) -> None:
        """From now on its API server is gone; connections are cut, and refused."""
        self._do("kill", region, undo="revive")

    def bring_back(self, region: str) -> None:
        """Have it answer again."""
        self._do(self.undo.pop(region), region)

    def bring_all_back(self) -> None:
        """Have every region answer again."""
        for region in list(self.undo):
            self.bring_back(region)

    def _do(self, what: str, region: str, undo: str | None = None) -> None:
        if undo is not None:
            self.undo[region] = undo
        subprocess.run([*self.command, what, region], check=True, timeout=60)


def least_rights(cluster: Cluster, account: Sequence[dict[str, Any]], path: Path) -> Path:
    """Make the account in every region, and write a kubeconfig that uses it under the same contexts."""
    asked = [KUBECTL, "--kubeconfig", str(cluster.kubeconfig), "config", "view", "--raw", "--output", "json"]
    config = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    users = {one["name"]: one["context"] for one in config["contexts"]}
    config["users"] = []
    for context in cluster.contexts:
        cluster.apply(context, *account)
        token = ["create", "token", ACCOUNT, "--namespace", HOME, "--duration", "2h"]
        user = {"token": cluster.kubectl(context, *token).strip()}
        config["users"].append({"name": f"least-{context}", "user": user})
        users[context]["user"] = f"least-{context}"
    config["contexts"] = [one for one in config["contexts"] if one["name"] in cluster.contexts]
    path.write_text(json.dumps(config))
    return path
