"""Runs a kubeconfig's exec plugin (`aws eks get-token`, ...): with a time limit and without a terminal."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bahriya_tui.model.errors import Failed

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Credential:
    """What lets us in: a bearer token, or a client certificate with its key."""

    token: str = field(repr=False)
    client_cert_pem: str = field(repr=False)
    client_key_pem: str = field(repr=False)


def run_plugin(plugin: dict[str, Any], folder: Path, context: str) -> Credential:
    """Run the plugin and give what it offers. Raises `Failed`; never goes on without a credential."""
    words = _command(plugin, folder)
    what = f"the login plugin {words[0]!r} of context {context!r}"
    request = {
        "kind": "ExecCredential",
        "apiVersion": plugin.get("apiVersion", "client.authentication.k8s.io/v1"),
        "spec": {"interactive": False},
    }
    extra = {str(one["name"]): str(one["value"]) for one in plugin.get("env") or ()}
    environment = {**os.environ, **extra, "KUBERNETES_EXEC_INFO": json.dumps(request)}
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{what} took longer than {_SECONDS} s", "run it by hand") from None
    except OSError as error:
        raise Failed(
            f"{what} cannot be run ({error.strerror})", "install it, or mend the kubeconfig"
        ) from None
    if done.returncode != 0:
        raise Failed(f"{what} ended with {done.returncode}", "run it by hand to see why")
    return _answer(done.stdout, what)


def _command(plugin: dict[str, Any], folder: Path) -> list[str]:
    command = str(plugin.get("command") or "")
    if "/" in command:
        command = str(folder / command)
    return [command, *(str(argument) for argument in plugin.get("args") or ())]


def _answer(output: bytes, what: str) -> Credential:
    try:
        status = json.loads(output)["status"]
        found = Credential(
            str(status.get("token") or ""),
            str(status.get("clientCertificateData") or ""),
            str(status.get("clientKeyData") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failed(f"{what} gave no credential", "run it by hand to see what it prints") from None
    if not (found.token or found.client_cert_pem):
        raise Failed(f"{what} gave an empty credential", "log in with it again")
    return found
