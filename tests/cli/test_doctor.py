"""`bahriya doctor` on throw-away homes, each with something wrong that it has to find."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui import modes
from bahriya_tui.isolation.syscalls import MACHINES
from bahriya_tui.launch.worker import ensure_worker, worker_running
from bahriya_tui.model.judgement.modes import PathSeen
from bahriya_tui.model.judgement.store import MIB
from bahriya_tui.operations.doctor import examine
from bahriya_tui.places import Places
from bahriya_tui.store.driver import sqlite
from tests.operator import Operator

locks = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in MACHINES, reason="the lock needs Linux"
)
SUBJECTS = {
    *(
        "opener lock",
        "opener memory",
        "this process",
        "public key",
        "private key",
        "passphrase",
        "recovery key",
    ),
    *("key folders", "keys and store", "swap", "core dumps", "debuggers", "store", "store integrity"),
    *(
        "store files",
        "SQLite",
        "store journal",
        "disk space",
        "worker",
        "worker log",
        "after a reboot",
        "after logout",
    ),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a registry, so with keys and a store; to be copied."""
    someone = Operator(tmp_path_factory.mktemp("sound") / "home")
    someone.run("project", "add", "shop")
    server = ["--server", "registry.example", "--username", "bot"]
    someone.run("registry", "add", "team", *server, "--password-stdin", "--no-check", password="x")
    someone.stop_worker()
    return someone.home


@pytest.fixture
def settled(operator: Operator, sound: Path) -> Operator:
    """An operator with a sound installation."""
    shutil.copytree(sound, operator.home)
    return operator


def found(operator: Operator, code: int | None = None) -> dict[str, Any]:
    """Give the findings by subject."""
    result = operator.start("doctor", "--json")
    assert result.err == ""
    if code is not None:
        assert result.code == code, result
    findings = {one["subject"]: one for one in result.json}
    assert len(findings) == len(result.json)
    assert [one for one in result.json if one["state"] != "good" and not one["advice"]] == []
    assert result.code == any(one["state"] == "bad" for one in result.json)
    return findings


def key_of(operator: Operator) -> Path:
    return next((operator.home / "keys/private").glob("*.key"))


def change(operator: Operator, sql: str) -> None:
    """Change the store behind the program's back."""
    with closing(sqlite.connect(operator.home / "store/bahriya.db")) as connection:
        connection.execute(sql)
        connection.commit()


@locks
def test_a_sound_installation_has_nothing_bad(settled: Operator) -> None:
    findings = found(settled, code=0)
    assert set(findings) == SUBJECTS
    told = findings["this process"]
    assert told["state"] == "good"
    for refused in ("list the private keys", "open a private key", "connect", "start a program"):
        assert refused in told["measured"]
    assert findings["private key"]["state"] == findings["store integrity"]["state"] == "good"
    assert findings["recovery key"]["state"] == "attention"
    assert "`bahriya vault recovery-key`" in findings["recovery key"]["advice"]


def test_a_finding_is_a_record_of_four_fields_and_its_measure_a_sentence(settled: Operator) -> None:
    key_of(settled).unlink()
    for one in found(settled, code=1).values():
        assert set(one) == {"subject", "state", "measured", "advice"}
        assert one["measured"].endswith(".")


def test_nothing_is_made_where_nothing_is(operator: Operator) -> None:
    findings = found(operator)
    assert {findings[one]["state"] for one in ("public key", "store", "key folders")} == {"attention"}
    assert not operator.home.exists()


def chmod(path: str, mode: int) -> Callable[[Operator], None]:
    return lambda operator: (operator.home / path).chmod(mode)


def give_away(operator: Operator) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(key_of(operator), 65534, 65534)


def link_key(operator: Operator) -> None:
    key = key_of(operator)
    key.rename(operator.home / "elsewhere")
    key.symlink_to(operator.home / "elsewhere")


def close_store(operator: Operator) -> None:
    database = operator.home / "store/bahriya.db"
    database.chmod(0)
    operator.give_up_privileges()


def close_keys(operator: Operator) -> None:
    folder = operator.home / "keys/private"
    folder.chmod(0)
    operator.give_up_privileges()


def store_is_a_folder(operator: Operator) -> None:
    (operator.home / "store/bahriya.db").unlink()
    (operator.home / "store/bahriya.db").mkdir()


def overwrite(start: int, bytes_: int) -> Callable[[Operator], None]:
    def act(operator: Operator) -> None:
        with (operator.home / "store/bahriya.db").open("r+b") as file:
            file.seek(start)
            file.write(b"\xa5" * bytes_)

    return act


def foreign(operator: Operator) -> None:
    change(operator, "PRAGMA application_id = 1")


def orphan(operator: Operator) -> None:
    change(operator, "DELETE FROM project")


def keys_in_store(operator: Operator) -> None:
    (operator.home / "keys").rename(operator.home / "store/keys")
    (operator.home / "keys").symlink_to(operator.home / "store/keys")


