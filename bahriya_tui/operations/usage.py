"""Who still pulls with which version of a registry's credentials, and whether the old one may be revoked."""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model.container import SecretWrite
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.pulling import Proof, Use, Verdict, proof_of, verdict
from bahriya_tui.model.registry import CredentialVersion, Registry
from bahriya_tui.operations import reentry
from bahriya_tui.store import checks, containers, history, pulls, registries, secret_writes, secrets
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
    others = {
        one.version
        for one in found
        if one.version != registry.version and (one.kept is None or one.kept.state == "previous")
    }
    return Usage(
        registry,
        found,
        verdict(handle, registry.version, every, others=others, proof=_proof(c, registry, every)),
        tuple(secret_writes.pending(c, registry_id=registry.id)),
    )


def _proof(c: Connection, registry: Registry, every: Iterable[Use]) -> Proof:
    """Tell what checks and rollouts have shown of the current version."""
    said = [(at, works) for at, works in _checks(c, registry) if works is not None]
    users = {one.container for one in every if one.version == registry.version}
    secret = pull_secret(registry.handle, registry.version)
    rolled_out = pulls.ended_well(c, registry.project, secret, users)
    if rolled_out is not None:
        said.append((rolled_out, True))
    return proof_of(said)


def _checks(c: Connection, registry: Registry) -> Iterable[tuple[str, bool | None]]:
    """Give when the current version was checked, and whether it works; None where that was not shown."""
    for one in checks.of_version(c, registry.id, registry.version):
        result = one.result or {}
        denied = any(image.get("verdict") == "denied" for image in result.get("images", ()))
        works = {"rejected": False, "accepted": None if denied else True, "not needed": True}
        yield one.finished_at or "", works.get(str(result.get("login")))
