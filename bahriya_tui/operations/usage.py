"""Who still pulls with which version of a registry's credentials, and whether the old one may be revoked."""

from dataclasses import dataclass

from bahriya_tui.model.container import SecretWrite
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.pulling import Use, Verdict, verdict
from bahriya_tui.model.registry import CredentialVersion, Registry
from bahriya_tui.operations import reentry
from bahriya_tui.store import containers, history, pulls, registries, secret_writes, secrets
from bahriya_tui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class VersionUsage:
    """One version, and what pulls with the secret that is named for it."""

    version: int
    kept: CredentialVersion | None
    """None when it is not kept any more."""
    needs_reentry: str | None
    pulls: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Where a registry's versions are used."""

    registry: Registry
    versions: tuple[VersionUsage, ...]
    verdict: Verdict
    writes: tuple[SecretWrite, ...]
    """Pull secrets that do not hold yet what they are to hold."""


def registry_usage(c: Connection, project: str, handle: str) -> Usage:
    """Look up, per version, who pulls with it and where, unlinked leftovers included."""
    registry = registries.get(c, project, handle)
    kept = {one.version: one for one in history.all(c, registry.id)}
    placed = {one.version or 0 for one in containers.placements(c, project) if one.registry_id == registry.id}
    there = {one.version for one in secrets.applied(c, registry_id=registry.id)}
    bad = reentry.reasons(c, project)
    found = tuple(
        VersionUsage(
            version,
            kept.get(version),
            bad.get((registry.id, version)),
            tuple(pulls.naming(c, project, pull_secret(handle, version))),
        )
        for version in sorted({*kept, *placed, *there} - {0})
    )
    every = [pull for one in found for pull in one.pulls]
    earlier = any(one.kept is None or one.kept.state == "previous" for one in found)
    return Usage(
        registry,
        found,
        verdict(registry.version, every, earlier=earlier),
        tuple(secret_writes.pending(c, registry_id=registry.id)),
    )
