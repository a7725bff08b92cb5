"""The environment that processes get: only what is on a list, since what is not could change them."""

import os

_ALLOWED = frozenset(
    {
        "HOME",
        "KUBECONFIG",
        "LANG",
        "LC_ALL",
        "LOGNAME",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TERM",
        "TMPDIR",
        "USER",
    }
)


def scrubbed(*extra: str, prefixes: tuple[str, ...] = ()) -> dict[str, str]:
    """Give the environment without what could redirect, trace or record (`LD_*`, `SSLKEYLOGFILE`)."""
    names = _ALLOWED | set(extra)
    return {
        name: value
        for name, value in os.environ.items()
        if name in names or (prefixes and name.startswith(prefixes))
    }
