"""One installation for the operators of a Unix group: they seal and deploy, one account opens."""

import json
import os
import pty
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.accounts import NEEDS_ROOT, Account, Machine, machine, may_make_accounts
from tests.cluster.embedded import World
from tests.worker.desk import until

pytestmark = pytest.mark.skipif(not may_make_accounts, reason=NEEDS_ROOT)
REGION = "helsinki-1"
REGISTRY = ["--username", "op", "--password-stdin"]


@pytest.fixture(scope="module")
def made() -> Iterator[Machine]:
    with machine() as found:
        yield found


@pytest.fixture
def unshared(made: Machine) -> Iterator[Machine]:
    """The machine with an empty home, which belongs to the service."""
    made.home.mkdir(mode=0o755)
    shutil.chown(made.home, made.names["service"], made.names["service"])
    yield made
    made.account("service").stop_worker()
    shutil.rmtree(made.home)


@pytest.fixture
def shared(unshared: Machine) -> Machine:
    """The same, shared with the group, with project `shop`."""
    service = unshared.account("service")
    service.run("project", "add", "shop")
    service.run("share", "--group", unshared.group)
    return unshared


@pytest.fixture
def to_look_at(unshared: Machine) -> Machine:
    """The same, which the group may only look at."""
    service = unshared.account("service")
    service.run("project", "add", "shop")
    service.run("share", "--group", unshared.group, "--read-only")
    return unshared


@pytest.fixture
def world(canary: str) -> Iterator[World]:
    with closing(World([REGION], canary)) as found:
        yield found


@contextmanager
def worker(account: Account, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker as a service does."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            account.command("worker", "run"), env=account.environment, stdin=subprocess.DEVNULL, stderr=said
        )
    lock = account.home / "store" / "worker.lock"
    try:
        until(lambda: lock.exists() and lock.read_text() == f"{process.pid}\n", say=log.read_text)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    assert code == 0, log.read_text()


