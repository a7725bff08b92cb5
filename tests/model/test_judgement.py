"""What each measurement means, as tables: no machine is touched."""

from dataclasses import replace
from typing import Any

import pytest

from bahriya_tui.model.finding import Finding, State, any_bad, listed, summary
from bahriya_tui.model.judgement.isolation import OpenerSeen, judge_memory, judge_opener, judge_screens
from bahriya_tui.model.judgement.keys import KeysSeen, PrivateSeen, judge_keys
from bahriya_tui.model.judgement.log import LogSeen, judge_log
from bahriya_tui.model.judgement.machine import SwapSeen, judge_core_dumps, judge_debuggers, judge_swap
from bahriya_tui.model.judgement.modes import PathSeen, judge_paths, judge_shared, judge_way
from bahriya_tui.model.judgement.store import MIB, StoreSeen, has_wal_reset_bug, judge_store
from bahriya_tui.model.judgement.worker import (
    ServiceSeen,
    judge_logout,
    judge_reboot,
    judge_refreshes,
    judge_worker,
    kills_processes,
)

REFUSED = {"open a file": False, "connect": False}
LOCKED = OpenerSeen("full", 7, True, False, 0, REFUSED)


@pytest.mark.parametrize(
    ("seen", "state", "says"),
    [
        (LOCKED, "good", "could not open a file or connect (level full, Landlock 7, seccomp on)"),
        (replace(LOCKED, level="partial", abi=3), "attention", "level partial, Landlock 3"),
        (replace(LOCKED, tried={**REFUSED, "connect": True}), "bad", "could still connect (level full"),
        (replace(LOCKED, level="process only", abi=0, seccomp=False, tried={"connect": True}), "bad", "none"),
        (None, "unknown", "gave no report"),
    ],
)
def test_what_an_opener_can_do_after_its_lock_counts_more_than_its_level(
    seen: OpenerSeen | None, state: State, says: str
) -> None:
    found = judge_opener(seen)
    assert found.state == state
    assert says in found.measured


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (LOCKED, "good"),
        (replace(LOCKED, dumpable=True), "bad"),
        (replace(LOCKED, core_limit=-1), "bad"),
        (replace(LOCKED, dumpable=None), "unknown"),
        (replace(LOCKED, dumpable=None, core_limit=1), "bad"),
        (None, "unknown"),
    ],
)
def test_memory_that_others_can_read_is_bad(seen: OpenerSeen | None, state: State) -> None:
    assert judge_memory(seen).state == state


@pytest.mark.parametrize(
    ("tried", "state", "says"),
    [
        ({"open a private key": False, "connect": False}, "good", "not open a private key or connect"),
        ({"open a private key": True, "connect": False}, "bad", "could open a private key."),
        ({"open a private key": None, "connect": False}, "good", "could not connect."),
        ({"open a private key": None}, "unknown", "nothing to try"),
    ],
)
def test_a_screen_that_gets_out_is_bad(tried: dict[str, bool | None], state: State, says: str) -> None:
    found = judge_screens(tried)
    assert found.state == state
    assert says in found.measured


ID = "00112233445566ff"
KEY = PrivateSeen(f"/c/keys/private/{ID}.key")
KEYS = KeysSeen(ID, "", [], [KEY], "", "/d/store", "/c/keys", "shown")


