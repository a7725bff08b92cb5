"""While a credential is on its way it exists in the opener alone; afterwards nowhere, however it ended."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from aiohttp import web

from bahriya_tui.model.container import Container
from tests.cli.outside import USER
from tests.hostile import processes
from tests.hostile.memory import NEEDS_ROOT, may_read_memory
from tests.hostile.regions import HeldWorld, Reply
from tests.hostile.scene import Command, Scene
from tests.oci.odd_server import OddServer, http
from tests.rows import rows
from tests.worker.desk import Desk, until

pytestmark = pytest.mark.skipif(not may_read_memory, reason=NEEDS_ROOT)


@pytest.fixture
def deploying(scene: Scene, app: Container, held_world: HeldWorld) -> Command:
    """A deployment on its way: every region holds the secret that it was sent, and the opener is stopped.

    Everything was looked into; only in the opener was something found.
    """
    held_world.hold()
    command = scene.start("deploy", "app", "--json")
    held_world.wait_until_asked()
    hits = scene.catch_opener()
    assert hits["utf-8"] > 0
    assert hits["base64"] > 0
    assert scene.look(command.pid, processes.worker(scene.home)) == {}
    return command


def nothing_is_left(scene: Scene, desk: Desk) -> None:
    """Look everywhere again: processes, files, what commands print, and every row of the store."""
    assert processes.openers(scene.home) == []
    for number, arguments in enumerate((["registry", "show", "team"], ["deployment", "list"])):
        (scene.folder / f"printed-{number}").write_text(scene.operator.run(*arguments, "--json").out)
    stored = json.dumps(rows(desk.store.connection), default=bytes.hex).encode()
    assert b'"event"' in stored
    assert not scene.scanner.scan(stored)
    assert scene.look() == {}


def logged(desk: Desk) -> str:
    return desk.places.worker_log.read_text()


def states(desk: Desk) -> set[str]:
    return set(desk.states(1).values())


def test_a_deployment_that_succeeds_leaves_nothing(
    deploying: Command, scene: Scene, desk: Desk, held_world: HeldWorld
) -> None:
    held_world.let_go()
    scene.let_openers_go()
    deploying.ends_with(0)
    assert scene.look(processes.worker(scene.home)) == {}
    nothing_is_left(scene, desk)
    assert states(desk) == {"running"}
    assert "debug opener says applied" in logged(desk)
    assert "debug PATCH /apis/apps/v1/namespaces/bahriya-shop/deployments/app: 20" in logged(desk)


def refused(sent: str) -> web.Response:
    words = {"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": f"you sent {sent}"}
    return web.json_response(words, status=403)


def rubbish(sent: str) -> web.Response:
    return web.Response(body=b"\xff\x00" + sent.encode(), content_type="text/html")


def cut(sent: str) -> None:
    return None


@pytest.mark.parametrize(("reply", "end"), [(refused, "failed"), (rubbish, "failed"), (cut, "unreachable")])
def test_a_region_that_answers_badly_leaves_nothing(
    deploying: Command, scene: Scene, desk: Desk, held_world: HeldWorld, reply: Reply, end: str
) -> None:
    held_world.let_go(reply)
    scene.let_openers_go()
    deploying.ends_with(1)
    nothing_is_left(scene, desk)
    assert states(desk) == {end}, str(desk.told(1)[-4:])
    assert f"warning {end}: " in logged(desk)


def test_regions_that_never_answer_leave_nothing(
    deploying: Command, scene: Scene, desk: Desk, held_world: HeldWorld
) -> None:
    for region in held_world.regions:
        held_world.freeze(region)
    scene.let_openers_go()
    deploying.ends_with(1)
    nothing_is_left(scene, desk)
    assert states(desk) == {"unreachable"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_an_opener_that_is_killed_or_crashes_leaves_nothing_and_is_followed_by_another(
    deploying: Command, scene: Scene, desk: Desk, held_world: HeldWorld, number: int
) -> None:
    held_world.let_go()
    scene.let_openers_go(number)
    deploying.ends_with(0)
    assert scene.new_core_files() == []
    nothing_is_left(scene, desk)
    assert states(desk) == {"running"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_worker_that_is_killed_or_crashes_takes_the_opener_with_it_and_leaves_nothing(
    deploying: Command, scene: Scene, desk: Desk, held_world: HeldWorld, number: int
) -> None:
    os.kill(processes.worker(scene.home), number)
    until(lambda: not processes.of_kind(scene.home, processes.WORKER), say=lambda: processes.of(scene.home))
    until(lambda: not processes.openers(scene.home), say=lambda: processes.of(scene.home))
    assert scene.look(deploying.pid) == {}
    held_world.let_go()
    # Whatever wakes a worker makes it take the deployment over.
    scene.operator.run("region", "check")
    deploying.ends_with(0)
    nothing_is_left(scene, desk)
    assert states(desk) == {"running"}


def test_a_core_file_of_somebody_careless_would_be_found(tmp_path: Path, scene: Scene) -> None:
    program = "import os, sys; held = sys.stdin.readline(); os.abort()"
    shell = ["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", sys.executable, "-I", "-c", program]
    environment = scene.operator.environment
    subprocess.run(shell, input=scene.canary.encode(), cwd=tmp_path, env=environment, check=False)
    cores = scene.new_core_files()
    if not cores:
        pytest.skip("core files go elsewhere here: /proc/sys/kernel/core_pattern")
    assert set(scene.scanner.files(*cores)) == set(map(str, cores))


def test_a_check_that_ends_in_401_leaves_nothing(scene: Scene, desk: Desk) -> None:
    challenge = http(401, WWW_Authenticate='Basic realm="r"')

    def reply(request: str) -> bytes:
        if "authorization:" in request.lower():
            asked.set()
            assert answer.wait(120)
        return challenge

    asked, answer = threading.Event(), threading.Event()
    with OddServer(reply) as registry:
        reading, writing = os.pipe()
        server = ["--server", registry.address, "--username", USER, "--password-stdin", "--json"]
        command = scene.start("registry", "add", "team", *server, stdin=reading)
        os.write(writing, scene.canary.encode())
        os.close(reading)
        os.close(writing)
        assert asked.wait(120)
        assert scene.catch_opener()["base64"] > 0
        assert scene.look(command.pid, processes.worker(scene.home)) == {}
        answer.set()
        scene.let_openers_go()
        command.ends_with(1)
    assert "login rejected" in command.err
    assert scene.operator.run("registry", "list", "--json").json == []
    assert scene.look(processes.worker(scene.home)) == {}