@contextmanager
def onlooker(account: Account) -> Iterator[None]:
    """Have the screens of an account open."""
    ours, theirs = pty.openpty()
    environment = {**account.environment, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(
        account.command(), env=environment, stdin=theirs, stdout=theirs, stderr=theirs, umask=0o022,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    try:
        while b"Registries" not in seen:
            seen += os.read(ours, 4096)
        yield
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def add_region(machine: Machine, world: World) -> None:
    """Add the region, with a kubeconfig that only the service can read."""
    folder = machine.home / "kube"
    folder.mkdir(mode=0o755)
    kubeconfig = folder / "config"
    world.fleet.write_kubeconfig(kubeconfig)
    for path in (folder, kubeconfig):
        shutil.chown(path, machine.names["service"])
    kubeconfig.chmod(0o600)
    machine.account("service").run("region", "import", "--kubeconfig", str(kubeconfig), "--yes")


def findings(account: Account) -> dict[str, Any]:
    result = account.start("doctor", "--json")
    assert result.err == ""
    return {one["subject"]: one for one in result.json}


def test_members_seal_and_deploy_and_the_service_alone_opens(
    shared: Machine, world: World, canary: str, tmp_path: Path
) -> None:
    ann, ben, service = (shared.account(one) for one in ("ann", "ben", "service"))
    add_region(shared, world)
    with worker(service, tmp_path / "log") as running:
        server = ["--server", world.registry.address, *REGISTRY]
        ann.run("registry", "add", "team", *server, password=canary)
        app = ["--image", f"{world.registry.address}/team/app:v1", "--type", "worker", "--region", REGION]
        ben.run("container", "add", "app", *app, "--registry", "team")
        ben.run("deploy", "app")
        ann.run("registry", "rotate", "team", "--password-stdin", "--no-check", "--deploy", password=canary)
        assert ann.run("worker", "status", "--json").json["pid"] == running.pid
        sound = findings(ann)
        refused = ann.run("worker", "stop", code=5)

    assert shared.names["service"] in refused.err
    did = [(one["user"], one["action"]) for one in service.run("audit", "list", "--json").json]
    assert (shared.names["ann"], "registry.added") in did
    assert (shared.names["ben"], "deployment.queued") in did
    assert (shared.names["ann"], "registry.rotated") in did
    assert (shared.names["ben"], "credential.opened") in did
    assert [one["measured"] for one in sound.values() if one["state"] == "bad"] == []
    assert sound["worker"]["state"] == sound["store files"]["state"] == "good"
    assert sound["private key"]["measured"].startswith(f"It is kept by {shared.names['service']} alone")
    keys = shared.home / "keys" / "private"
    for who in (ann, ben):
        refused_files = subprocess.run(
            [*who.prefix, "ls", str(keys)], capture_output=True, env=who.environment
        )
        assert refused_files.returncode != 0
    for path in (path for path in shared.home.rglob("*") if path.is_file()):
        assert canary.encode() not in path.read_bytes()


def test_whoever_opens_the_store_first_the_others_can_write(shared: Machine) -> None:
    ann, service = shared.account("ann"), shared.account("service")
    store = shared.home / "store"
    with onlooker(ann):
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in store.glob("bahriya.db*")}
        assert modes == dict.fromkeys(("bahriya.db", "bahriya.db-wal", "bahriya.db-shm"), 0o660)
        assert {one.group() for one in store.iterdir()} == {shared.group}
        service.run("project", "add", "second")
        shared.account("ben").run("project", "add", "third")
        assert findings(ann)["store files"]["state"] == "good"


def test_without_a_worker_a_member_is_told_who_can_run_one_and_the_work_waits(
    shared: Machine, world: World, tmp_path: Path
) -> None:
    ann, service = shared.account("ann"), shared.account("service")
    add_region(shared, world)
    web = ["--image", "nginx:1.27", "--type", "worker", "--region", REGION]
    ann.run("container", "add", "web", *web)

    detached = ann.run("deploy", "web", code=130)

    (line,) = detached.err.splitlines()
    assert "detached from deployment 1" in line
    assert f"only {shared.names['service']}, who keeps the private keys, can run one" in line
    assert "systemctl start bahriya-worker" in line
    told = findings(ann)["worker"]
    assert told["state"] == "attention"
    assert "what others ask for waits" in told["measured"]
    assert ann.run("worker", "run", code=5).err.count("\n") == 1
    with worker(service, tmp_path / "log"):
        until(lambda: ann.run("deployment", "show", "1", "--json").json["state"] == "done")


def test_a_member_who_tries_to_run_the_worker_takes_no_log_from_the_service(
    shared: Machine, tmp_path: Path
) -> None:
    ann, service = shared.account("ann"), shared.account("service")
    log = shared.home / "logs" / "worker.log"
    assert shared.names["service"] in ann.run("worker", "run", code=5).err
    assert not log.exists()
    with worker(service, tmp_path / "log"):
        assert log.owner() == shared.names["service"]
        assert findings(ann)["worker log"]["state"] == "good"
    shutil.chown(log, shared.names["ann"])
    assert findings(service)["worker log"]["state"] == "bad"


def test_nobody_has_the_service_run_a_program_by_a_kubeconfig_of_theirs(
    shared: Machine, world: World, tmp_path: Path
) -> None:
    ann, service = shared.account("ann"), shared.account("service")
    folder = shared.folder / "of-ann"
    folder.mkdir()
    world.fleet.write_kubeconfig(folder / "config")
    document = json.loads((folder / "config").read_text())
    program = folder / "program"
    program.write_text(f"#!/bin/sh\ntouch {folder}/done-as-$(id -un)\n")
    program.chmod(0o755)
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": str(program),
        "interactiveMode": "Never",
    }
    for user in document["users"]:
        user["user"] = {"exec": plugin}
    (folder / "config").write_text(json.dumps(document))
    for path in (folder, folder / "config"):
        shutil.chown(path, shared.names["ann"])
    folder.chmod(0o777)
    with worker(service, tmp_path / "log"):
        ann.run("region", "import", "--kubeconfig", str(folder / "config"), "--yes")
        told = ann.start("region", "check", "--json")
        assert "could have the worker run programs of others" in told.out + told.err
        assert shared.names["ann"] in told.out + told.err
        assert list(folder.glob("done-as-*")) == []

        # The same program, in a kubeconfig that nobody but the service can write, is run.
        shutil.chown(folder, "root")
        folder.chmod(0o1777)
        shutil.chown(folder / "config", shared.names["service"])
        told = ann.start("region", "check", "--json")
        ran = [one.name for one in folder.glob("done-as-*")]
        assert ran == [f"done-as-{shared.names['service']}"], told
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        ("vault", "rekey", "--yes"),
        ("vault", "unlock"),
        ("vault", "lock"),
        ("vault", "passphrase"),
        ("vault", "recovery-key"),
        ("vault", "recover"),
        ("share", "--nobody"),
    ],
)
def test_a_member_has_nothing_to_say_about_the_private_keys(
    shared: Machine, arguments: tuple[str, ...]
) -> None:
    refused = shared.account("ann").run(*arguments, code=5)
    assert refused.err.splitlines()[-1].count(shared.names["service"]) >= 1