@pytest.mark.parametrize(
    ("seen", "subject", "state"),
    [
        (KEYS, "public key", "good"),
        (replace(KEYS, public_id="", public_problem="there is none"), "public key", "bad"),
        (replace(KEYS, public_id="", private=[]), "public key", "attention"),
        (KEYS, "private key", "good"),
        (replace(KEYS, private=[]), "private key", "bad"),
        (replace(KEYS, public_id="aa" * 8), "private key", "bad"),
        (replace(KEYS, private=[replace(KEY, problem="it is a link", advice="look")]), "private key", "bad"),
        (replace(KEYS, unreadable="/c/keys/private: Permission denied"), "private key", "bad"),
        (replace(KEYS, public_id="", private=[]), "private key", None),
        (KEYS, "passphrase", "attention"),
        (replace(KEYS, private=[PrivateSeen(f"/c/keys/private/{ID}.wrapped")]), "passphrase", "good"),
        (replace(KEYS, private=[PrivateSeen(f"/k/{ID}.wrapped"), KEY]), "passphrase", "attention"),
        (
            replace(KEYS, private=[PrivateSeen(f"/k/{ID}.wrapped")], recovery="not shown"),
            "passphrase",
            "attention",
        ),
        (replace(KEYS, private=[]), "passphrase", None),
        (KEYS, "recovery key", "good"),
        (replace(KEYS, recovery="not shown"), "recovery key", "attention"),
        (replace(KEYS, recovery="none"), "recovery key", "bad"),
        (replace(KEYS, recovery="unknown"), "recovery key", None),
        (replace(KEYS, public_id="", private=[]), "recovery key", None),
        (KEYS, "keys and store", "good"),
        (replace(KEYS, store="/c", keys="/c/keys"), "keys and store", "bad"),
        (replace(KEYS, store="/c/keys/store"), "keys and store", "bad"),
        (replace(KEYS, store="/c/keys-not"), "keys and store", "good"),
    ],
)
def test_keys_are_judged_by_where_they_are_and_who_may_read_them(
    seen: KeysSeen, subject: str, state: State | None
) -> None:
    assert {one.subject: one.state for one in judge_keys(seen)}.get(subject) == state


def test_a_key_whose_private_half_is_gone_needs_re_entry() -> None:
    (found,) = (one for one in judge_keys(replace(KEYS, private=[])) if one.subject == "private key")
    assert "need re-entry" in found.measured
    assert "rotate" in found.advice


def test_a_backup_of_a_common_folder_holds_both() -> None:
    both = replace(KEYS, store="/home/b/store", keys="/home/b/keys")
    (found,) = (one for one in judge_keys(both) if one.subject == "keys and store")
    assert (found.state, "the whole of /home/b holds both" in found.measured) == ("good", True)
    assert found.advice


def test_keys_that_could_not_be_looked_at_are_unknown() -> None:
    assert [one.state for one in judge_keys(None)] == ["unknown"]


@pytest.mark.parametrize(
    ("mode", "mine", "folder", "private", "state", "advice"),
    [
        (0o600, True, False, True, "good", ""),
        (0o700, True, True, True, "good", ""),
        (0o640, True, False, True, "bad", "Run `chmod 600 /p`."),
        (0o701, True, True, True, "bad", "Run `chmod 700 /p`."),
        (0o600, False, False, True, "bad", "Run Bahriya as its owner, or chown /p to yourself."),
        (0o644, True, False, False, "good", ""),
        (0o664, True, False, False, "bad", "Run `chmod 600 /p`."),
    ],
)
def test_a_path_is_judged_by_owner_and_mode(
    mode: int, mine: bool, folder: bool, private: bool, state: State, advice: str
) -> None:
    found = judge_paths("files", [PathSeen("/p", mode, mine, folder)], private=private)
    assert (found.state, found.advice) == (state, advice)


def test_of_several_wrong_paths_the_first_is_named_and_the_others_counted() -> None:
    found = judge_paths("files", [PathSeen(f"/{n}", 0o644, True, False) for n in "abc"], private=True)
    assert found.measured == "/a has mode 0644, so others can use it, and 2 more."


STORE = StoreSeen(
    "/s/bahriya.db", True, "pysqlite3", (3, 53, 4), version=2, newest=2, journal="wal", free_bytes=1000 * MIB
)


