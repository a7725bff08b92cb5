"""Logins that a kubeconfig has a program print (`exec`): run without a terminal and with a time limit.

Source: the Kubernetes page "Authentication", client-go credential plugins. What a plugin prints is a
credential and is never repeated.
"""

import json
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bahriya_tui.kubeconfig.document import Section, text
from bahriya_tui.model.errors import BadInput
from bahriya_tui.sharing import OWNER_ALONE
from bahriya_tui.turns import unbound

SECONDS = 20.0
_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_EARLY_SECONDS = 60.0
"""A login this close to its end is asked for anew."""


@dataclass(frozen=True, slots=True)
class Login:
    """A bearer token, or a client certificate with its key in PEM, or both; empty where absent."""

    token: str = field(repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)


_known: dict[str, tuple[float, Login]] = {}
"""When each login ends that a call gave; as it is a credential, no longer than it can be used."""
_asked: "dict[str, Future[Login]]" = {}
"""The calls that are under way."""
_lock = threading.Lock()
_at_once = threading.BoundedSemaphore(4 * (os.cpu_count() or 1))
"""Hundreds of regions may each have a program of their own; all at once, none would be ready in time."""


def login(plugin: Section, cluster: Section, folder: Path) -> Login:
    """Give the plugin's login, from memory while that lasts; `BadInput` where the plugin gives none.

    Of equal calls at the same time one runs the program, and all have what comes of it.
    """
    command, environment = _command(plugin, folder), _environment(plugin, cluster)
    called = json.dumps([command, sorted(environment.items())])
    with _lock:
        for one in [one for one, (end, _) in _known.items() if not _lasts(end)]:
            del _known[one]
        if called in _known:
            return _known[called][1]
        under_way = _asked.get(called)
        answer = _asked[called] = under_way or Future()
    if under_way is None:
        try:
            with _at_once:
                end, found = _printed(command, environment, text(plugin, "installHint"))
            if _lasts(end):
                with _lock:
                    _known[called] = end, found
            answer.set_result(found)
        except BaseException as error:
            answer.set_exception(error)
        finally:
            with _lock:
                del _asked[called]
    return answer.result()


def _lasts(end: float) -> bool:
    return time.time() < end - _EARLY_SECONDS


def _printed(command: list[str], environment: dict[str, str], install_hint: str) -> tuple[float, Login]:
    """Run the program; give its login, and when that ends."""
    status = _status(command, environment, install_hint)
    found = Login(
        _field(status, "token"),
        _field(status, "clientCertificateData"),
        _field(status, "clientKeyData"),
    )
    if not (found.token or found.certificate):
        raise BadInput(f"its program {command[0]} gave no login", "run it yourself to see why")
    return _end(status), found


def _command(plugin: Section, folder: Path) -> list[str]:
    command, arguments = text(plugin, "command"), plugin.get("args") or []
    if not command or not isinstance(arguments, list) or not all(isinstance(one, str) for one in arguments):
        raise BadInput("its exec section names no program", "repair the kubeconfig")
    if plugin.get("interactiveMode") == "Always":
        raise BadInput(f"its program {command} needs a terminal", "use a context that logs in without one")
    return [str(folder / command) if "/" in command else command, *arguments]


def _environment(plugin: Section, cluster: Section) -> dict[str, str]:
    version = plugin.get("apiVersion")
    if version not in _VERSIONS:
        raise BadInput("its exec section is of an unknown apiVersion", "update the kubeconfig")
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo") is True:
        spec["cluster"] = {key: value for key, value in cluster.items() if key != "extensions"}
    told = {"apiVersion": version, "kind": "ExecCredential", "spec": spec}
    given = plugin.get("env") or []
    named = {text(one, "name"): text(one, "value") for one in given if isinstance(one, dict)}
    return {**named, "KUBERNETES_EXEC_INFO": json.dumps(told, default=str)}


def _status(command: list[str], environment: dict[str, str], install_hint: str) -> Section:
    try:
        # A session of its own, so that it has no terminal to ask on.
        with unbound():
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **environment},
                start_new_session=True,
                umask=OWNER_ALONE,
            )
    except (OSError, ValueError):
        raise BadInput(f"its program {command[0]} cannot be run", install_hint or "install it") from None
    with process:
        try:
            printed, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise BadInput(
                f"its program {command[0]} gave no login within {SECONDS:g} s", "run it yourself to see why"
            ) from None
    if process.returncode != 0:
        raise BadInput(
            f"its program {command[0]} ended with {process.returncode}", "run it yourself to see why"
        )
    try:
        status = json.loads(printed)["status"]
    except (ValueError, KeyError, TypeError):
        status = None
    if not isinstance(status, dict):
        raise BadInput(f"its program {command[0]} printed no ExecCredential", "run it yourself to see why")
    return status


def _field(status: Section, name: str) -> str:
    value = status.get(name)
    return value if isinstance(value, str) else ""


def _end(status: Section) -> float:
    """Give when a login ends, as seconds since 1970; one that does not say is not kept."""
    try:
        return datetime.fromisoformat(_field(status, "expirationTimestamp")).timestamp()
    except ValueError:
        return 0.0
