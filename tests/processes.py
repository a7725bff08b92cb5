"""Looks at processes through /proc, where any of them may end between two looks."""

from pathlib import Path


def pids() -> list[int]:
    """List the processes that there are."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def read(pid: int, name: str) -> bytes:
    """Give what the kernel tells of a process in one file; nothing when it ended or may not be looked at."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def children(pid: int) -> list[int]:
    """Give the processes that a process started and that are still there."""
    try:
        threads = [path.name for path in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []
    return [int(child) for thread in threads for child in read(pid, f"task/{thread}/children").split()]


def state_and_parent(pid: int) -> tuple[str, int] | None:
    """Give the letter of a process's state (proc(5)) and its parent; None when it is gone."""
    told = read(pid, "stat").rpartition(b")")[2].split()
    return (told[0].decode(), int(told[1])) if told else None


def writable_memory(pid: int) -> bytes:
    """Give everything in a process's writable memory; raises `OSError` when it is gone."""
    found = bytearray()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw"):
                file.seek(start)
                found += file.read(end - start) or b""
    return bytes(found)
