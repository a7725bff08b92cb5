"""Reads settings of the machine that decide what becomes of memory and of processes. Changes nothing."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from bahriya_tui.model import unit
from bahriya_tui.model.judgement.machine import SwapSeen
from bahriya_tui.model.judgement.worker import ServiceSeen, kills_processes

IN_A_POD = "KUBERNETES_SERVICE_HOST"
"""Variable that the kubelet sets in every container."""
_CONFIG = ("etc", "run", "usr/local/lib", "usr/lib")
"""Folders of settings of systemd, the most important first."""


def swaps(root: Path) -> list[SwapSeen] | None:
    """List the swap in use; None where the system does not tell."""
    try:
        _, *lines = (root / "proc/swaps").read_text().splitlines()
    except (OSError, ValueError):
        return None
    return [_swap(root, line.split()[0]) for line in lines if line]


def text(path: Path) -> str | None:
    """Give the content of a small file of the kernel; None where there is none."""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return None


def service(root: Path, home: Path, user: str) -> ServiceSeen:
    """Tell what starts and ends processes of `user`."""
    wanted = [
        home / ".config/systemd/user/default.target.wants",
        *(root / folder / "systemd/system/multi-user.target.wants" for folder in _CONFIG),
        *(root / folder / "systemd/user/default.target.wants" for folder in _CONFIG),
    ]
    # A service of the system needs nobody's login.
    of_system = any((folder / unit.NAME).is_symlink() for folder in wanted if "system" in folder.parts)
    return ServiceSeen(
        systemd=(root / "run/systemd/system").is_dir(),
        enabled=any((folder / unit.NAME).is_symlink() for folder in wanted),
        linger=of_system or (root / "var/lib/systemd/linger" / user).exists(),
        kills=kills_processes(list(_logind(root)), user),
        pod=IN_A_POD in os.environ,
    )


def login() -> str:
    """Name the user that runs us."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _swap(root: Path, name: str) -> SwapSeen:
    device = name.rpartition("/")[2]
    block = root / "sys/block" / device
    if device.startswith("zram"):
        # A zram device may have a disk behind it, for what does not shrink.
        return SwapSeen(name, "memory" if text(block / "backing_dev") in (None, "none") else "plain")
    return SwapSeen(name, "encrypted" if _encrypted(block) else "plain")


def _encrypted(block: Path) -> bool:
    """Tell whether dm-crypt is on the way to the disk, also below a logical volume."""
    if (text(block / "dm/uuid") or "").startswith("CRYPT-"):
        return True
    try:
        below = list((block / "slaves").iterdir())
    except OSError:
        return False
    return bool(below) and all(_encrypted(block.parent / one.name) for one in below)


def _logind(root: Path) -> Iterator[str]:
    """Give the texts of logind.conf and its drop-ins, in the order in which they count."""
    folders = [root / folder / "systemd" for folder in _CONFIG]
    mains = [found for folder in folders if (found := text(folder / "logind.conf")) is not None]
    yield from mains[:1]
    drops: dict[str, Path] = {}
    for folder in folders:
        for path in (folder / "logind.conf.d").glob("*.conf"):
            drops.setdefault(path.name, path)
    for name in sorted(drops):
        yield text(drops[name]) or ""
