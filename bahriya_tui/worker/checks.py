"""Credential checks: asks an opener to log in at the registry, and keeps what it found."""

from typing import Any

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError, NotFound
from bahriya_tui.model.registry import Registry
from bahriya_tui.opener.call import check as ask_opener
from bahriya_tui.store import checks, registries
from bahriya_tui.store.checks import Check
from bahriya_tui.store.driver import Connection
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.worker import unforeseen
from bahriya_tui.worker.opener_calls import sealed_for
from bahriya_tui.worker.opening import opening
from bahriya_tui.worker.run import Resources


def run_check(resources: Resources, check: Check) -> None:
    """Run one claimed check to its end; one that could not be made is `not proven`, never an exception."""
    try:
        result = _ask(resources, check)
    except BahriyaError as error:
        result = {"login": "not proven", "reason": str(error), "images": []}
    except Exception as error:
        result = {"login": "not proven", "reason": unforeseen.report(error), "images": []}
    with resources.store.write() as tx:
        checks.finish(tx, check.id, result, clock.now())


def _ask(resources: Resources, check: Check) -> dict[str, Any]:
    registry, request = resources.store.read(lambda c: _request(c, resources, check))
    named: dict[str, Any] = {"project": registry.project, "registry": registry.handle}
    versions = (check.version,)
    with opening(resources.store, check.requested_by, versions=versions, **named) as under_way:
        result = ask_opener(request)
        under_way.outcome = result["login"]
    return result


def _request(c: Connection, resources: Resources, check: Check) -> tuple[Registry, dict[str, Any]]:
    registry = registries.by_id(c, check.registry_id)
    version = next(
        (one for one in registries.versions(c, check.registry_id) if one.version == check.version), None
    )
    if registry is None or version is None:
        raise NotFound("these credentials were deleted meanwhile", "see `bahriya registry list`")
    context = CredentialContext(
        registry.project, registry.id, version.server, version.username, version.version
    )
    return registry, {
        "mode": "check",
        **sealed_for(c, resources.places, context),
        "images": list(check.images),
        "plain_http": registry.plain_http,
        "ca_file": registry.ca_file,
    }