@pytest.mark.parametrize(
    ("changed", "subject", "state"),
    [
        ({}, "store", "good"),
        ({"exists": False}, "store", "attention"),
        ({"error": "permission denied"}, "store", "bad"),
        ({"ours": False}, "store", "bad"),
        ({"version": 3}, "store", "bad"),
        ({"version": 1}, "store", "attention"),
        ({"damage": ["file is not a database"], "version": 0}, "store", "bad"),
        ({}, "store integrity", "good"),
        ({"damage": ["row 1 missing from index x"]}, "store integrity", "bad"),
        ({"error": "permission denied"}, "store integrity", "unknown"),
        ({"exists": False}, "store integrity", None),
        ({}, "SQLite", "good"),
        ({"sqlite": (3, 40, 1)}, "SQLite", "bad"),
        ({"sqlite": (3, 40, 1), "journal": "delete"}, "SQLite", "attention"),
        ({}, "store journal", "good"),
        ({"journal_bytes": 65 * MIB}, "store journal", "attention"),
        ({"exists": False}, "store journal", None),
        ({}, "disk space", "good"),
        ({"free_bytes": 199 * MIB}, "disk space", "attention"),
        ({"free_bytes": 19 * MIB}, "disk space", "bad"),
        ({"free_bytes": None}, "disk space", "unknown"),
    ],
)
def test_a_store_is_judged_by_what_was_found_in_it(
    changed: dict[str, Any], subject: str, state: State | None
) -> None:
    assert {one.subject: one.state for one in judge_store(replace(STORE, **changed))}.get(subject) == state


@pytest.mark.parametrize(
    ("version", "has"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_the_releases_of_sqlite_with_the_wal_reset_bug_are_known(version: tuple[int, ...], has: bool) -> None:
    assert has_wal_reset_bug(version) is has


@pytest.mark.parametrize(
    ("pid", "due", "state"),
    [
        (7, True, "good"),
        (7, None, "good"),
        (None, False, "good"),
        (None, True, "attention"),
        (None, None, "unknown"),
    ],
)
def test_work_without_a_worker_needs_attention(pid: int | None, due: bool | None, state: State) -> None:
    assert judge_worker(pid, "noon", due).state == state


def test_tokens_without_a_worker_to_refresh_them_need_attention() -> None:
    due = [("ecr", "2026-11-29T18:00:00.000Z"), ("mirror", "2026-11-29T16:00:00.000Z")]
    (alone,) = judge_refreshes(None, due)
    assert (alone.subject, alone.state) == ("token refresh", "attention")
    assert alone.measured == (
        "Tokens of registries ecr and mirror are not refreshed while no worker runs:"
        " next at 2026-11-29 16:00 UTC."
    )
    (kept,) = judge_refreshes(7, due)
    assert kept.state == "good"
    assert judge_refreshes(None, []) == judge_refreshes(7, []) == []


@pytest.mark.parametrize(
    ("systemd", "enabled", "linger", "state", "says"),
    [
        (True, True, True, "good", ""),
        (True, True, False, "attention", "enable-linger"),
        (True, False, True, "attention", "service of the README"),
        (False, False, False, "attention", "bahriya worker run"),
    ],
)
def test_what_a_reboot_ends_is_said(
    systemd: bool, enabled: bool, linger: bool, state: State, says: str
) -> None:
    found = judge_reboot(ServiceSeen(systemd, enabled, linger, False))
    assert found.state == state
    assert says in found.advice


def test_in_a_pod_kubernetes_sees_to_the_worker() -> None:
    seen = ServiceSeen(systemd=False, enabled=False, linger=False, kills=None, pod=True)
    assert [judge(seen).state for judge in (judge_reboot, judge_logout)] == ["good", "good"]


@pytest.mark.parametrize(
    ("kills", "enabled", "linger", "state"),
    [
        (False, False, False, "good"),
        (None, False, False, "unknown"),
        (True, True, True, "good"),
        (True, False, True, "attention"),
        (True, True, False, "attention"),
    ],
)
def test_what_a_logout_ends_is_said(kills: bool | None, enabled: bool, linger: bool, state: State) -> None:
    found = judge_logout(ServiceSeen(True, enabled, linger, kills))
    assert found.state == state
    assert ("systemd-run --user" in found.advice) is (state == "attention")


@pytest.mark.parametrize(
    ("files", "kills"),
    [
        ((), None),
        (("[Login]\n#KillUserProcesses=no\n",), False),
        (("#KillUserProcesses=yes\n",), True),
        (("#KillUserProcesses=no\n", "KillUserProcesses=yes\n"), True),
        (("KillUserProcesses=yes\n", "KillUserProcesses=0\n"), False),
        (("KillUserProcesses=yes\n", "#KillUserProcesses=no\n"), True),
        (("KillUserProcesses = on\n",), True),
        (("KillUserProcesses=off\n",), False),
        (("KillUserProcesses=yes\nKillExcludeUsers=root mira\n",), False),
        (("KillUserProcesses=yes\nKillOnlyUsers=olaf\n",), False),
        (("KillUserProcesses=yes\nKillOnlyUsers=olaf mira\n",), True),
        (("# the setting KillUserProcesses=yes would break things\n",), None),
    ],
)
def test_the_settings_of_logind_are_read_in_their_order(files: tuple[str, ...], kills: bool | None) -> None:
    assert kills_processes(files, "mira") is kills


def test_the_processes_of_root_are_spared_unless_said_otherwise() -> None:
    assert kills_processes(["KillUserProcesses=yes\n"], "root") is False
    assert kills_processes(["KillUserProcesses=yes\nKillExcludeUsers=\n"], "root") is True


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (None, "unknown"),
        ((), "good"),
        (("memory", "encrypted"), "good"),
        (("memory", "plain"), "attention"),
    ],
)
def test_only_swap_that_is_written_in_the_clear_needs_attention(kinds: Any, state: State) -> None:
    swaps = None if kinds is None else [SwapSeen(f"/dev/{kind}", kind) for kind in kinds]
    found = judge_swap(swaps)
    assert found.state == state
    assert "/dev/memory" not in found.measured or state == "good"


