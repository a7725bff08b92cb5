"""One embedded world for all stories: regions, a private registry, a worker, and an operator at a shell."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.demo.home import demo_places
from bahriya_tui.demo.servers import Servers, running_servers
from bahriya_tui.demo.world import EVERYWHERE, USERS
from tests.operator import Operator

_KUBECTL = str(Path(sys.executable).with_name("kubectl"))


@dataclass(frozen=True)
class Shop:
    """A project in the embedded world, and ways to look at it from outside."""

    project: str
    operator: Operator
    servers: Servers

    @property
    def token(self) -> str:
        """The token that the registry accepts now."""
        return self.servers.token_files[USERS[0]].read_text()

    def run(self, *arguments: str, password: str | None = None, code: int = 0) -> Any:
        """Run a command in this project and give its JSON (a list of lines for a deployment)."""
        command = [*arguments, "--project", self.project, "--json"]
        result = self.operator.run(*command, password=password, code=code)
        if arguments[0] == "deploy":
            return result.lines
        return json.loads(result.out or result.err)

    def connect(self, handle: str = "team") -> Any:
        """Add the embedded registry under a handle."""
        where = ["--server", self.servers.registry, "--username", USERS[0], "--password-stdin"]
        return self.run("registry", "add", handle, *where, password=self.token)

    def add_web(self, handle: str = "web", *more: str) -> Any:
        """Define a container with a private image in all three regions."""
        regions = [argument for region in EVERYWHERE for argument in ("--region", region)]
        image = ["--image", f"{self.servers.registry}/shop/web:1.8.0", "--type", "worker"]
        return self.run("container", "add", handle, *image, *regions, *more)

    def objects(self, region: str, kind: str) -> list[dict[str, Any]]:
        """List what a region has in this project's namespace, through kubectl."""
        command = [_KUBECTL, "--kubeconfig", str(self.servers.kubeconfig), "--context", region]
        command += ["get", kind, "--namespace", f"bahriya-{self.project}", "--output", "json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        found: list[dict[str, Any]] = json.loads(done.stdout)["items"]
        return found

    def pull_secrets(self, region: str) -> list[str]:
        """Name the pull secrets of this project in a region."""
        return [item["metadata"]["name"] for item in self.objects(region, "secrets")]

    def images(self, region: str) -> dict[str, str]:
        """Tell which pods run which image in a region."""
        pods = self.objects(region, "pods")
        return {
            pod["metadata"]["labels"]["bahriya.cloud/container"]: pod["spec"]["containers"][0]["image"]
            for pod in pods
            if pod["status"]["phase"] == "Running"
        }


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Embedded regions and registry with a quick pace, and the worker of their store."""
    with demo_places() as found, running_servers(found, pace=0.02) as running:
        yield running


@pytest.fixture
def shop(servers: Servers) -> Shop:
    """A new project in the embedded world."""
    operator = Operator(servers.kubeconfig.parent)
    operator.start("region", "import", "--kubeconfig", str(servers.kubeconfig), "--yes")
    project = f"s{secrets.token_hex(4)}"
    operator.run("project", "add", project)
    return Shop(project, operator, servers)
