"""The opener's life: connect to all regions, lock in, open the credential, send it, exit.

After the lock the plaintext can travel only into connections that were verified before it existed.
"""

import base64
import json
import os
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.model.errors import BahriyaError, Failed, Locked
from bahriya_tui.opener import http, tls
from bahriya_tui.opener.lockdown import Level, lock_in
from bahriya_tui.opener.protocol import Sealed, Target, read_sealed, read_targets
from bahriya_tui.vault.keys import open_private
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import RecordUnreadable
from bahriya_tui.vault.seal import SUITE

_PARALLEL = 64
_KEY_LENGTH = 32
_saying = threading.Lock()

Connection = tuple[Target, ssl.SSLSocket]


def main() -> None:
    """Read one request from standard input, follow it, and exit; exit is the discard."""
    try:
        request = json.loads(sys.stdin.buffer.readline())
        sealed = read_sealed(request)
        key = open_private(Path(sealed.key_path))
        if request["mode"] == "check":
            _check(request, sealed, key)
        else:
            _apply(request, sealed, key)
    except Locked as error:
        say({"result": "locked", "message": error.message, "hint": error.hint})
    except BahriyaError as error:
        say({"result": "failed", "message": error.message, "hint": error.hint})
    except Exception as error:
        say(
            {
                "result": "failed",
                "message": f"the opener failed ({type(error).__name__})",
                "hint": "try again",
            }
        )
    os._exit(0)


def say(answer: dict[str, Any]) -> None:
    """Print one answer; threads take turns."""
    with _saying:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _apply(request: dict[str, Any], sealed: Sealed, key: int) -> None:
    targets = read_targets(request)
    seconds = float(request["answer_timeout"])
    with ThreadPoolExecutor(_PARALLEL) as pool:
        found = pool.map(lambda target: _connect(target, float(request["connect_timeout"])), targets)
        connections = [one for one in found if one is not None]
        _warm_up()
        level = lock_in()
        began = time.monotonic()
        if connections:
            config = _docker_config(sealed, _open(sealed, key))
            list(pool.map(lambda one: _send(one, config, seconds), connections))
            del config
        _close(began if connections else None, level)


def _connect(target: Target, seconds: float) -> Connection | None:
    try:
        return target, tls.connect(target, seconds)
    except ssl.SSLCertVerificationError as error:
        reason = f"its certificate is not the one that was pinned ({error.verify_message})"
    except TimeoutError:
        reason = f"no connection within {seconds:g} s"
    except OSError as error:
        reason = error.strerror or "no connection"
    say({"region": target.region, "result": "unreachable", "message": reason})
    return None


def _send(connection: Connection, config: str, seconds: float) -> None:
    target, channel = connection
    try:
        http.send(channel, target, _secret(target, config))
    except OSError:
        say({"region": target.region, "result": "unreachable", "message": "the connection broke"})
        return
    say(http.receive(channel, target, seconds))


def _close(began: float | None, level: Level) -> None:
    lived = 0.0 if began is None else (time.monotonic() - began) * 1000
    say({"result": "closed", "plaintext_ms": round(lived, 1), "level": level})
    # Threads still waiting for a slow region, and every copy of the plaintext, end here.
    os._exit(0)


def _open(sealed: Sealed, key: int) -> bytearray:
    raw = os.read(key, _KEY_LENGTH + 1)
    if len(raw) != _KEY_LENGTH:
        raise Locked("the private key is damaged", "put it back from a backup, or enter the token again")
    try:
        return open_sealed(sealed.sealed, sealed.context, X25519PrivateKey.from_private_bytes(raw))
    except RecordUnreadable as error:
        name = f"{sealed.context.username} at {sealed.context.server}"
        raise Failed(f"the credential of {name} cannot be opened: {error}", "rotate the registry") from None


def _docker_config(sealed: Sealed, token: bytearray) -> str:
    """Write the pull secret's content, as `kubernetes.io/dockerconfigjson` wants it, in base64."""
    username = sealed.context.username
    password = token.decode(errors="surrogateescape")
    pair = base64.b64encode(f"{username}:{password}".encode(errors="surrogateescape")).decode()
    entry = {"username": username, "password": password, "auth": pair}
    content = json.dumps({"auths": {sealed.auth_key: entry}})
    return base64.b64encode(content.encode()).decode()


def _secret(target: Target, config: str) -> bytes:
    metadata = {
        "name": target.secret,
        "namespace": target.namespace,
        "labels": target.labels,
        "annotations": target.annotations,
    }
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": metadata,
        "data": {".dockerconfigjson": config},
    }
    return json.dumps(secret).encode()


def _warm_up() -> None:
    """Seal and open something of our own: what is imported at first use has to be there before the lock."""
    key = X25519PrivateKey.generate()
    sealed = SUITE.encrypt(b"self-test", key.public_key(), info=b"self-test")
    if SUITE.decrypt(sealed, key, info=b"self-test") != b"self-test":
        raise Failed("the opener's self-test failed", "reinstall the package cryptography")
    X25519PrivateKey.from_private_bytes(key.private_bytes_raw())


def _check(request: dict[str, Any], sealed: Sealed, key: int) -> None:
    """Try the credential at its registry. The network stays open: the token server is not known before."""
    from dataclasses import asdict

    from bahriya_tui.model.image import parse
    from bahriya_tui.oci.probe import check

    images = [parse(text) for text in request["images"]]
    context = sealed.context
    began = time.monotonic()
    result = check(
        context.server,
        context.username,
        _open(sealed, key),
        images,
        plain_http=bool(request["plain_http"]),
        ca_file=request["ca_file"],
    )
    lived = round((time.monotonic() - began) * 1000, 1)
    say({"result": "checked", **asdict(result), "plaintext_ms": lived})
