"""The key holder gives unlocked keys for a time, to those who could read the files, and to nobody else."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody import holding
from bahriya_tui.custody.create import create
from bahriya_tui.custody.holder import Holder, _is_ours, _leave, _listen, unlock
from bahriya_tui.custody.holding import open_private
from bahriya_tui.custody.passphrase import change
from bahriya_tui.custody.rekey import rekey
from bahriya_tui.model import clock
from bahriya_tui.model.errors import Failed, Locked, VaultLocked
from bahriya_tui.vault import keys
from bahriya_tui.vault.open import load
from tests.custody.hands import CHEAP, Folders, answers, protect
from tests.processes import pids, read
from tests.worker.desk import until

PASSPHRASE = "correct horse"


@pytest.fixture(params=["short", "l" * 90], ids=["short path", "long path"])
def folders(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Folders]:
    """A vault with a passphrase; its holder ends with the test."""
    root = tmp_path / str(request.param)
    found = root / "public", root / "private"
    create(*found)
    protect(found, PASSPHRASE)
    yield found
    holding.end(found[1])


def start(
    folders: Folders, passphrase: str = PASSPHRASE, seconds: str = "60"
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-m", "bahriya_tui.custody.holder", *map(str, folders)]
    return subprocess.run(
        [*command, "--for", seconds, "--stdin"],
        input=f"{passphrase}\n",
        capture_output=True,
        text=True,
        timeout=60,
    )


def current(folders: Folders) -> bytes:
    return keys.find_public(folders[0]).id


def got(folders: Folders, id_: bytes) -> bytes:
    """Get a key as the opener does, and give its id."""
    descriptor = open_private(keys.private_path(folders[1], id_))
    try:
        private: X25519PrivateKey = load(descriptor, "key")
    finally:
        os.close(descriptor)
    return keys.key_id(private.public_key().public_bytes_raw())


def holder_of(folders: Folders) -> int:
    """Find the holder's process, of which there is one."""
    marks = b"\0bahriya_tui.custody.holder\0", b"\0%b\0" % os.fsencode(folders[1])
    (found,) = (one for one in pids() if all(mark in read(one, "cmdline") for mark in marks))
    return found


def gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_an_unlocked_key_reaches_the_opener_and_a_locked_one_does_not(folders: Folders) -> None:
    id_ = current(folders)
    with pytest.raises(VaultLocked):
        got(folders, id_)
    assert not holding.usable(folders[1], id_)

    done = start(folders)

    assert (done.returncode, done.stderr) == (0, "")
    assert holding.usable(folders[1], id_)
    assert [got(folders, id_) for _ in range(3)] == [id_] * 3
    assert holding.end(folders[1])
    with pytest.raises(VaultLocked):
        got(folders, id_)
    assert not holding.end(folders[1])


def test_a_wrong_passphrase_unlocks_nothing(folders: Folders) -> None:
    done = start(folders, "correct horses")
    assert done.returncode == 5
    assert "does not open" in done.stdout
    assert "correct horses" not in done.stdout + done.stderr
    assert not holding.usable(folders[1], current(folders))
    assert not (folders[1] / holding.SOCKET_NAME).exists()


@pytest.mark.parametrize("seconds", ["0", "-1", "86401", "inf", "nan"])
def test_nothing_is_unlocked_for_longer_than_a_day(folders: Folders, seconds: str) -> None:
    done = start(folders, seconds=seconds)
    assert done.returncode == 2
    assert "24 hours" in done.stdout


def test_the_holder_ends_at_its_time_and_leaves_no_socket(folders: Folders) -> None:
    start(folders, seconds="0.3")
    until(lambda: not (folders[1] / holding.SOCKET_NAME).exists())
    assert not holding.has(folders[1], current(folders))


