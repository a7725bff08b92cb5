"""Looks for a token in other processes and in files, in every form in which a token travels.

Reading the memory of a process that is closed to debuggers needs root or CAP_SYS_PTRACE.
"""

import base64
import json
import os
import re
import stat
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

FRAGMENT = 12
"""So many bytes of the token in a row are a hit of their own."""
NEEDS_ROOT = "looking into other processes' memory needs root or CAP_SYS_PTRACE"
may_read_memory = os.geteuid() == 0 and Path("/proc/self/mem").exists()
"""Whether this process may look into others."""

Hits = Counter[str]
"""How often each form was found; empty when nothing was."""

_STEP = FRAGMENT // 2
_CHUNK = 1 << 20
_ZEROS = bytes(_CHUNK)
_MAP = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+ *(.*)")
_UNREADABLE = (b"[vvar]", b"[vvar_vclock]", b"[vsyscall]")


def forms(canary: str) -> dict[str, set[bytes]]:
    """Give every form of a whole token, by the form's name."""
    raw = canary.encode()
    once = _base64(raw)
    return {
        "utf-8": {raw},
        "utf-16": {canary.encode("utf-16-le"), canary.encode("utf-16-be")},
        "utf-32": {canary.encode("utf-32-le"), canary.encode("utf-32-be")},
        "hex": {raw.hex().encode(), raw.hex().upper().encode()},
        "reversed": {raw[::-1]},
        "json": {json.dumps(canary, ensure_ascii=plain)[1:-1].encode() for plain in (True, False)} - {raw},
        "percent": {quote(canary, safe=safe).encode() for safe in ("", "/")} - {raw} | {_percent(raw)},
        "base64": once,
        "base64 of base64": {twice for core in once for twice in _base64(core)},
    }


def _percent(raw: bytes) -> bytes:
    return "".join(f"%{byte:02X}" for byte in raw).encode()


def _base64(raw: bytes) -> set[bytes]:
    """Give the characters that depend on nothing but `raw`, wherever in a longer text it stands."""
    found = set()
    for before in range(3):
        start, end = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(bytes(before) + raw)[start:end])
    return found


class Scanner:
    """Knows one canary's forms, and counts them in bytes, in a process, and in files."""

    def __init__(self, canary: str) -> None:
        self._raw = canary.encode()
        self._forms = [(name, form) for name, found in forms(canary).items() for form in sorted(found)]
        self._overlap = max(len(form) for _, form in self._forms) - 1

    def scan(self, data: bytes) -> Hits:
        """Count the forms in `data`, and the fragments of the token that stand there alone."""
        hits: Hits = Counter()
        for name, form in self._forms:
            hits[name] += data.count(form)
        hits["fragment"] += len(self._fragments(data))
        return +hits

    def process(self, pid: int) -> Hits:
        """Count in everything readable that a process has: memory, arguments, environment, open files.

        Raises `ProcessLookupError` when it is gone and `PermissionError` where it may not be looked into.
        """
        hits = self._memory(pid)
        for name in ("cmdline", "environ"):
            hits += self.scan(_read(pid, name))
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(FileNotFoundError):
                    # Also what has no name any more, or never had one.
                    if stat.S_ISREG(descriptor.stat().st_mode):
                        hits += self.scan(content(descriptor))
        return hits

    def files(self, *places: Path) -> dict[str, Hits]:
        """Count in the names and contents of every file at or below `places`; give those with hits."""
        found: dict[str, Hits] = {}
        for place in places:
            for path in place.rglob("*") if place.is_dir() else [place]:
                with suppress(FileNotFoundError):
                    held = content(path) if stat.S_ISREG(path.lstat().st_mode) else b""
                    if hits := self.scan(os.fsencode(path.name) + b"\n" + held):
                        found[str(path)] = hits
        return found

    def _memory(self, pid: int) -> Hits:
        hits: Hits = Counter()
        maps = _read(pid, "maps")
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
            for start, end in _readable(maps):
                before = b""
                for chunk in _chunks(memory, start, end):
                    if chunk == _ZEROS[: len(chunk)]:
                        before = b""
                    else:
                        hits += self.scan(before + chunk)
                        before = chunk[-self._overlap :]
        if not maps:
            raise ProcessLookupError(f"process {pid} has no memory any more")
        return hits

    def _fragments(self, data: bytes) -> set[int]:
        """Give where parts of the token stand. Every run of `FRAGMENT` bytes holds a whole step of it."""
        found = set()
        for offset in range(0, len(self._raw) - _STEP + 1, _STEP):
            step = self._raw[offset : offset + _STEP]
            place = data.find(step)
            while place >= 0:
                start, length = self._run(data, place, offset)
                if FRAGMENT <= length < len(self._raw):
                    found.add(start)
                place = data.find(step, place + 1)
        return found

    def _run(self, data: bytes, place: int, offset: int) -> tuple[int, int]:
        """Give start and length of what `data` has in common with the token around a place."""
        raw, left, right = self._raw, 0, 0
        while left < min(place, offset) and data[place - left - 1] == raw[offset - left - 1]:
            left += 1
        while (
            right < min(len(data) - place, len(raw) - offset) and data[place + right] == raw[offset + right]
        ):
            right += 1
        return place - left, left + right


def content(path: Path) -> bytes:
    """Read a file, in a process of its own: to close one of SQLite's would drop the locks that we hold.

    Nothing is given for one that is gone; raises `PermissionError` for one that is not.
    """
    done = subprocess.run(["cat", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode != 0 and path.exists():
        raise PermissionError(f"{path} cannot be looked into")
    return done.stdout


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except FileNotFoundError:
        raise ProcessLookupError(f"process {pid} is gone") from None


def _readable(maps: bytes) -> Iterator[tuple[int, int]]:
    for line in maps.splitlines():
        found = _MAP.match(line)
        if found and found[3] not in _UNREADABLE:
            yield int(found[1], 16), int(found[2], 16)


def _chunks(memory: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Read from `start` to `end`, or to where the kernel gives no more, as beyond a mapped file's end."""
    while start < end:
        try:
            memory.seek(start)
            chunk = memory.read(min(_CHUNK, end - start))
        except OSError:
            return
        if not chunk:
            return
        yield chunk
        start += len(chunk)
