"""The store and the public keys as one file: `python -I -m bahriya_tui.store.archive write|install ...`.

A tar file with three kinds of members: `about.json`, `bahriya.db` (a copy as of one instant, whoever writes
meanwhile) and `keys/NAME` (the public folder). Credentials are in it sealed; no private key ever is, so that
whoever finds the file can open nothing. Runs in a process of its own, since the commands may not write there.
"""

import gzip
import io
import json
import os
import signal
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.errors import BadInput, BahriyaError, Cancelled, Failed, InUse, NotFound, told_by
from bahriya_tui.store import restored
from bahriya_tui.store.database import APPLICATION_ID, VERSION, open_store
from bahriya_tui.store.driver import connect, sqlite

FORMAT = 1
_ABOUT, _DATABASE, _KEYS = "about.json", "bahriya.db", "keys/"
_LONGEST_KEY = 1024
_FILLED = ("project", "region", "registry", "container")
"""Tables of which a store that may be replaced has no row."""


def write(store: Path, public: Path, file: Path) -> dict[str, Any]:
    """Write a new file of mode 0600, whole or not at all; `BadInput` where there is one already."""
    if not store.exists():
        raise NotFound(f"there is no store {store}", "there is nothing to keep yet")
    with _copied(store) as copy:
        about = {"format": FORMAT, "made_at": clock.now(), "version": VERSION}
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            raise BadInput(f"{file} exists", "name a new file; nothing was written") from None
        except OSError as error:
            raise BadInput(f"{file} cannot be written ({error.strerror})", "name another file") from None
        try:
            with os.fdopen(descriptor, "wb") as out:
                _pack(out, about, copy, public)
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            file.unlink(missing_ok=True)
            raise
    return {**about, "bytes": file.stat().st_size}


def install(store: Path, public: Path, file: Path, who: Actor) -> dict[str, Any]:
    """Put the copy in the place of an empty store, and the keys where there are none.

    Gives when the copy was made, and which deployments were cancelled in it. Raises `InUse` for a store that
    holds anything, `BadInput` for a file that is no whole backup, or one of a newer release; then, and after
    an end in the middle, nothing is in place.
    """
    _refuse_filled(store)
    with _unpacked(store, file) as (about, copy, keys):
        _refuse_foreign(copy, file)
        made_at = str(about.get("made_at", ""))
        # In the copy: once it is in place, a worker may open it at any time.
        with open_store(copy) as inside, inside.write() as tx:
            cancelled = restored.make_safe(tx, who, made_at, clock.now())
        known = any(public.glob("*.pub"))
        new = {} if known else {public / name: content for name, content in keys.items()}
        try:
            # Before the store, which could not be put back a second time.
            for path, content in new.items():
                path.write_bytes(content)
            for left in ("-wal", "-shm"):
                store.with_name(store.name + left).unlink(missing_ok=True)
            copy.replace(store)
        except BaseException:
            for path in new:
                path.unlink(missing_ok=True)
            raise
    return {"made_at": made_at, "cancelled": cancelled}


def _pack(out: io.BufferedWriter, about: dict[str, Any], copy: Path, public: Path) -> None:
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, _ABOUT, json.dumps(about).encode())
        with copy.open("rb") as database:
            archive.addfile(_member(_DATABASE, copy.stat().st_size), database)
        for path in sorted(one for one in public.iterdir() if one.is_file()):
            _add(archive, _KEYS + path.name, path.read_bytes())


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_member(name, len(content)), io.BytesIO(content))


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


@contextmanager
def _copied(store: Path) -> Iterator[Path]:
    """Give a copy of the store as it is now; it goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="backup-", dir=store.parent) as folder:
        copy = Path(folder) / store.name
        try:
            with closing(connect(store, read_only=True)) as source, closing(connect(copy)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = delete")
        except sqlite.Error as error:
            raise Failed(f"store {store} cannot be copied ({error})", "see bahriya doctor") from None
        yield copy


@contextmanager
def _unpacked(store: Path, file: Path) -> Iterator[tuple[dict[str, Any], Path, dict[str, bytes]]]:
    """Give what the file says of itself, its copy of the store beside the store, and its keys by name."""
    broken = BadInput(f"{file} is no whole backup of a Bahriya store", "name a file of `bahriya backup`")
    with tempfile.TemporaryDirectory(prefix="restore-", dir=store.parent) as folder:
        copy = Path(folder) / store.name
        about: dict[str, Any] = {}
        keys: dict[str, bytes] = {}
        try:
            with gzip.open(file) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() else None
                    if content is None:
                        raise broken
                    if member.name == _DATABASE:
                        _keep(content, copy)
                    elif member.name == _ABOUT:
                        about = json.loads(content.read(_LONGEST_KEY))
                    else:
                        keys[_key_name(member.name, broken)] = content.read(_LONGEST_KEY)
                # Only its end tells that all of it is as it was written.
                while packed.read(1 << 20):
                    pass
        except FileNotFoundError:
            raise NotFound(f"there is no file {file}", "name a file of `bahriya backup`") from None
        except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error) as error:
            raise broken from error
        if not isinstance(about, dict) or about.get("format") != FORMAT or not copy.exists():
            raise broken
        yield about, copy, keys


def _keep(content: Any, copy: Path) -> None:
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as out:
        while piece := content.read(1 << 20):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def _key_name(name: str, broken: BadInput) -> str:
    """Give the name of a key's file: one that could lead elsewhere is refused."""
    key = name.removeprefix(_KEYS)
    if not name.startswith(_KEYS) or not key or key.startswith(".") or "/" in key or "\0" in key:
        raise broken
    return key


def _refuse_filled(store: Path) -> None:
    if not store.exists():
        return
    try:
        with closing(connect(store, read_only=True)) as connection:
            named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = {row[0] for row in named}
            filled = [
                name
                for name in _FILLED
                if name in tables and connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()  # noqa: S608
            ]
    except sqlite.Error as error:
        raise Failed(f"store {store} cannot be read ({error})", "move it away, then restore") from None
    if filled:
        raise InUse(
            f"store {store} is not empty: it has at least one {filled[0]}",
            "restore into an empty one: set BAHRIYA_HOME to a new folder, or move the old store away",
        )


def _refuse_foreign(copy: Path, file: Path) -> None:
    try:
        with closing(connect(copy)) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
    except sqlite.Error:
        application, version, whole = 0, 0, False
    if application != APPLICATION_ID or not whole:
        raise BadInput(f"the store in {file} is damaged, or none of ours", "name another backup")
    if version > VERSION:
        raise BadInput(f"{file} was written by a newer release of Bahriya", "upgrade bahriya-tui")


def main(arguments: list[str]) -> int:
    """Run as a process: one line of JSON, an error among them, and an exit code."""
    store, public, file = (Path(one) for one in arguments[1:4])
    try:
        if arguments[0] == "write":
            answer = write(store, public, file)
        else:
            answer = install(store, public, file, Actor(*arguments[4:]))
        code = 0
    except BahriyaError as error:
        answer, code = told_by(error), error.exit_code
    except OSError as error:
        told = Failed(f"{error.filename or 'a file'}: {error.strerror}", "nothing was changed")
        answer, code = told_by(told), told.exit_code
    sys.stdout.write(json.dumps(answer) + "\n")
    return code


def _end(_number: int, _frame: object) -> None:
    # As an exception, so that what is half written goes.
    sys.exit(Cancelled.exit_code)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    sys.exit(main(sys.argv[1:]))