def test_a_key_is_not_given_after_its_time_though_the_machine_slept_meanwhile(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    uptime = [1000.0]
    monkeypatch.setattr(clock, "uptime", lambda: uptime[-1])
    with _listen(folders[1]) as listening:
        holder = Holder(folders[1], {current(folders): bytes(32)}, listening)
        serving = threading.Thread(target=holder.serve, args=(3600.0,))
        serving.start()
        assert holding.has(folders[1], current(folders))
        uptime.append(4600.0)
        assert not holding.has(folders[1], current(folders))
        serving.join()


def test_the_holder_ends_when_it_is_told_to_and_leaves_no_socket(folders: Folders) -> None:
    start(folders)
    os.kill(holder_of(folders), signal.SIGTERM)
    until(lambda: not (folders[1] / holding.SOCKET_NAME).exists())


def test_a_killed_holder_counts_as_locked_and_can_be_followed_by_another(folders: Folders) -> None:
    start(folders)
    pid = holder_of(folders)
    os.kill(pid, signal.SIGKILL)
    until(lambda: gone(pid))
    assert (folders[1] / holding.SOCKET_NAME).exists()
    assert not holding.usable(folders[1], current(folders))
    start(folders)
    assert got(folders, current(folders)) == current(folders)


def test_unlocking_again_ends_the_former_holder(folders: Folders) -> None:
    start(folders)
    former = holder_of(folders)
    start(folders)
    until(lambda: gone(former))
    assert got(folders, current(folders)) == current(folders)


def test_a_holder_in_whose_place_another_came_before_it_began_ends(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, begun, fork = unlock(*folders, answers(PASSPHRASE)), list[int](), os.fork

    def another_first() -> int:
        monkeypatch.undo()
        start(folders)
        begun.append(child := fork())
        return child

    monkeypatch.setattr(os, "fork", another_first)
    _leave(folders[1], opened, 60)
    os.waitpid(begun[0], 0)
    assert got(folders, current(folders)) == current(folders)


def test_the_socket_is_for_its_owner_alone(folders: Folders) -> None:
    start(folders)
    assert (folders[1] / holding.SOCKET_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("shown", ["nothing", "another file", "the name only"])
def test_who_cannot_read_the_file_does_not_get_the_key(folders: Folders, shown: str) -> None:
    start(folders)
    wrapped = keys.wrapped_path(folders[1], current(folders))
    flags = {"nothing": 0, "another file": os.O_RDONLY, "the name only": os.O_PATH}[shown]
    file = os.open("/dev/null" if shown == "another file" else wrapped, flags)
    with socket.socket(socket.AF_UNIX) as connection, holding.address(folders[1]) as name:
        connection.connect(name)
        sent = [] if shown == "nothing" else [file]
        socket.send_fds(connection, [holding.GIVE + current(folders)], sent)
        assert connection.recv(100) == b""
    os.close(file)


@pytest.mark.parametrize(
    "request_", [b"", b"g", b"?", b"zzzzzzzzz", b"?" + bytes(8), b"k" + bytes(40), bytes(99)], ids=repr
)
def test_what_is_no_request_gets_no_answer_and_harms_nobody(folders: Folders, request_: bytes) -> None:
    start(folders)
    with socket.socket(socket.AF_UNIX) as connection, holding.address(folders[1]) as name:
        connection.connect(name)
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    assert got(folders, current(folders)) == current(folders)


def test_a_silent_peer_holds_up_the_others_for_a_moment_only(folders: Folders) -> None:
    start(folders)
    with socket.socket(socket.AF_UNIX) as connection, holding.address(folders[1]) as name:
        connection.connect(name)
        assert got(folders, current(folders)) == current(folders)


def test_many_may_ask_at_once(folders: Folders) -> None:
    start(folders)
    found: list[bytes] = []

    def ask() -> None:
        found.append(got(folders, current(folders)))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [current(folders)] * 20


def test_a_key_made_while_unlocked_is_unlocked_too(folders: Folders) -> None:
    start(folders)
    old = current(folders)
    assert rekey(*folders, answers(PASSPHRASE))
    assert current(folders) != old
    assert [got(folders, id_) for id_ in (old, current(folders))] == [old, current(folders)]


def test_a_key_that_has_another_passphrase_stays_locked_and_does_not_keep_the_one_in_use_from_unlocking(
    folders: Folders,
) -> None:
    old = current(folders)
    before = keys.wrapped_path(folders[1], old).read_text()
    rekey(*folders, answers(PASSPHRASE))
    change(*folders, answers(PASSPHRASE, "another"), remove=False, cost=CHEAP)
    keys.wrapped_path(folders[1], old).write_text(before)

    assert start(folders, PASSPHRASE).returncode == 5
    assert start(folders, "another").returncode == 0
    assert got(folders, current(folders)) == current(folders)
    with pytest.raises(VaultLocked):
        got(folders, old)


def test_a_wrapped_file_that_others_could_use_is_refused_whether_unlocked_or_not(folders: Folders) -> None:
    start(folders)
    keys.wrapped_path(folders[1], current(folders)).chmod(0o640)
    with pytest.raises(Locked, match="mode 0640"):
        got(folders, current(folders))
    holding.end(folders[1])
    assert start(folders).returncode == 5


def test_a_holder_that_nobody_can_reach_any_more_ends(folders: Folders) -> None:
    start(folders)
    pid = holder_of(folders)
    (folders[1] / holding.SOCKET_NAME).unlink()
    until(lambda: gone(pid))


def test_without_a_passphrase_there_is_nothing_to_unlock(tmp_path: Path) -> None:
    bare = tmp_path / "public", tmp_path / "private"
    create(*bare)
    done = start(bare)
    assert done.returncode == 1
    assert "no passphrase" in done.stdout


def test_removing_the_passphrase_ends_the_holder(folders: Folders) -> None:
    start(folders)
    pid = holder_of(folders)
    change(*folders, answers(PASSPHRASE), remove=True)
    until(lambda: gone(pid))
    assert got(folders, current(folders)) == current(folders)


def test_a_holder_that_ends_before_it_answers_leaves_the_opener_locked_out(folders: Folders) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with pytest.raises(VaultLocked):
        load(ours.fileno(), "key")
    ours.close()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux tells of a process")
def test_the_holder_is_locked_in_and_shows_its_memory_to_nobody(folders: Folders) -> None:
    start(folders)
    pid = holder_of(folders)
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    assert status["Seccomp"].strip() == "2"
    assert status["NoNewPrivs"].strip() == "1"
    assert "0" in Path(f"/proc/{pid}/limits").read_text().split("Max core file size")[1].split()[0]
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/mem").stat().st_uid == 0


def test_a_holder_that_cannot_be_locked_in_does_not_begin(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bahriya_tui.custody.holder.lock_in_holder", None)
    opened = unlock(*folders, answers(PASSPHRASE))
    with pytest.raises(Failed, match="did not start"):
        _leave(folders[1], opened, 60)
    assert not holding.usable(folders[1], current(folders))


def test_only_our_own_user_is_answered_where_the_system_tells_whose_peer_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = socket.socketpair()
    with one, other:
        assert _is_ours(one)
        monkeypatch.setattr(os, "geteuid", lambda: 4242)
        assert not _is_ours(one)
        monkeypatch.delattr(socket, "SO_PEERCRED")
        assert _is_ours(one)


def test_a_holder_that_ends_while_it_is_asked_counts_as_locked(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "has", lambda *_: True)
    with pytest.raises(VaultLocked):
        got(folders, current(folders))


_LOCKED_IN = """
import os, socket, sys
from pathlib import Path
from bahriya_tui.isolation.lockdown import lock_in
from bahriya_tui.custody import holding
from bahriya_tui.vault import keys
folder, id_ = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
assert lock_in(network=True) == "full"
print("sees it unlocked", holding.has(folder, id_))
try:
    keys.open_file(keys.wrapped_path(folder, id_))
except keys.Locked as error:
    print(error.message)
named = os.open(keys.wrapped_path(folder, id_), os.O_PATH)
with socket.socket(socket.AF_UNIX) as connection, holding.address(folder) as name:
    connection.connect(name)
    socket.send_fds(connection, [holding.GIVE + id_], [named])
    print("got", connection.recv(100))
"""


def test_a_process_that_is_locked_in_sees_that_it_is_unlocked_and_gets_no_key(folders: Folders) -> None:
    start(folders)
    command = [sys.executable, "-I", "-c", _LOCKED_IN, str(folders[1]), current(folders).hex()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if 'lock_in(network=True) == "full"' in done.stderr:
        pytest.skip("this kernel has no Landlock, so nothing here keeps a process from the files")
    assert done.stderr == ""
    seen, refused, got_ = done.stdout.splitlines()
    assert seen == "sees it unlocked True"
    assert "cannot be opened: permission denied" in refused
    assert got_ == "got b''"
