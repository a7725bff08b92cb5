"""Accounts of the machine, made for a test: a service, people in a group with it, and somebody who is not.

The folders in which interpreter and libraries lie may be closed to them; so each of their commands has a view
of the disk in which they are not, and the program is installed where everybody may read it.
"""

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bahriya_tui
from tests.operator import Operator

NEEDED = ("useradd", "groupadd", "setpriv", "unshare")
may_make_accounts = os.geteuid() == 0 and all(shutil.which(one) for one in NEEDED)
NEEDS_ROOT = f"accounts are made by root, with {', '.join(NEEDED)}"


class Account(Operator):
    """An operator with an account of their own, who runs the program that is installed for all."""

    def __init__(self, name: str, home: Path, begun: Sequence[str], program: Path) -> None:
        super().__init__(home)
        self.name, self.program = name, program
        become = ("setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", "--inh-caps=-all")
        self.prefix = (*begun, *become)
        self.environment = {
            "BAHRIYA_HOME": str(home),
            "BAHRIYA_WORKER_IDLE": "30",
            "HOME": "/nonexistent",
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def command(self, *arguments: str) -> list[str]:
        """Give the words that run a command as this account."""
        return [*self.prefix, str(self.program), "-I", "-m", "bahriya_tui", *arguments]


class Machine:
    """A machine with the program installed, and accounts that share nothing yet but a group."""

    def __init__(self, folder: Path, tag: str) -> None:
        self.folder, self.group = folder, f"ops{tag}"
        self.home = folder / "bahriya"
        self.names = {role: f"{role}{tag}" for role in ("service", "ann", "ben", "stranger")}
        self._begun, self._program = _installed(folder)

    def account(self, role: str) -> Account:
        """Give an account by what it is here."""
        return Account(self.names[role], self.home, self._begun, self._program)


@contextmanager
def machine() -> Iterator[Machine]:
    """Make it, and take it away again."""
    tag = uuid.uuid4().hex[:8]
    # The folders that pytest makes are for root alone.
    folder = Path(tempfile.mkdtemp(prefix="bahriya-machine-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder)
        folder.chmod(0o755)
        made = Machine(folder, tag)
        _run("groupadd", "--system", made.group)
        undo.callback(_run, "groupdel", made.group)
        for role, name in made.names.items():
            member = [] if role == "stranger" else ["--groups", made.group]
            _run("useradd", "--system", "--user-group", "--no-create-home", *member, name)
            undo.callback(_run, "userdel", name)
        yield made


def _installed(folder: Path) -> tuple[list[str], Path]:
    """Install the program; give how a command begins that is to see all of it, and the interpreter for it."""
    shutil.copytree(
        Path(bahriya_tui.__file__).parent,
        folder / "program" / "bahriya_tui",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    base, libraries = Path(sys.base_prefix), Path(sysconfig.get_path("purelib"))
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    _run(str(base / "bin" / name), "-I", "-m", "venv", "--without-pip", str(folder / "venv"))
    found = folder / "venv" / "lib" / name / "site-packages" / "installed.pth"
    found.write_text(f"{folder / 'program'}\n{libraries}\n")
    script = _opened((base, libraries), folder)
    return ["unshare", "--mount", "sh", "-euc", script, "sh"], folder / "venv" / "bin" / "python"


def _opened(needed: tuple[Path, ...], folder: Path) -> str:
    """Write the script that lets everybody reach folders, in its own view of the disk, and runs a command."""
    kept, hidden, back = list[str](), dict[Path, str](), list[str]()
    for number, path in enumerate(needed):
        closed = next((one for one in reversed(path.parents) if not one.stat().st_mode & stat.S_IXOTH), None)
        if closed is None:
            continue
        aside = folder / f"aside-{number}"
        aside.mkdir()
        kept.append(f"mount --bind {path} {aside}")
        hidden[closed] = f"mount -t tmpfs -o mode=755 bahriya {closed}"
        back.append(f"mkdir -p {path}; mount --bind {aside} {path}")
    return "\n".join([*kept, *hidden.values(), *back, 'exec "$@"'])


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)
