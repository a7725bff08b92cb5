"""`bahriya registry show` and `usage`: the versions of a registry, and who still pulls with which."""

from typing import Any

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common, opened
from bahriya_tui.model.clock import now
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usage import Usage, registry_usage
from bahriya_tui.store import secrets

_COLUMNS = ["container", "region", "version", "holds", "why"]


@click.command("show")
@click.argument("handle")
@common
def show(asked: Common, handle: str) -> None:
    """Show a registry, who uses it, and its versions."""
    with opened(asked) as (session, project):
        usage = registry_usage(session.connection, project, handle)
        there = secrets.applied(session.connection, registry_id=usage.registry.id)
        found: records.RegistryDetail = {
            **shapes.registry(session.connection, usage.registry),
            "versions": [shapes.version(one) for one in usage.versions],
            "verdict": usage.verdict.sentence,
            "tokens": shapes.tokens(there, now()),
            "pending_writes": shapes.secret_writes(usage.writes),
        }
        output.show(found if asked.json else _in_words(found), as_json=asked.json)


def _in_words(found: records.RegistryDetail) -> dict[str, Any]:
    """Give what people see of a registry: sentences in the place of what has parts."""
    check = found["check"]
    return {
        **found,
        "check": None if check is None else _check_in_words(check, found["version"]),
        "deletion": in_words(found["deletion"]),
        "versions": [{**one, "used_by": _places(one["used_by"])} for one in found["versions"]],
    }


def in_words(deletion: records.Deletion | None) -> str | None:
    """Say how far the deletion of a registry is, for people."""
    return None if deletion is None else f"deleting, {deletion['progress']}"


def _check_in_words(check: records.LastCheck, current: int) -> str:
    """Say what the last check found, of which version, when and from where."""
    whose = (
        f"v{check['version']}" if check["current"] else f"v{check['version']}, not of the current v{current}"
    )
    return f"{check['verdict']} (of {whose}, at {check['at']} from {check['from']})"


@click.command("usage")
@click.argument("handle")
@common
def usage(asked: Common, handle: str) -> None:
    """Show who still pulls with which version, and whether the old token may be revoked."""
    with opened(asked) as (session, project):
        found = registry_usage(session.connection, project, handle)
        if asked.json:
            versions = [shapes.version(one) for one in found.versions]
            record: records.Usage = {**shapes.verdict(found), "versions": versions}
            output.show(record, as_json=True)
            return
        pulls = [shapes.pull(pull) for one in found.versions for pull in one.pulls]
        output.listing(pulls, _COLUMNS, as_json=False, empty=f"nothing pulls with registry {handle}")
        _say(found)


def conclude(asked: Common, s: Session, project: str, handle: str) -> None:
    """Say at the end of a rotation whether the old token may be revoked, or what still needs it."""
    found = registry_usage(s.connection, project, handle)
    if asked.json:
        output.line(shapes.verdict(found), "", as_json=True)
        return
    _say(found)
    for pull in found.verdict.still:
        output.note(f"{pull.container} in {pull.region}, v{pull.holds}: {pull.words}")


def _say(found: Usage) -> None:
    for one in found.writes:
        why = f": {one.last_error}" if one.last_error else ""
        output.note(f"{one.name} in {one.region} does not hold v{one.version} yet{why}")
    output.say(f"registry {found.registry.handle}: {found.verdict.sentence}", as_json=False)


def _places(pulls: list[records.Pull]) -> list[str]:
    regions: dict[str, set[str]] = {}
    for one in pulls:
        regions.setdefault(one["container"], set()).add(one["region"])
    return [
        f"{container} in {min(places) if len(places) == 1 else f'{len(places)} regions'}"
        for container, places in regions.items()
    ]
