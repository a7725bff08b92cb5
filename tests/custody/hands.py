"""What an operator would type, the keys of a vault, and kills at every step that changes a file."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.passphrase import change
from bahriya_tui.custody.typed import Answers
from bahriya_tui.custody.wrap import Cost, unwrap
from bahriya_tui.model.errors import Locked
from bahriya_tui.vault import keys

CHEAP = Cost(64, 1, 1)
Folders = tuple[Path, Path]


def answers(*lines: str) -> Answers:
    """Give these lines as if they came from standard input."""
    reading, writing = os.pipe()
    os.write(writing, "".join(f"{line}\n" for line in lines).encode())
    os.close(writing)
    try:
        return Answers(reading)
    finally:
        os.close(reading)


def protect(folders: Folders, passphrase: str) -> None:
    """Set a first passphrase at little cost; the recovery key counts as shown."""
    for path in folders[1].glob("*.unshown"):
        path.unlink()
    change(*folders, answers(passphrase), remove=False, cost=CHEAP)


def opened(folders: Folders, id_: bytes, *passphrases: str) -> str:
    """Tell with what a private key opens: `plain`, one of the passphrases, or nothing."""
    plain, wrapped = keys.private_path(folders[1], id_), keys.wrapped_path(folders[1], id_)
    if plain.exists():
        found = X25519PrivateKey.from_private_bytes(bytes.fromhex(plain.read_text()))
        assert keys.key_id(found.public_key().public_bytes_raw()) == id_
        return "plain"
    for passphrase in passphrases:
        try:
            raw = unwrap(wrapped.read_text(), id_, passphrase.encode())
        except Locked:
            continue
        found = X25519PrivateKey.from_private_bytes(raw)
        assert keys.key_id(found.public_key().public_bytes_raw()) == id_
        return passphrase
    return "nothing"


def killed_at_every_step(prepare: Callable[[], None], work: Callable[[], object]) -> Iterator[int]:
    """Run `work` in a process that is gone before its first, second, third... change of a file.

    Yields after each, and ends when it ran to its end.
    """
    for step in range(200):
        prepare()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _die_at(step)
                work()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            assert step > 3, "nothing was ever killed"
            return
        assert code == _GONE
        yield step
    raise AssertionError("it never ended")


_GONE = 77


def _die_at(step: int) -> None:
    left = [step]
    for owner, name in ((os, "open"), (os, "fsync"), (Path, "rename"), (Path, "unlink"), (Path, "touch")):
        setattr(owner, name, _counted(getattr(owner, name), left))


def _counted(real: Callable[..., object], left: list[int]) -> Callable[..., object]:
    def call(*arguments: object, **named: object) -> object:
        if left[0] == 0:
            os._exit(_GONE)
        left[0] -= 1
        return real(*arguments, **named)

    return call
