"""Tries what a lock should refuse: the only way to know that it holds."""

import socket
from collections.abc import Callable, Mapping


def tried(actions: Mapping[str, Callable[[], object]]) -> dict[str, bool | None]:
    """Do each and tell whether it succeeded; None where something else than a lock was in its way.

    A lock answers with EPERM or EACCES. An action must undo or close what it did, should it succeed.
    """
    return {name: _outcome(action) for name, action in actions.items()}


def connect(port: int) -> None:
    """Connect to a port of this machine. Looks no name up: what that opens would be refused in its place."""
    with socket.socket() as one:
        one.settimeout(1)
        one.connect(("127.0.0.1", port))


def _outcome(action: Callable[[], object]) -> bool | None:
    try:
        action()
    except PermissionError:
        return False
    except FileNotFoundError:
        return None
    except OSError:
        # It got past the locks, though no further: a refused connection was attempted.
        return True
    return True