@pytest.mark.parametrize(
    ("harm", "subject", "measured", "advice"),
    [
        (lambda o: key_of(o).chmod(0o644), "private key", "has mode 0644", "chmod 600"),
        (chmod("keys/private", 0o755), "key folders", "has mode 0755", "chmod 700"),
        (chmod("keys/private", 0o755), "private key", "has mode 0755", "chmod 700"),
        (chmod("keys", 0o750), "key folders", "has mode 0750", "chmod 700"),
        (give_away, "private key", "belongs to uid 65534", "run as that user"),
        (link_key, "private key", "it is a link", "backup"),
        (lambda o: key_of(o).unlink(), "private key", "need re-entry", "rotate"),
        (lambda o: shutil.rmtree(o.home / "keys/private"), "private key", "need re-entry", "backup"),
        (lambda o: (o.home / "keys/public/vault.pub").unlink(), "public key", "no public key", "backup"),
        (lambda o: (o.home / "keys/public/vault.pub").write_text("x"), "public key", "no public key", "back"),
        (
            lambda o: (o.home / "keys/public/recovery.pub").unlink(),
            "recovery key",
            "no recovery key",
            "rekey",
        ),
        (keys_in_store, "keys and store", "inside one another", "move the keys"),
        (chmod("store/bahriya.db", 0o644), "store files", "has mode 0644", "chmod 600"),
        (chmod("store", 0o755), "store files", "has mode 0755", "chmod 700"),
        (close_store, "store", "cannot be read", "owner and mode"),
        (close_keys, "private key", "cannot be listed", "owner and mode"),
        (store_is_a_folder, "store", "it is no file", "backup"),
        (overwrite(0, 100), "store", "is no store that can be used", "backup"),
        (overwrite(0, 100), "store integrity", "not a database", "backup"),
        (overwrite(4096 * 3, 4096 * 12), "store integrity", "damaged", "backup"),
        (orphan, "store integrity", "of registry names a project that is not there", "backup"),
        (foreign, "store", "of another program", "BAHRIYA_HOME"),
        (lambda o: change(o, "PRAGMA user_version = 99"), "store", "newer release", "Upgrade"),
    ],
)
def test_what_is_wrong_is_found_and_comes_with_advice(
    settled: Operator, harm: Callable[[Operator], None], subject: str, measured: str, advice: str
) -> None:
    harm(settled)
    told = found(settled, code=1)[subject]
    assert told["state"] == "bad"
    assert measured in told["measured"]
    assert advice in told["advice"]


def test_a_store_of_an_older_release_is_told_and_left_as_it_is(settled: Operator) -> None:
    change(settled, "PRAGMA user_version = 1")
    before = (settled.home / "store/bahriya.db").read_bytes()
    assert found(settled)["store"]["state"] == "attention"
    assert (settled.home / "store/bahriya.db").read_bytes() == before


def test_a_damaged_store_is_left_as_it_is(settled: Operator) -> None:
    overwrite(4096 * 3, 4096 * 12)(settled)
    before = (settled.home / "store/bahriya.db").read_bytes()
    found(settled, code=1)
    assert (settled.home / "store/bahriya.db").read_bytes() == before


def test_work_that_waits_for_a_worker_is_told(settled: Operator) -> None:
    settled.stop_worker()
    assert found(settled)["worker"]["state"] == "good"
    at = "'2026-01-01T00:00:00.000Z'"
    change(
        settled,
        "INSERT INTO region (id, name, city, country, context, kubeconfig, server, ca_fingerprint, status,"
        " last_error, created_at) VALUES ('here', '', '', '', 'c', '/k', 'https://x', '', 'active', '',"
        f" {at})",
    )
    change(settled, f"INSERT INTO region_check VALUES ('here', {at})")
    assert found(settled)["worker"]["state"] == "attention"


@locks
def test_a_worker_that_runs_is_told_and_its_memory_is_out_of_reach(
    settled: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAHRIYA_WORKER_IDLE", "60")
    places = Places(settled.home / "store", settled.home / "keys", settled.home / "logs")
    ensure_worker(places)
    while (pid := worker_running(places)) is None:
        os.sched_yield()
    findings = found(settled, code=0)
    assert f"runs as process {pid}, since 2" in findings["worker"]["measured"]
    assert "read the worker's memory" in findings["this process"]["measured"]


def test_a_log_that_the_worker_moves_away_meanwhile_is_told_as_it_was_seen(
    settled: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(settled.home / "store", settled.home / "keys", settled.home / "logs")
    places.worker_log.write_bytes(b"x" * MIB)
    places.worker_log.chmod(0o600)
    really_look = modes.look

    def look_and_move(paths: Iterable[Path]) -> Iterator[PathSeen]:
        seen = list(really_look(paths))
        if str(places.worker_log) in [one.path for one in seen]:
            places.worker_log.unlink()
        yield from seen

    monkeypatch.setattr(modes, "look", look_and_move)
    told = {one.subject: one for one in examine(places)}["worker log"]
    assert told.state == "good"
    assert "(1 file, 1.0 MiB)" in told.measured


@locks
def test_a_machine_without_locks_shows_what_the_command_could_do(settled: Operator) -> None:
    program = (
        "import os, sys; os.uname = lambda: os.uname_result(('Linux', '', '1', '', 'riscv64'));"
        "sys.argv = ['bahriya', 'doctor', '--json']; from bahriya_tui.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=settled.environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done.stderr
    told = next(one for one in json.loads(done.stdout) if one["subject"] == "this process")
    assert told["state"] == "bad"
    for possible in ("list the private keys", "open a private key", "connect", "start a program"):
        assert possible in told["measured"]


@pytest.mark.parametrize("columns", [80, 110])
def test_the_report_fits_the_terminal_and_is_plain_text(settled: Operator, columns: int) -> None:
    key_of(settled).chmod(0o644)
    settled.environment["COLUMNS"] = str(columns)
    lines = settled.run("doctor", code=1).out.splitlines()
    assert max(len(line) for line in lines) <= columns
    assert all(line.isascii() and line.isprintable() for line in lines)
    (index,) = (number for number, line in enumerate(lines) if line.startswith("private key "))
    assert lines[index].split()[2:4] == ["x", "bad"]
    advice = [line for line in lines[index:] if line.lstrip().startswith(">")]
    assert advice[0].startswith(" " * 20)
    assert "1 bad" in lines[-1]


def test_a_project_may_be_called_like_a_command(operator: Operator) -> None:
    operator.run("project", "add", "doctor")
    assert (operator.home / "store/bahriya.db").exists()
