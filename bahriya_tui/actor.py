"""Who acts, for the record; the login name is first asked for before the process locks itself in."""

import os
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bahriya_tui.model.audit import Actor


def find_actor() -> "Actor":
    """Give the login name, the terminal and the address at the other end of SSH; never fails."""
    from bahriya_tui.model.audit import Actor

    return Actor(login_name(), _terminal(), _client())


@cache
def login_name() -> str:
    """Give the name of this process's user; once asked, it is known where no name service can be reached."""
    return account_name(os.getuid())


def account_name(uid: int) -> str:
    """Give the name of an account, or its number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _terminal() -> str:
    for stream in (0, 2):
        try:
            return os.ttyname(stream)
        except OSError:
            continue
    return ""


def _client() -> str:
    """Give the other end of the SSH connection; a variable may hold anything, so only an address counts."""
    told = os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_CLIENT") or ""
    found = re.match(r"[0-9A-Fa-f:.]{2,45}(%[0-9A-Za-z._-]{1,15})?(?= |$)", told)
    return found[0] if found else ""
