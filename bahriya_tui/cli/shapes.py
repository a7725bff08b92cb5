"""What commands answer about each thing, put together from what is known of it. None holds a secret."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bahriya_tui.cli import records
from bahriya_tui.model import ecr, expiry
from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.checked import Checked
from bahriya_tui.model.container import AppliedSecret, Container, InitJob, Placement, Removal, SecretWrite
from bahriya_tui.model.deletion import Deletion
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.drift import Cell
from bahriya_tui.model.lint import Advice
from bahriya_tui.model.providers import provider_of
from bahriya_tui.model.pulling import Use
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Project, Registry
from bahriya_tui.operations import reentry
from bahriya_tui.operations.attention import Ending, Failing
from bahriya_tui.operations.check import read_result
from bahriya_tui.operations.delete import StillRunning
from bahriya_tui.operations.usage import Usage, VersionUsage
from bahriya_tui.store import checks, containers, deletions, history

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def project(one: Project) -> records.Project:
    """Describe a project."""
    return {"handle": one.handle, "name": one.name, "created_at": one.created_at}


def registry(c: "Connection", one: Registry) -> records.Registry:
    """Describe a registry, who uses it, its last check, and how far its deletion is."""
    last = checks.last(c, one.id) or checks.former(c, one.id)
    found = None if last is None or last.result is None else read_result(last.result)
    known: records.LastCheck | None = None
    if last is not None and found is not None:
        told = checked(Checked(one.handle, last.version, last.finished_at or "", found))
        known = {**told, "current": last.version == one.version}
    kept = {version.version: version for version in history.all(c, one.id)}
    end = expiry.due(one, kept.get(one.version))
    return {
        "handle": one.handle,
        "name": one.name,
        "project": one.project,
        "server": one.server,
        "provider": provider_of(one.server, one.username).name,
        "username": one.username,
        "version": one.version,
        "expires": one.expires,
        "mints_tokens": ecr.mints(one.server, one.username),
        "expires_at": None if end is None else end.at,
        "expires_source": None if end is None else end.source,
        "max_versions": one.max_versions,
        "plain_http": one.plain_http,
        "ca_file": one.ca_file,
        "proxy": one.proxy,
        "used_by": [container.handle for container in containers.linked_to(c, one.id)],
        "check": known,
        "needs_reentry": reentry.reasons(c, one.project).get((one.id, one.version)),
        "state": "deleting" if one.deleting else "active",
        "deletion": _deletion(one, deletions.progress(c, one.id)) if one.deleting else None,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def _deletion(of: Registry, one: Deletion) -> records.Deletion:
    return {
        "since": of.deleting_since,
        "progress": one.words,
        "confirmed": list(one.confirmed),
        "put_off": list(one.put_off),
        "waiting": list(one.waiting),
    }


def checked(one: Checked) -> records.Check:
    """Describe what a check found, of which version, when and from where."""
    result = one.result
    return {
        "handle": one.handle,
        "version": one.version,
        "at": one.at,
        "from": one.place,
        "good": result.good,
        "login": result.login,
        "reason": result.reason,
        "verdict": sentence(result),
        "images": images(result),
        "steps": list(result.steps),
        "limit": result.limit,
        "rejected_since": one.rejected_since,
    }


def images(result: CheckResult) -> list[records.ImageCheck]:
    """Describe which images can be pulled."""
    return [
        {"image": one.image.normalised, "verdict": one.verdict, "reason": one.reason} for one in result.images
    ]


def container(one: Container) -> records.Container:
    """Describe a container as it is wanted."""
    return {
        "handle": one.handle,
        "name": one.name,
        "project": one.project,
        "image": one.image,
        "type": one.type,
        "schedule": one.schedule,
        "registry": one.registry,
        "registry_missing": one.registry_missing,
        "replicas": one.replicas,
        "port": one.port,
        "env": dict(one.env),
        "init_jobs": [init_job(job) for job in one.init_jobs],
        "regions": list(one.regions),
        "status": one.status,
        "revision": one.revision,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def init_job(one: InitJob) -> records.InitJob:
    """Describe an init job of a container."""
    return {
        "name": one.name,
        "image": one.image,
        "command": list(one.command),
        "registry": one.registry,
        "registry_missing": one.registry_missing,
    }


def placement(one: Placement) -> records.Placement:
    """Describe what of a container is in one region."""
    return {
        "region": one.region,
        "deployment": one.deployment,
        "kind": one.kind,
        "image": one.image,
        "secret": one.secret,
        "version": one.version,
        "init_secrets": [secret.name for secret in one.more],
    }


def region(one: Region) -> records.Region:
    """Describe a region."""
    return {
        "id": one.id,
        "name": one.name,
        "city": one.city,
        "country": one.country,
        "context": one.context,
        "kubeconfig": one.kubeconfig,
        "server": one.server,
        "ca_fingerprint": one.ca_fingerprint,
        "status": one.status,
        "last_error": one.last_error,
        "last_seen_at": one.last_seen_at,
        "created_at": one.created_at,
        "cron_api": one.cron_api,
        "failures": one.failures,
        "next_check_at": one.next_check_at,
        "protected": one.protected,
        "latencies": one.latencies,
    }


def deployment(one: Deployment) -> records.Deployment:
    """Describe a deployment and how far each region is."""
    return {
        "id": one.id,
        "project": one.project,
        "container": one.container,
        "revision": one.revision,
        "kind": one.kind,
        "state": one.state,
        "image": one.spec.image,
        "registry": one.spec.registry,
        "version": one.spec.version,
        "canary": one.canary,
        "soak_seconds": one.soak_seconds,
        "gate": one.gate,
        "max_failures": one.max_failures,
        "take_over": one.take_over,
        "init_jobs": [
            {"name": job.name, "image": job.image, "registry": job.registry, "version": job.version}
            for job in one.spec.init_jobs
        ],
        "plaintext_ms": one.plaintext_ms,
        "isolation": one.isolation,
        "created_by": one.created_by,
        "created_at": one.created_at,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "regions": list(one.regions),
    }


def removals(pending: Iterable[Removal]) -> list[records.Removal]:
    """Describe what still has to go from regions."""
    return [
        {
            "id": one.id,
            "region": one.region,
            "kind": one.kind,
            "name": one.name,
            "reason": one.reason,
            "attempts": one.attempts,
            "last_error": one.last_error,
            "next_try_at": one.next_try_at,
        }
        for one in pending
    ]


def pull(one: Use) -> records.Pull:
    """Describe who pulls where with which version, and whose token it gets."""
    return {
        "container": one.container,
        "region": one.region,
        "version": one.version,
        "holds": one.holds,
        "deployment": one.deployment,
        "why": one.words,
    }


def version(one: VersionUsage) -> records.Version:
    """Describe a version of credentials and where it is used."""
    kept = one.kept
    return {
        "version": one.version,
        "state": "not kept" if kept is None else kept.state,
        "created_at": None if kept is None else kept.created_at,
        "created_by": None if kept is None else kept.created_by,
        "needs_reentry": one.needs_reentry,
        "replaced_by": None if kept is None else kept.replaced_by,
        "used_by": [pull(found) for found in one.pulls],
    }


def verdict(one: Usage) -> records.Revocation:
    """Describe whether old tokens may be revoked, and what speaks against it."""
    return {
        "handle": one.registry.handle,
        "version": one.registry.version,
        "may_revoke": one.verdict.may_revoke,
        "verdict": one.verdict.sentence,
        "still": [pull(found) for found in one.verdict.still],
        "pending_writes": secret_writes(one.writes),
    }


def secret_writes(pending: Iterable[SecretWrite]) -> list[records.SecretWrite]:
    """Describe which pull secrets do not hold yet what they are to hold."""
    return [
        {
            "id": one.id,
            "region": one.region,
            "name": one.name,
            "version": one.version,
            "reason": one.reason,
            "attempts": one.attempts,
            "last_error": one.last_error,
            "next_try_at": one.next_try_at,
        }
        for one in pending
    ]


def cell(one: Cell) -> records.Cell:
    """Describe a registry in a region, as it was when that was read back."""
    return {
        "registry": one.registry,
        "region": one.region,
        "state": one.state,
        "version": one.version,
        "detail": one.detail,
        "read_at": one.read_at,
        "expires_at": one.expires_at,
    }


def tokens(there: Iterable[AppliedSecret], now: str) -> list[records.Token]:
    """Describe the tokens in regions that were made for a time only."""
    return [
        {
            "region": one.region,
            "name": one.name,
            "holds": one.holds,
            "expires_at": one.expires_at,
            "refresh_at": one.refresh_at,
            "state": ecr.ending(one.expires_at, one.refresh_at, now),
        }
        for one in there
        if one.expires_at is not None
    ]


def still_running(one: StillRunning) -> records.StillRunning:
    """Describe what runs with a registry that it is not linked to."""
    return {
        "container": one.container,
        "regions": list(one.regions),
        "versions": list(one.versions),
        "container_exists": one.exists,
    }


def ending(one: Ending, now: str) -> records.Ending:
    """Describe the end of a registry's credentials that is near or past."""
    return {
        "project": one.registry.project,
        "registry": one.registry.handle,
        "expires_at": one.due.at,
        "expires_source": one.due.source,
        "left": expiry.left(one.due.at, now),
    }


def advice(project: str, one: Advice) -> records.ProjectAdvice:
    """Describe what could be better about a registry of a project."""
    return {
        "project": project,
        "rule": one.rule,
        "registry": one.registry,
        "state": one.state,
        "sentence": one.sentence,
        "advice": one.advice,
    }


def failing(one: Failing) -> records.Failing:
    """Describe a registry whose credentials are of no use."""
    return {
        "project": one.registry.project,
        "registry": one.registry.handle,
        "reason": one.reason,
        "checked_at": one.since,
    }
