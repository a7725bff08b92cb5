"""Settings of the machine, read below a root of our own."""

from pathlib import Path

import pytest

from bahriya_tui.launch import machine


def put(path: Path, content: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


SWAPS = "Filename Type Size Used Priority\n"


@pytest.mark.parametrize(
    ("device", "files", "kind"),
    [
        ("zram0", {"zram0/backing_dev": "none\n"}, "memory"),
        ("zram0", {}, "memory"),
        ("zram0", {"zram0/backing_dev": "/dev/sda2\n"}, "plain"),
        ("dm-0", {"dm-0/dm/uuid": "CRYPT-PLAIN-swap\n"}, "encrypted"),
        ("dm-1", {"dm-1/dm/uuid": "LVM-x", "dm-1/slaves/dm-0/x": "", "dm-0/dm/uuid": "CRYPT-L"}, "encrypted"),
        ("dm-1", {"dm-1/dm/uuid": "LVM-x", "dm-1/slaves/sda2/x": ""}, "plain"),
        ("sda2", {}, "plain"),
    ],
)
def test_swap_is_told_apart_by_what_is_below_it(
    tmp_path: Path, device: str, files: dict[str, str], kind: str
) -> None:
    put(tmp_path / "proc/swaps", f"{SWAPS}/dev/{device} partition 8 0 -2\n")
    for name, content in files.items():
        put(tmp_path / "sys/block" / name, content)
    assert [(one.name, one.kind) for one in machine.swaps(tmp_path) or ()] == [(f"/dev/{device}", kind)]


def test_no_swap_is_not_the_same_as_no_list_of_swap(tmp_path: Path) -> None:
    assert machine.swaps(tmp_path) is None
    put(tmp_path / "proc/swaps", SWAPS)
    assert machine.swaps(tmp_path) == []


def test_a_drop_in_of_the_administrator_masks_one_of_the_distribution(tmp_path: Path) -> None:
    home = tmp_path / "home/mira"
    put(tmp_path / "etc/systemd/logind.conf", "#KillUserProcesses=no\n")
    put(tmp_path / "usr/lib/systemd/logind.conf", "#KillUserProcesses=yes\n")
    assert machine.service(tmp_path, home, "mira").kills is False
    put(tmp_path / "usr/lib/systemd/logind.conf.d/10-kill.conf", "[Login]\nKillUserProcesses=yes\n")
    assert machine.service(tmp_path, home, "mira").kills is True
    put(tmp_path / "etc/systemd/logind.conf.d/10-kill.conf", "")
    assert machine.service(tmp_path, home, "mira").kills is False


def test_a_service_counts_when_it_is_enabled(tmp_path: Path) -> None:
    home = tmp_path / "home/mira"
    unit = home / ".config/systemd/user/bahriya-worker.service"
    put(unit)
    seen = machine.service(tmp_path, home, "mira")
    assert (seen.systemd, seen.enabled, seen.linger) == (False, False, False)
    wanted = unit.parent / "default.target.wants" / unit.name
    wanted.parent.mkdir()
    wanted.symlink_to(unit)
    put(tmp_path / "var/lib/systemd/linger/mira")
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    seen = machine.service(tmp_path, home, "mira")
    assert (seen.systemd, seen.enabled, seen.linger) == (True, True, True)
    assert machine.service(tmp_path, home, "olaf").linger is False


def test_a_service_of_the_system_needs_no_login(tmp_path: Path) -> None:
    wanted = tmp_path / "etc/systemd/system/multi-user.target.wants/bahriya-worker.service"
    wanted.parent.mkdir(parents=True)
    wanted.symlink_to("/etc/systemd/system/bahriya-worker.service")
    seen = machine.service(tmp_path, tmp_path / "home/mira", "mira")
    assert (seen.enabled, seen.linger) == (True, True)
