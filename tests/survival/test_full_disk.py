"""A disk that is full stops the work, loses nothing of it, and is told in one line."""

import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bahriya_tui.model.audit import Actor
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.session import Session
from bahriya_tui.store import secret_writes
from tests.cluster.embedded import World
from tests.operator import Operator
from tests.survival.test_fence import sockets
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"
FULL = "the disk is full, so the store cannot be written now"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "bahriya", str(place)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted to be filled: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def full_desk(disk: Path, canary: str) -> Iterator[Desk]:
    world = World(REGIONS, canary)
    made = Desk(disk / "home", world)
    yield made
    make_room(disk)
    made.close()
    world.close()


def fill(disk: Path) -> None:
    """Leave not a byte."""
    with (disk / "filler").open("ab", buffering=0) as filler:
        for size in (65536, 1):
            try:
                while filler.write(b"x" * size):
                    pass
            except OSError:
                continue


def make_room(disk: Path) -> None:
    (disk / "filler").unlink(missing_ok=True)


def whole(desk: Desk) -> bool:
    """Tell whether the store is whole, and every state in it was reached by its legal moves."""
    (found,) = desk.store.connection.execute("PRAGMA integrity_check").fetchone()
    return str(found) == "ok"


@pytest.mark.parametrize("names", [("app",), ("app", "api")], ids=["alone", "together"])
def test_deployments_that_meet_a_full_disk_end_well_when_there_is_room_again(
    full_desk: Desk, disk: Path, canary: str, names: tuple[str, ...]
) -> None:
    desk = full_desk
    team = desk.registry("team", canary)
    numbers = {name: desk.deploy(desk.container(name, registry=team, replicas=1)) for name in names}
    for region in REGIONS:
        desk.world.freeze(region)
    worker = desk.start()
    until(lambda: all(desk.world.regions[one].requests for one in REGIONS), say=desk.told)
    fill(disk)
    before = desk.told()
    for region in REGIONS:
        desk.world.freeze(region, False)

    until(lambda: sockets(worker.process.pid) == [])
    assert worker.process.poll() is None
    assert desk.told() == before
    assert {desk.deployment(number).state for number in numbers.values()} == {"running"}
    assert whole(desk)
    assert all(desk.world.objects(one, "deployments", NAMESPACE) == [] for one in REGIONS)

    make_room(disk)

    for number in numbers.values():
        assert desk.ended(number).state == "done", desk.told(number)
        assert desk.states(number) == dict.fromkeys(REGIONS, "running")
    for region in REGIONS:
        shown = {one["metadata"]["name"]: one for one in desk.world.objects(region, "deployments", NAMESPACE)}
        assert {name: one["metadata"]["generation"] for name, one in shown.items()} == dict.fromkeys(names, 1)
        for name, number in numbers.items():
            labels = shown[name]["spec"]["template"]["metadata"]["labels"]
            assert labels["bahriya.cloud/deployment-id"] == str(number)
    said = [message for _, phase, message in desk.told() if phase == "store"]
    assert said[0].startswith(f"nothing could be written: {FULL}")
    assert whole(desk)


def test_a_worker_that_cannot_write_says_so_once_and_asks_nothing_of_a_region_meanwhile(
    slow_desk: Desk, canary: str
) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    number = desk.deploy(desk.container("app", registry=team, replicas=2))
    worker = desk.start()
    until(lambda: all(one.state == "rolling" for one in desk.deployment(number).regions))
    limits = resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)
    # Enough for its log, and too little for the store.
    enough = worker.log.stat().st_size + 1024
    assert enough < desk.places.database.stat().st_size
    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (enough, limits[1]))
    until(lambda: "waiting" in worker.log.read_text())
    until(lambda: sockets(worker.process.pid) == [])
    asked = {region: list(desk.world.regions[region].requests) for region in REGIONS}
    assert desk.deployment(number).state == "running"
    waited = [line for line in worker.log.read_text().splitlines() if "waiting: " in line]
    assert [line.split(" ", 1)[1] for line in waited] == [
        "warning waiting: the store cannot be written now: disk I/O error; nothing was changed"
    ]

    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, limits)

    assert desk.ended(number).state == "done", desk.told(number)
    for region in REGIONS:
        begun = desk.world.regions[region].requests[len(asked[region]) :]
        assert [line.split("?")[0] for line in begun[:3]] == [
            f"PATCH /api/v1/namespaces/{NAMESPACE}/secrets/bahriya-team-v1",
            f"GET /apis/apps/v1/namespaces/{NAMESPACE}/deployments/app",
            f"PATCH /apis/apps/v1/namespaces/{NAMESPACE}/deployments/app",
        ]
        (shown,) = desk.world.objects(region, "deployments", NAMESPACE)
        assert shown["metadata"]["generation"] == 1
    assert whole(desk)


def test_secrets_that_meet_a_store_that_takes_nothing_wait_for_it_and_are_written_then(
    desk: Desk, canary: str
) -> None:
    desk.world.do(lambda: desk.world.registry.users.update(op=f"{canary}-old"))
    team = desk.registry("team", f"{canary}-old")
    number = desk.deploy(desk.container("app", registry=team, replicas=1))
    worker = desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    desk.world.do(lambda: desk.world.registry.users.update(op=canary))
    desk.rotate(team, canary)
    for region in REGIONS:
        desk.world.freeze(region)
        desk.world.do(desk.world.regions[region].requests.clear)
    pushed = push_now(Session(desk.store, desk.places, Actor("mira")), PROJECT, "team")
    until(lambda: all(desk.world.regions[one].requests for one in REGIONS), say=desk.told)
    limits = resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)
    # Enough for its log, and too little for the store.
    enough = worker.log.stat().st_size + 4096
    assert enough < desk.places.database.with_name("bahriya.db-wal").stat().st_size
    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (enough, limits[1]))
    for region in REGIONS:
        desk.world.freeze(region, False)
    until(lambda: "waiting" in worker.log.read_text())
    assert {secret_writes.get(desk.store.connection, one).attempts for one in pushed.writes} == {0}

    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, limits)

    def states() -> set[str]:
        return {secret_writes.get(desk.store.connection, one).state for one in pushed.writes}

    until(lambda: states() == {"done"}, say=desk.told)
    assert "internal error" not in worker.log.read_text()
    assert "nothing could be written" in " ".join(
        message for _, phase, message in desk.told() if phase == "store"
    )
    assert whole(desk)


def test_a_command_says_that_the_disk_is_full_and_has_changed_nothing(full_desk: Desk, disk: Path) -> None:
    desk = full_desk
    desk.container("web", image="nginx:1.27")
    someone = Operator(desk.places.store.parent)
    fill(disk)

    refused = someone.run("deploy", "web", "--project", "shop", code=1)

    assert refused.err.splitlines() == [f"bahriya: {FULL}; make room for it; nothing was changed"]
    assert desk.store.connection.execute("SELECT count(*) FROM deployment").fetchone()[0] == 0
    make_room(disk)
    someone.run("deploy", "web", "--project", "shop")
    someone.stop_worker()
    assert whole(desk)
