"""Credential checks: asks an opener to log in at the registry, and keeps what it found."""

import threading
import time
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from bahriya_tui.model import clock
from bahriya_tui.model.connection import with_settings
from bahriya_tui.model.errors import BahriyaError, Failed, NotFound
from bahriya_tui.model.registry import ACCEPTED, CredentialVersion, Registry
from bahriya_tui.model.server import is_loopback
from bahriya_tui.sharing import access_of_group
from bahriya_tui.store import checks, history, registries
from bahriya_tui.store.checks import Check
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.credential import UNLOCK_SECONDS, waits_for_unlock, with_credential
from bahriya_tui.worker.openers import check as ask_opener
from bahriya_tui.worker.opening import opening
from bahriya_tui.worker.run import Resources

_PATIENCE_SECONDS = 120.0
"""For the vault to be unlocked; whoever asked waits no longer."""


def run_check(resources: Resources, check: Check) -> None:
    """Run one claimed check to its end; one that could not be made is `not proven`, never an exception."""
    try:
        _wait_for_unlock(resources, check)
        result = _asked(resources, check)
    except BahriyaError as error:
        result = {"login": "not proven", "reason": str(error), "images": []}
    except Exception as error:
        result = {"login": "not proven", "reason": unforeseen.report(error), "images": []}
    resources.store.write_at_last(lambda tx: checks.finish(tx, check.id, result, clock.now()))


def _wait_for_unlock(resources: Resources, check: Check) -> None:
    """Wait as long as whoever asked does; then the check itself says why it cannot be made."""
    until, pause = time.monotonic() + _PATIENCE_SECONDS, threading.Event()
    while waits_for_unlock(resources, check.registry_id, check.version) and time.monotonic() < until:
        pause.wait(UNLOCK_SECONDS)


def _refuse_shown(registry: Registry, resources: Resources) -> None:
    """Raise `Failed` for a password that would go over the network in the clear because of somebody else.

    Who may write a shared store may not have a password of all of them shown to whoever listens.
    """
    shared = access_of_group(resources.places.store) == "write"
    if shared and registry.plain_http and not is_loopback(registry.server):
        raise Failed(
            f"registry {registry.handle} is not asked over plain HTTP from a store that a group shares",
            f"bahriya registry edit {registry.handle} --no-plain-http, with --ca-file F for a CA of its own",
        )


def _known(
    resources: Resources, versions: list[CredentialVersion], entered: CredentialContext
) -> list[dict[str, Any]]:
    """Give what was taken before for the login for which a token is `entered` anew, first what counts."""
    login = (entered.server, entered.username)
    taken = [one for one in versions if one.state in ACCEPTED and (one.server, one.username) == login]
    found = []
    for one in sorted(taken, key=lambda one: (one.state == "current", one.version), reverse=True):
        with suppress(NotFound):
            context = replace(entered, version=one.version)
            found.append({"sealed": _sealed(resources, context).hex(), "context": asdict(context)})
    return found


def _sealed(resources: Resources, context: CredentialContext) -> bytes:
    return resources.store.look_up(lambda c: registries.sealed(c, context.registry_id, context.version))


def _asked(resources: Resources, check: Check) -> dict[str, Any]:
    registry = resources.store.read(lambda c: registries.by_id(c, check.registry_id))
    versions = resources.store.read(lambda c: history.all(c, check.registry_id))
    version = next((one for one in versions if one.version == check.version), None)
    if registry is None or version is None:
        raise NotFound("these credentials were deleted meanwhile", "see `bahriya registry list`")
    registry = with_settings(registry, check.settings)
    context = CredentialContext(
        registry.project, registry.id, version.server, version.username, version.version
    )
    _refuse_shown(registry, resources)
    wanted = {
        "mode": "check",
        "images": list(check.images),
        "plain_http": registry.plain_http,
        "ca_file": access.ca_file_of(registry, resources.places),
        "proxy": registry.proxy,
    }
    named: dict[str, Any] = {"project": registry.project, "registry": registry.handle}

    def ask(sealed: dict[str, Any]) -> dict[str, Any]:
        known = _known(resources, versions, context) if version.state == "reserved" else []
        opened = sorted({check.version, *(one["context"]["version"] for one in known)})
        with opening(resources.store, check.requested_by, versions=opened, **named) as under_way:
            result = ask_opener({**wanted, **sealed, "known": known})
            under_way.outcome = result["login"]
        return result

    return with_credential(resources, context, ask)
