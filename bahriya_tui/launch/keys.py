"""Makes sure that the vault has a key pair, without this process ever holding the private half."""

import subprocess
import sys

from bahriya_tui.model.errors import Failed
from bahriya_tui.places import Places


def ensure_keys(places: Places) -> None:
    """Have a key pair made in a process of its own when there is none yet."""
    if (places.public_keys / "current").exists():
        return
    command = [sys.executable, "-I", "-m", "bahriya_tui.vault.create"]
    folders = [str(places.public_keys), str(places.private_keys)]
    done = subprocess.run([*command, *folders], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failed(f"no vault key could be made in {places.keys}", "is the folder writable, the disk full?")