def test_a_stranger_gets_one_line(shared: Machine) -> None:
    for command in (("project", "list"), ("project", "add", "mine")):
        refused = shared.account("stranger").run(*command, code=5)
        assert len(refused.err.splitlines()) == 1


def test_the_doctor_examines_a_strangers_view_too(shared: Machine) -> None:
    told = findings(shared.account("stranger"))
    assert told["store"]["state"] == "bad", told["store"]
    assert told["worker"]["state"] != "good", told["worker"]


def looks_but_changes_nothing(account: Account) -> None:
    assert [one["handle"] for one in account.run("project", "list", "--json").json] == ["shop"]
    assert account.run("registry", "list", "--json").json == []
    account.run("vault", "status")
    refused = account.run("registry", "delete", "nothing", "--dry-run", code=4)
    assert "nothing" in refused.err
    for change in (
        ("project", "add", "mine"),
        ("registry", "add", "team", "--server", "ghcr.io", *REGISTRY, "--no-check"),
        ("container", "add", "web", "--image", "nginx:1.27", "--region", REGION),
    ):
        refused = account.start(*change, password="x" if "--password-stdin" in change else None)
        if change[0] != "container":
            assert refused.code == 5, refused
            assert "may only be read here" in refused.err
        assert len(refused.err.splitlines()) == 1, refused.err


def test_who_may_only_read_looks_at_everything_and_changes_nothing(
    to_look_at: Machine, tmp_path: Path
) -> None:
    ann, service = to_look_at.account("ann"), to_look_at.account("service")
    before = {path.name: path.stat().st_mtime_ns for path in (to_look_at.home / "store").iterdir()}
    looks_but_changes_nothing(ann)
    assert {path.name: path.stat().st_mtime_ns for path in (to_look_at.home / "store").iterdir()} == before
    assert findings(ann)["store files"]["state"] == "good"
    with onlooker(ann):
        # The screens read what was at rest when they began; and the owner is not in their way.
        service.run("project", "list")
    with worker(service, tmp_path / "log"):
        assert (to_look_at.home / "store" / "bahriya.db-shm").exists()
        looks_but_changes_nothing(ann)
    assert findings(service)["store files"]["state"] == "good"


_FEED = """
import sys
from pathlib import Path
from bahriya_tui.tui.feed import Feed
with Feed(Path(sys.argv[1])) as feed:
    seen = [one.handle for one in feed.picture().world.projects]
    print(*seen, flush=True)
    for line in sys.stdin:
        while (view := feed.read()) is None:
            pass
        print(*[one.handle for one in view.world.projects], flush=True)
"""


