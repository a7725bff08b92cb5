"""What stands in an operator's environment and kubeconfig neither opens a side door nor ends up on disk."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bahriya_tui.model.container import Container
from tests.hostile import processes
from tests.hostile.memory import Scanner
from tests.hostile.regions import HeldWorld
from tests.hostile.scene import Scene
from tests.oci.certificates import Authority
from tests.oci.odd_server import OddServer, http
from tests.worker.desk import Desk, until

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture
def proxy() -> Iterator[OddServer]:
    with OddServer(lambda _request: http(502)) as served:
        yield served


@pytest.fixture
def key_log(tmp_path: Path) -> Path:
    return tmp_path / "tls-keys"


@pytest.fixture
def scene(tmp_path: Path, canary: str, proxy: OddServer, key_log: Path) -> Iterator[Scene]:
    """An operator in whose environment a proxy and a file for TLS session keys are named."""
    passed = {"SSLKEYLOGFILE": str(key_log), **dict.fromkeys(PROXIES, f"http://{proxy.address}")}
    made = Scene(tmp_path, canary, **passed)
    yield made
    made.close()


@pytest.fixture(params=["by itself", "in the foreground"])
def worker(request: pytest.FixtureRequest, scene: Scene, app: Container) -> None:
    """The worker, which starts by itself or was started as a service is."""
    if request.param == "in the foreground":
        scene.start("worker", "run")
        processes.worker(scene.home)


def deployed_and_checked(scene: Scene) -> None:
    scene.operator.run("deploy", "app")
    assert scene.operator.run("registry", "check", "team", "--json").json["login"] == "accepted"


def test_no_session_key_is_written_and_no_proxy_is_asked(
    worker: None, scene: Scene, proxy: OddServer, key_log: Path
) -> None:
    deployed_and_checked(scene)
    assert not key_log.exists()
    assert proxy.received == []


def test_a_program_that_heeds_these_variables_would_be_noticed(
    scene: Scene, proxy: OddServer, key_log: Path
) -> None:
    program = (
        "import ssl, urllib.request; ssl.create_default_context()\n"
        "try: urllib.request.urlopen('http://registry.example/v2/')\n"
        "except OSError: pass"
    )
    subprocess.run([sys.executable, "-c", program], env=scene.operator.environment, check=True)
    assert key_log.exists()
    assert len(proxy.received) == 1


@pytest.fixture
def client_key(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Gives the operator's kubeconfig client certificates; a line of their private key."""
    folder = tmp_path_factory.mktemp("clients")
    pem = Path(Authority(folder).file()).read_text()
    data = base64.b64encode(pem.encode()).decode()
    config = json.loads(desk.kubeconfig.read_text())
    for user in config["users"]:
        user["user"] |= {"client-certificate-data": data, "client-key-data": data}
    desk.kubeconfig.write_text(json.dumps(config))
    return pem.splitlines()[1]


def test_the_key_of_a_client_certificate_is_in_no_file_but_the_kubeconfig(
    scene: Scene, desk: Desk, app: Container, client_key: str, held_world: HeldWorld
) -> None:
    key = Scanner(client_key)
    held_world.hold()
    command = scene.start("deploy", "app")
    held_world.wait_until_asked()
    assert set(key.files(*scene.places())) == {str(desk.kubeconfig)}
    held_world.let_go()
    command.ends_with(0)
    until(lambda: processes.openers(scene.home) == [])
    assert set(key.files(*scene.places())) == {str(desk.kubeconfig)}


def test_a_client_that_puts_its_key_into_a_file_would_be_noticed(
    scene: Scene, desk: Desk, client_key: str
) -> None:
    program = (
        "import sys, kubernetes.config; kubernetes.config.load_kube_config(sys.argv[1])\n"
        "print('loaded', flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "TMPDIR": ""}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(desk.kubeconfig)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as careless:
        assert careless.stdout is not None
        assert careless.stdout.readline() == b"loaded\n"
        found = Scanner(client_key).files(*scene.places())
        careless.communicate()
    assert len(found) > 1
