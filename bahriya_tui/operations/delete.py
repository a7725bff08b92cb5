"""Delete registries, containers and regions; who still needs one is named, and nothing is deleted then."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Action, Outcome
from bahriya_tui.model.clock import now
from bahriya_tui.model.container import AppliedSecret, Container
from bahriya_tui.model.errors import InUse
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.pulling import Use
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.usage import consequence, left_running
from bahriya_tui.operations.link import write_unlink
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.scrub import scrub
from bahriya_tui.operations.session import Session
from bahriya_tui.store import (
    containers,
    deletions,
    deployments,
    pulls,
    regions,
    registries,
    removals,
    secrets,
)

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class LinkedContainer:
    """A container that still names the registry, and what the deletion means for it."""

    handle: str
    image: str
    regions: tuple[str, ...]
    """Where something of it is now."""
    replicas: int
    status: str
    consequence: str
    init_job: str | None = None
    """The init job of it that names the registry, whose image this is; None for the container itself."""

    @property
    def what(self) -> str:
        """Name who uses the registry: `api`, or `init job migrate of container api`."""
        return (
            self.handle if self.init_job is None else f"init job {self.init_job} of container {self.handle}"
        )


@dataclass(frozen=True, slots=True)
class StillRunning:
    """A container that is not linked to the registry, and runs somewhere with its credentials still."""

    container: str
    regions: tuple[str, ...]
    versions: tuple[int, ...]
    exists: bool
    """Whether it can be deployed again; otherwise the container was deleted."""
    consequence: str


@dataclass(frozen=True, slots=True)
class RegistryDeletion:
    """What deleting a registry touches."""

    registry: Registry
    containers: tuple[LinkedContainer, ...]
    secrets: tuple[AppliedSecret, ...]
    """The pull secrets that would be removed from regions."""
    deployments: tuple[int, ...]
    """Deployments under way with its credentials, or held; while there is one the deletion is refused."""
    still_running: tuple[StillRunning, ...] = ()
    """What would have to be deployed again first, to be rid of it in the regions too."""


def plan_registry_deletion(s: Session, project: str, handle: str) -> RegistryDeletion:
    """Say what deleting a registry would do, and to whom."""
    return _plan(s.connection, project, handle)


def regions_of(plan: RegistryDeletion) -> list[str]:
    """List the regions that a deletion would take pull secrets from; none once it is under way."""
    return [] if plan.registry.deleting else [secret.region for secret in plan.secrets]


def delete_registry(
    s: Session, project: str, handle: str, *, unlink: bool = False, force: bool = False
) -> list[int]:
    """Delete a registry and ask for the removal of its pull secrets from all regions; gives those ids.

    Its credentials are destroyed at once. Where there is a pull secret to remove, the registry itself goes
    when every region has answered; until then nothing can use it, and asking again gives the same ids.

    Linked containers are a reason to refuse, unless they are unlinked first (`unlink`), or left naming a
    registry that is gone (`force`): their next deployment then fails to pull. `Protected` when pull secrets
    would go from regions that were not named. `Failed` when all is as it should be, but something that reads
    the store keeps the sealed bytes in its journal.
    """
    with s.store.write() as tx:
        plan = _plan(tx.conn, project, handle)
        if plan.registry.deleting:
            asked = [one.id for one in removals.of_registry(tx.conn, plan.registry.id)]
        else:
            refuse_use(plan, allowed=unlink or force)
            refuse_protected(s, tx.conn, regions_of(plan), f"the deletion of registry {handle}")
            asked = _begin(tx, s, plan, unlink=unlink)
    try:
        scrub(s.store, f"registry {handle}")
    finally:
        if asked:
            s.wake_worker()
    return asked


def _begin(tx: "Database", s: Session, plan: RegistryDeletion, *, unlink: bool) -> list[int]:
    """Take the registry from its containers and ask for the removals; with none of these it goes now."""
    registry = plan.registry
    for container in containers.linked_to(tx.conn, registry.id):
        if unlink:
            write_unlink(tx, s.who, container, registry)
        else:
            _leave_behind(tx, s, container, registry)
    asked = [_remove(tx, secret) for secret in plan.secrets]
    about = f"registry {registry.handle}"
    if asked:
        deletions.begin(tx, registry.id, s.actor, now())
        message = f"{about} is being deleted; {len(asked)} pull secrets are to be removed"
        _record(tx, s, "registry.deleting", message, registry, "started")
    else:
        registries.delete(tx, registry.id)
        message = f"{about} was deleted; no region had a pull secret of it"
        _record(tx, s, "registry.deleted", message, registry, "done")
    return asked


def _record(
    tx: "Database", s: Session, action: Action, message: str, registry: Registry, outcome: Outcome
) -> None:
    record(
        tx,
        s.who,
        action,
        message,
        project=registry.project,
        registry=registry.handle,
        versions=[registry.version],
        outcome=outcome,
    )


def delete_container(s: Session, project: str, handle: str) -> None:
    """Delete a container that runs nowhere; `InUse` names the regions where it does.

    `Protected` when it is meant for regions that were not named.
    """
    with s.store.write() as tx:
        container = containers.get(tx.conn, project, handle)
        refuse_container(s, tx.conn, container)
        containers.delete(tx, container.id)
        message = f"container {handle} was deleted"
        record(tx, s.who, "container.deleted", message, project=project, container=handle)


def refuse_container(s: Session, c: "Connection", container: Container) -> None:
    """Raise what `delete_container` raises where a container cannot be deleted now."""
    handle = container.handle
    refuse_protected(s, c, container.regions, f"the deletion of container {handle}")
    active = deployments.active(c, container.id)
    if active is not None:
        raise InUse(
            f"container {handle} has deployment {active.id} under way",
            f"wait for it, or cancel it: bahriya deployment cancel {active.id}",
        )
    placed = [placement.region for placement in containers.placements(c, container.project, handle)]
    if placed:
        raise InUse(
            f"container {handle} runs in {', '.join(placed)}",
            f"terminate it first: bahriya container terminate {handle}",
        )


def delete_region(s: Session, id: str) -> None:  # noqa: A002
    """Delete a region that nothing is in; `InUse` names what is, and a protected one has to be named."""
    with s.store.write() as tx:
        refuse_protected(s, tx.conn, [id], f"the deletion of region {id}")
        regions.delete(tx, id)
        record(tx, s.who, "region.deleted", f"region {id} was deleted", region=id)


def _plan(c: "Connection", project: str, handle: str) -> RegistryDeletion:
    registry = registries.get(c, project, handle)
    users = containers.linked_to(c, registry.id)
    applied = secrets.applied(c, registry_id=registry.id)
    return RegistryDeletion(
        registry=registry,
        containers=tuple(use for container in users for use in _uses(c, container, registry)),
        secrets=tuple(applied),
        deployments=tuple(deployments.needing(c, registry.id)),
        still_running=_still_running(
            c, project, {one.handle for one in users}, {one.name for one in applied}
        ),
    )


def _still_running(
    c: "Connection", project: str, linked: set[str], names: set[str]
) -> tuple[StillRunning, ...]:
    """Find what pulls with one of these secrets in a region, though its container is not linked any more."""
    found: dict[str, list[Use]] = defaultdict(list)
    for name in names:
        for pull in pulls.naming(c, project, name):
            if pull.container not in linked and pull.why in ("placed", "unfinished"):
                found[pull.container].append(pull)
    known = {one.handle: one for one in containers.all(c, project)}
    return tuple(_left(handle, found[handle], known.get(handle)) for handle in sorted(found))


def _left(handle: str, there: list[Use], container: Container | None) -> StillRunning:
    regions = tuple(sorted({pull.region for pull in there}))
    if container is None:
        now_ = "was deleted"
    elif container.registry is None:
        now_ = "is linked to no registry now"
    else:
        now_ = f"is linked to registry {container.registry} now"
    return StillRunning(
        container=handle,
        regions=regions,
        versions=tuple(sorted({pull.version for pull in there})),
        exists=container is not None,
        consequence=left_running(handle, regions, now_),
    )


def _uses(c: "Connection", container: Container, registry: Registry) -> list[LinkedContainer]:
    """Tell of the container itself and of each init job, as far as it names the registry."""
    own = [_linked(c, container, registry)] if container.registry_id == registry.id else []
    jobs = [job for job in container.init_jobs if job.registry_id == registry.id]
    return own + [
        replace(_linked(c, replace(container, image=job.image), registry), init_job=job.name) for job in jobs
    ]


def _linked(c: "Connection", container: Container, registry: Registry) -> LinkedContainer:
    placed = containers.placements(c, container.project, container.handle)
    running_in = tuple(placement.region for placement in placed)
    return LinkedContainer(
        handle=container.handle,
        image=container.image,
        regions=running_in,
        replicas=container.replicas,
        status=container.status,
        consequence=consequence(container, registry.server, running_in),
    )


def refuse_use(plan: RegistryDeletion, *, allowed: bool) -> None:
    """Raise `InUse` naming every linked container unless that is `allowed`, or a deployment that needs it."""
    handle = plan.registry.handle
    if plan.containers and not allowed:
        names = ", ".join(linked.what for linked in plan.containers)
        raise InUse(
            f"registry {handle} is still used by {names}",
            "unlink them all with --unlink, or delete it anyway with --force",
        )
    if plan.deployments:
        numbers = ", ".join(str(number) for number in plan.deployments)
        raise InUse(
            f"registry {handle} is needed by deployment {numbers}",
            f"wait for its end, or cancel it: bahriya deployment cancel {plan.deployments[0]}",
        )


def _leave_behind(tx: "Database", s: Session, container: Container, registry: Registry) -> None:
    """Let the container, or its init jobs, go on naming a registry that is gone, and tell of it."""
    containers.update(tx, _left_behind(tx.conn, container, registry))
    named = ", ".join(one.what for one in _uses(tx.conn, container, registry))
    record(
        tx,
        s.who,
        "container.orphaned",
        f"registry {registry.handle} was deleted by force while {named} named it",
        project=container.project,
        container=container.handle,
        registry=registry.handle,
        versions=[registry.version],
    )


def _left_behind(c: "Connection", container: Container, registry: Registry) -> Container:
    """Let the container keep naming the secret it pulls with, so that its next pull fails and says so."""
    placed = containers.placements(c, container.project, container.handle)
    used = [p.secret for p in placed if p.registry_id == registry.id and p.secret is not None]
    used += [one.name for p in placed for one in p.more if one.registry_id == registry.id]
    secret = used[0] if used else pull_secret(registry.handle, registry.version)
    jobs = tuple(
        replace(job, registry_id=None, secret=secret) if job.registry_id == registry.id else job
        for job in container.init_jobs
    )
    if container.registry_id == registry.id:
        container = replace(container, registry_id=None, secret=secret)
    return replace(container, init_jobs=jobs, updated_at=now())


def _remove(tx: "Database", secret: AppliedSecret) -> int:
    return removals.add(
        tx,
        project=secret.project,
        region=secret.region,
        kind="Secret",
        name=secret.name,
        uid=secret.uid,
        reason=f"registry {secret.registry} was deleted",
        now=now(),
        registry_id=secret.registry_id,
    )