@pytest.mark.parametrize(
    ("pattern", "undumpable", "state", "says"),
    [
        ("|/usr/lib/systemd/systemd-coredump %P", True, "good", "(/usr/lib/systemd/systemd-coredump)"),
        ("core", True, "good", "files"),
        ("|", True, "good", "files"),
        ("|/usr/bin/collect %p", False, "attention", "nothing keeps ours"),
        (None, True, "unknown", ""),
    ],
)
def test_a_collector_of_crashes_is_fine_for_processes_that_leave_none(
    pattern: str | None, undumpable: bool, state: State, says: str
) -> None:
    found = judge_core_dumps(pattern, undumpable=undumpable)
    assert found.state == state
    assert says in found.measured


@pytest.mark.parametrize(("scope", "state"), [(None, "unknown"), (0, "attention"), (1, "good"), (3, "good")])
def test_free_debugging_needs_attention(scope: int | None, state: State) -> None:
    assert judge_debuggers(scope).state == state


def test_a_report_is_counted_by_state_with_the_worst_first() -> None:
    findings = [Finding("a", "good", "."), Finding("b", "bad", "."), Finding("c", "good", ".")]
    assert summary(findings) == "1 bad, 2 good"
    assert any_bad(findings)
    assert not any_bad([Finding("a", "attention", "."), Finding("b", "unknown", ".")])