def test_an_onlooker_sees_changes_also_when_nobody_wrote_at_first(
    to_look_at: Machine, tmp_path: Path
) -> None:
    ann, service = to_look_at.account("ann"), to_look_at.account("service")
    database = str(to_look_at.home / "store" / "bahriya.db")
    command = [*ann.prefix, str(ann.program), "-I", "-c", _FEED, database]
    with subprocess.Popen(
        command, env=ann.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as feed:
        assert feed.stdin is not None
        assert feed.stdout is not None
        assert feed.stdout.readline() == "shop\n"

        def asked_after(act: Callable[[], object]) -> list[str]:
            assert feed.stdin is not None
            assert feed.stdout is not None
            act()
            feed.stdin.write("\n")
            return feed.stdout.readline().split()

        assert asked_after(lambda: service.run("project", "add", "at-rest")) == ["at-rest", "shop"]
        with worker(service, tmp_path / "log"):
            assert "live" in asked_after(lambda: service.run("project", "add", "live"))
        feed.stdin.close()


def test_a_file_system_that_takes_nothing_is_read(shared: Machine) -> None:
    ann = shared.account("ann")
    script = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0" "$0"; exec "$@"'
    ann.prefix = ("unshare", "--mount", "sh", "-euc", script, str(shared.home), *ann.prefix)
    looks_but_changes_nothing(ann)


def change_mode(name: str, mode: int) -> Callable[[Machine], None]:
    return lambda machine: (machine.home / name).chmod(mode)


def change_group(machine: Machine) -> None:
    os.chown(machine.home / "store" / "bahriya.db", -1, 0)


@pytest.mark.parametrize(
    ("wrong", "subject", "says"),
    [
        (change_mode("store/bahriya.db", 0o666), "store files", "has mode 0666, so others can use it"),
        (change_mode("store/bahriya.db", 0o640), "store files", "cannot write it"),
        (change_mode("store/bahriya.lock", 0o600), "store files", "cannot write it"),
        (change_group, "store files", "belongs to group root"),
        (change_mode("keys/public", 0o2770), "key folders", "so others can use it"),
        (change_mode("keys/private", 0o750), "key folders", "so others can use it"),
        (change_mode("", 0o2775), "home folder", "mode 2775, so others could put other keys into place"),
    ],
)
def test_the_doctor_tells_what_is_wrong_with_modes(
    shared: Machine, wrong: Callable[[Machine], None], subject: str, says: str
) -> None:
    wrong(shared)
    told = findings(shared.account("service"))[subject]
    assert told["state"] == "bad", told
    assert says in told["measured"]
    assert shared.names["service"] in told["advice"]


def test_the_owner_takes_it_back(shared: Machine) -> None:
    ann, service = shared.account("ann"), shared.account("service")
    ann.run("project", "list")
    service.run("share", "--nobody")
    assert ann.start("project", "list").code == 5
    kept = list((shared.home / "store").rglob("*"))
    assert [path for path in (shared.home / "store", *kept) if path.stat().st_mode & 0o077] == []
    service.run("project", "add", "mine")
    assert findings(service)["store files"]["state"] == "good"


def test_what_members_made_is_in_nobodys_way(shared: Machine) -> None:
    ann, service = shared.account("ann"), shared.account("service")
    planted = shared.home / "logs" / "errors.log"
    planted.touch()
    shutil.chown(planted, shared.names["ann"], shared.group)
    planted.chmod(0o640)
    with onlooker(ann):
        owners = {one.owner() for one in (shared.home / "store").glob("bahriya.db-*")}
        assert owners == {shared.names["ann"]}
        service.run("share", "--group", shared.group)
    service.run("share", "--nobody")
    did = [one["action"] for one in service.run("audit", "list", "--json").json]
    assert did.count("store.shared") == 3
    assert (planted.owner(), stat.S_IMODE(planted.stat().st_mode)) == (shared.names["ann"], 0o640)


def test_nobody_can_move_the_keys_of_a_home_that_was_open_to_the_group(unshared: Machine) -> None:
    ann, service = unshared.account("ann"), unshared.account("service")
    shutil.chown(unshared.home, unshared.names["service"], unshared.group)
    unshared.home.chmod(0o2775)
    service.run("share", "--group", unshared.group)
    assert findings(ann)["home folder"]["state"] == "good"
    moved = ["mv", str(unshared.home / "keys"), str(unshared.home / "moved")]
    assert subprocess.run([*ann.prefix, *moved], capture_output=True, env=ann.environment).returncode != 0


def test_what_cannot_be_shared_is_said_and_left_alone(unshared: Machine) -> None:
    service = unshared.account("service")
    service.run("project", "add", "shop")
    assert service.run("share", "--group", "nonsense-1", code=4).err.startswith("bahriya: there is no group")
    refused = service.run("share", "--group", "daemon", code=5)
    assert "whoever shares has to own it, and be in that group" in refused.err
    service.run("share", code=2)
    del service.environment["BAHRIYA_HOME"]
    service.environment["HOME"] = str(unshared.home)
    assert "BAHRIYA_HOME" in service.run("share", "--group", unshared.group, code=2).err
