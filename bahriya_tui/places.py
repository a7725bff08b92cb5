"""Where things are kept: the store, the keys and the logs, each in a folder of its own."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bahriya_tui.sharing import share_what_is_made


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one installation. Keys never share a folder with the store."""

    store: Path
    keys: Path
    logs: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.store / "bahriya.db"

    @property
    def worker_lock(self) -> Path:
        """Held by the worker of this store for as long as it lives."""
        return self.store / "worker.lock"

    @property
    def worker_log(self) -> Path:
        """What the worker did; older ones, `worker.log.1` and so on, are beside it."""
        return self.logs / "worker.log"

    @property
    def public_keys(self) -> Path:
        """What the TUI and the commands may read."""
        return self.keys / "public"

    @property
    def private_keys(self) -> Path:
        """What only the opener reads."""
        return self.keys / "private"

    @property
    def keymap_file(self) -> Path:
        """What the keys of the keyboard are to do; beside the folder of the vault's keys, not in it."""
        return self.keys.parent / "keys.toml"

    @property
    def hook_file(self) -> Path:
        """Which commands are run when something needs a person; beside the keymap."""
        return self.keys.parent / "hooks.toml"

    @property
    def changed_by_screens(self) -> tuple[Path, ...]:
        """Where the locked-in screens and commands may write: nobody else is to believe what lies there."""
        return (self.store, self.logs)

    @property
    def keeper(self) -> int:
        """The account (uid) that the private keys belong to: it alone runs the worker."""
        return keeper_of(self.private_keys)

    @property
    def are_kept_here(self) -> bool:
        """Whether the private keys are those of this process's account, or there are none yet."""
        return self.keeper == os.geteuid()

    def environment(self) -> dict[str, str]:
        """Give what makes `places()` find the same folders in another process."""
        root = self.store.parent.absolute()
        return {"BAHRIYA_HOME": str(root)} if root == self.keys.parent.absolute() else {}

    def prepare(self) -> None:
        """Create the folders, for their owner only; without logs everything else goes on.

        Where the store is shared with a group, what this process makes there is too.
        """
        share_what_is_made(self.store)
        for folder in (self.store, self.keys, self.public_keys, self.private_keys):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):
            self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)


def keeper_of(private_keys: Path) -> int:
    """Give the account (uid) that a folder of private keys belongs to; our own where there is none yet."""
    try:
        return private_keys.stat().st_uid
    except OSError:
        return os.geteuid()


def places() -> Places:
    """Find the folders: under `BAHRIYA_HOME` when that is set, else where the platform keeps them."""
    home = os.environ.get("BAHRIYA_HOME")
    if home:
        root = Path(home)
        return Places(root / "store", root / "keys", root / "logs")
    import platformdirs

    dirs = platformdirs.PlatformDirs("bahriya", appauthor=False)
    return Places(dirs.user_data_path, dirs.user_config_path / "keys", dirs.user_log_path)