def test_names_are_written_as_in_a_sentence() -> None:
    assert [listed(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


LOG = LogSeen("/l/worker.log", [PathSeen("/l/worker.log", 0o600, True, False)], 5 * MIB, True)


@pytest.mark.parametrize(
    ("seen", "state", "says"),
    [
        (LOG, "good", "/l/worker.log (1 file, 5.0 MiB)"),
        (replace(LOG, files=[], total_bytes=0), "good", "It will be /l/worker.log"),
        (replace(LOG, writable=False), "attention", "/l/worker.log takes no files"),
        (replace(LOG, files=[replace(LOG.files[0], mode=0o644)]), "bad", "mode 0644"),
    ],
)
def test_where_the_log_is_and_whether_others_read_it(seen: LogSeen, state: State, says: str) -> None:
    found = judge_log(seen)
    assert found.state == state
    assert says in found.measured


def test_a_log_that_a_member_made_is_told_with_who_removes_it() -> None:
    made = PathSeen("/l/worker.log", 0o640, False, False, "ann", "ops")
    shared = replace(LOG, files=[made], shared=True, keeper="svc")
    found = judge_log(shared)
    assert found.state == "bad"
    assert "belongs to ann" in found.measured
    assert found.advice == "As svc: `rm /l/worker.log`."
    assert judge_log(replace(shared, files=[replace(made, owner="svc")])).state == "good"


FOLDER = PathSeen("/s", 0o2770, True, True, "svc", "ops")
FILE = PathSeen("/s/bahriya.db", 0o660, False, False, "ann", "ops")


@pytest.mark.parametrize(
    ("file", "change", "state", "says"),
    [
        (FILE, True, "good", "group ops may read and change them, and nobody else"),
        (replace(FILE, mode=0o640), True, "bad", "mode 0640, so group ops cannot write it"),
        (replace(FILE, mode=0o664), True, "bad", "mode 0664, so others can use it"),
        (replace(FILE, group="ann"), True, "bad", "belongs to group ann, and what is shared to ops"),
        (replace(FILE, mode=0o600), False, "bad", "so group ops cannot read it"),
        (replace(FILE, mode=0o660), False, "bad", "so others can use it"),
    ],
)
def test_what_a_group_shares_is_for_all_of_it_and_nobody_else(
    file: PathSeen, change: bool, state: State, says: str
) -> None:
    folder = FOLDER if change else replace(FOLDER, mode=0o2750)
    found = judge_shared("store files", [folder, file], change=change)
    assert found.state == state
    assert says in found.measured


@pytest.mark.parametrize(
    ("file", "change", "advice"),
    [
        (replace(FILE, owner="svc", mode=0o600), True, "As svc: `bahriya share --group ops`."),
        (replace(FILE, mode=0o600), True, "As ann: `chgrp ops {0} && chmod 660 {0}`."),
        (replace(FILE, mode=0o600), False, "As ann: `chgrp ops {0} && chmod 640 {0}`."),
    ],
)
def test_only_what_the_keeper_owns_is_advised_to_be_shared(file: PathSeen, change: bool, advice: str) -> None:
    folder = FOLDER if change else replace(FOLDER, mode=0o2750)
    found = judge_shared("store files", [folder, file], change=change)
    assert found.advice == advice.format(file.path)


HOME = PathSeen("/srv/b", 0o2755, True, True, "svc", "ops")
ABOVE = PathSeen("/srv", 0o1777, False, True, "root", "root")


@pytest.mark.parametrize(
    ("paths", "state", "says"),
    [
        ([HOME, ABOVE], "good", "/srv/b can be changed or moved by svc and root alone"),
        ([replace(HOME, mode=0o2775), ABOVE], "bad", "/srv/b has mode 2775"),
        ([replace(HOME, mode=0o3757), ABOVE], "bad", "/srv/b has mode 3757"),
        ([HOME, replace(ABOVE, mode=0o777)], "bad", "/srv has mode 0777"),
        ([HOME, replace(ABOVE, owner="ann")], "bad", "/srv belongs to ann"),
    ],
)
def test_nobody_else_may_move_the_keys(paths: list[PathSeen], state: State, says: str) -> None:
    found = judge_way("home folder", paths, ("svc", "root"))
    assert found.state == state
    assert says in found.measured


@pytest.mark.parametrize(
    ("pid", "runs_as", "state", "says"),
    [
        (7, "svc", "good", "process 7"),
        (7, "root", "bad", "runs as root, and the private keys are those of svc"),
        (None, "", "attention", "only svc can run one"),
    ],
)
def test_a_shared_store_has_its_worker_from_one_account(
    pid: int | None, runs_as: str, state: State, says: str
) -> None:
    found = judge_worker(pid, "noon", False, keeper="svc", runs_as=runs_as)
    assert found.state == state
    assert says in found.measured


def test_private_keys_of_another_account_are_no_fault_of_a_member() -> None:
    folders = [
        replace(FOLDER, path="/c/keys", mode=0o2750),
        replace(FOLDER, path="/c/keys/private", mode=0o700),
    ]
    seen = replace(KEYS, private=[], unreadable="denied", keeper="svc", shared=True, folders=folders)
    found = {one.subject: one for one in judge_keys(seen)}
    assert found["private key"].state == found["key folders"].state == "good"
    open_to_group = [folders[0], replace(folders[1], mode=0o750)]
    found = {one.subject: one for one in judge_keys(replace(seen, folders=open_to_group))}
    assert found["key folders"].state == "bad"
