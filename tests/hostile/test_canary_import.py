"""A login that is imported or adopted is in the reader or the opener alone, and afterwards nowhere."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import processes
from tests.hostile.memory import NEEDS_ROOT, may_read_memory
from tests.hostile.regions import HeldWorld
from tests.hostile.scene import Scene
from tests.tui.terminal import Terminal
from tests.worker.desk import Desk, until

pytestmark = pytest.mark.skipif(not may_read_memory, reason=NEEDS_ROOT)
REGION = "falkenstein-1"


def auths(server: str, password: str) -> dict[str, Any]:
    return {"auths": {server: {"auth": base64.b64encode(f"op:{password}".encode()).decode()}}}


@pytest.fixture
def terminal(
    scene: Scene, desk: Desk, held_world: HeldWorld, tmp_path_factory: pytest.TempPathFactory, canary: str
) -> Iterator[Terminal]:
    """The screens of an operator whose Podman keeps a login of the regions' registry."""
    kept: Path = tmp_path_factory.mktemp("podman") / "auth.json"
    kept.write_text(json.dumps(auths(held_world.registry.address, canary)))
    environment = {**scene.operator.environment, "REGISTRY_AUTH_FILE": str(kept)}
    started = Terminal(environment)
    yield started
    started.close()


def test_the_screens_never_hold_what_is_imported(terminal: Terminal, scene: Scene) -> None:
    terminal.until("1 Registries")
    terminal.press("i")
    terminal.until("Import logins")
    terminal.press("\x13")
    terminal.until("Logins that were found", "op at")

    (reader,) = processes.of_kind(scene.home, processes.READER)
    assert scene.scanner.process(reader)["utf-8"] > 0
    assert scene.look(terminal.process.pid) == {}
    terminal.press("\x13")
    terminal.until("1 of 1 imported")
    until(lambda: processes.of_kind(scene.home, processes.READER) == [])
    assert scene.look(terminal.process.pid) == {}
    (made,) = scene.operator.run("registry", "list", "--json").json
    assert (made["username"], made["version"]) == ("op", 1)


def test_no_process_but_the_reader_holds_what_is_adopted(
    scene: Scene, desk: Desk, held_world: HeldWorld, canary: str
) -> None:
    content = json.dumps(auths(held_world.registry.address, canary)).encode()
    held_world.put(
        REGION,
        "secrets",
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/dockerconfigjson",
            "metadata": {"name": "pull", "namespace": "legacy", "uid": "uid-1"},
            "data": {".dockerconfigjson": base64.b64encode(content).decode()},
        },
    )

    held_world.hold()
    command = scene.start("registry", "adopt", "team", "--region", REGION, "--secret", "legacy/pull")

    # Only when it is stopped does it get the last byte of what it reads, and then it is let go step by step.
    assert scene.catch_opener_in_passing(command, held_world.let_go)
    assert scene.look(command.pid, processes.worker(scene.home)) == {}
    scene.let_openers_go()
    command.ends_with(0)
    assert processes.openers(scene.home) == []
    assert scene.look(processes.worker(scene.home)) == {}
    assert desk.store.connection.execute("SELECT count(*) FROM adoption").fetchone()[0] == 0
