"""Deploy containers: a plan that can be shown, and its start. The worker does the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import TYPE_CHECKING, Unpack

from bahriya_tui.model.audit import Action, Actor
from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.deployment import ALL_AT_ONCE, Deployment, InitRun, Manner, Spec
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import CannotServe, unserved
from bahriya_tui.model.waves import elsewhere
from bahriya_tui.operations import waiting
from bahriya_tui.operations.ended import refuse_ended_tokens
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import kept_registry, usable_registry
from bahriya_tui.operations.way import Careful, canaries_of, way_through
from bahriya_tui.store import containers, deployments, events, registries

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.store.driver import Connection

CANCEL_TIMEOUT = 120.0
"""Seconds to wait for the deployment that is to be replaced."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One container's next deployment, as it would be started now."""

    container: Container
    registry: Registry | None
    """The registry whose current version its pull secret will hold."""
    spec: Spec
    waves: tuple[tuple[str, ...], ...]
    max_parallel: int
    """How many regions of a wave are worked on at the same time."""
    active: Deployment | None
    """A deployment of the container that is under way, and would have to be replaced."""
    manner: Manner = ALL_AT_ONCE
    force: bool = False
    """Whether it goes on although a linked registry cannot serve its image."""
    note: str = ""
    """That it has another canary than was asked for; empty otherwise."""


def plan_deployment(
    s: Session,
    project: str,
    handles: Sequence[str],
    *,
    take_over: bool = False,
    force: bool = False,
    renewing: str = "",
    **careful: Unpack[Careful],
) -> list[Plan]:
    """Plan the deployment of containers to all their regions: at once, unless told otherwise.

    One that does not run in the canary has its own first region as canary, unless none of them does. Unless
    `force`, `CannotServe` for images that are linked to a registry which is not theirs. `renewing` is the
    handle of a registry that gets another token before they are started.
    """
    if not handles:
        raise BadInput("no container was named", "name containers, or use --all-using REGISTRY")
    asked = careful.get("canary")
    wanted = [containers.get(s.connection, project, handle) for handle in dict.fromkeys(handles)]
    first = canaries_of(s.connection, {one.handle: one.regions for one in wanted}, asked)
    plans = []
    for container in wanted:
        registry = registry_of(s.connection, container)
        refuse_ended_tokens(s.connection, container, renewing=renewing)
        canary = first[container.handle]
        way = way_through(s.connection, container.regions, {**careful, "canary": canary})
        plans.append(
            Plan(
                container=container,
                registry=registry,
                spec=spec_of(container, registry, init_runs(s.connection, container)),
                waves=way.waves,
                max_parallel=way.max_parallel,
                active=deployments.active(s.connection, container.id),
                manner=replaced(way.manner, take_over=take_over),
                force=force,
                note=elsewhere(container.handle, asked, canary),
            )
        )
    if not force:
        refuse_unserved(s.connection, project, [plan.container for plan in plans])
    return plans


def using(s: Session, project: str, registry: str) -> list[str]:
    """List the containers linked to a registry; `Failed` when there is none to deploy."""
    handles = users_of(s, project, registry)
    if not handles:
        raise Failed(f'no container uses registry "{registry}"', "link one: bahriya container link")
    return handles


def users_of(s: Session, project: str, registry: str) -> list[str]:
    """List the containers linked to a registry that is kept, by handle."""
    found = kept_registry(s.connection, project, registry)
    return [container.handle for container in containers.linked_to(s.connection, found.id)]


def owners_met(s: Session, container: Container) -> list[str]:
    """Say which fields of other managers the container's latest deployment ran into, and in which region."""
    last = deployments.all(s.connection, container.project, container.handle, limit=1)
    return [
        f"in {event.region} {event.message}"
        for one in last
        if one.container_id == container.id
        for event in events.of_phase(s.connection, one.id, "conflict")
    ]


def start_deployments(s: Session, plans: Sequence[Plan], *, replace: bool = False) -> list[Deployment]:
    """Queue planned deployments, with containers and credentials as they are now: all of them or none.

    The worker sees them at once, and does only once what they share. `InUse` when one is under way; with
    `replace` those are cancelled first, and stay cancelled when nothing is queued after all. `Protected` for
    regions that were not named, `CannotServe` as for the plan.
    """
    refuse_protected(s, s.connection, regions_of(plans), deploying([plan.container.handle for plan in plans]))
    for plan in plans:
        active = deployments.active(s.connection, plan.container.id)
        if active is not None and replace:
            _make_way(s, active)
    with s.store.write() as tx:
        started = [_start(tx, s, plan) for plan in plans]
    s.wake_worker()
    return started


def regions_of(plans: Sequence[Plan]) -> list[str]:
    """List the regions that planned deployments go to."""
    return [region for plan in plans for wave in plan.waves for region in wave]


def canaries_told(plans: Sequence[Plan]) -> tuple[str, ...]:
    """Say which of these deployments have another canary than was asked for."""
    return tuple(plan.note for plan in plans if plan.note)


def deploying(handles: Sequence[str]) -> str:
    """Name what would happen to these containers, for a refusal."""
    return f"a deployment of {', '.join(handles[:3])}" + (
        f" and {len(handles) - 3} more" if len(handles) > 3 else ""
    )


def refuse_unserved(c: "Connection", project: str, asked: Sequence[Container]) -> None:
    """Raise `CannotServe` where nodes would not use a linked registry for an image of these containers."""
    known = registries.all(c, project)
    found = [one for container in asked for one in unserved(container, known)]
    if found:
        raise CannotServe(found)


def _start(tx: "Database", s: Session, plan: Plan) -> Deployment:
    container = containers.get(tx.conn, plan.container.project, plan.container.handle)
    _refuse_moved(plan, container)
    if not plan.force:
        refuse_unserved(tx.conn, container.project, [container])
    spec = spec_of(container, registry_of(tx.conn, container), init_runs(tx.conn, container))
    action: Action = "deployment.taking-over" if plan.manner.take_over else "deployment.queued"
    return queue(tx, s, container, spec, plan.waves, plan.max_parallel, action, plan.manner)


def queue(
    tx: "Database",
    s: Session,
    container: Container,
    spec: Spec,
    waves: tuple[tuple[str, ...], ...],
    max_parallel: int,
    action: Action = "deployment.queued",
    manner: Manner = ALL_AT_ONCE,
) -> Deployment:
    """Queue a deployment inside a transaction, and tell of it; `Protected` for regions that are not named."""
    places = [region for wave in waves for region in wave]
    refuse_protected(s, tx.conn, places, deploying([container.handle]))
    deployment = deployments.insert(
        tx,
        container=container,
        kind="deploy",
        spec=spec,
        waves=waves,
        max_parallel=max_parallel,
        actor=s.actor,
        now=now(),
        manner=manner,
    )
    record(
        tx,
        s.who,
        action,
        f"{spec.image} to {', '.join(places)}{', taking fields over' if manner.take_over else ''}",
        phase="queued",
        project=container.project,
        deployment=deployment.id,
        container=container.handle,
        registry=spec.registry,
        versions=() if spec.version is None else (spec.version,),
    )
    return deployment


def note(tx: "Database", who: Actor, action: Action, deployment: Deployment, what: str) -> None:
    """Tell of what somebody wants to become of a deployment."""
    record(
        tx,
        who,
        action,
        f"{what} by {who.user}",
        phase=deployment.state,
        project=deployment.project,
        deployment=deployment.id,
        container=deployment.container,
    )


def spec_of(container: Container, registry: Registry | None, init_jobs: tuple[InitRun, ...] = ()) -> Spec:
    """Copy what a deployment of `container` puts into regions; of a deleted registry the name is left."""
    return Spec(
        project=container.project,
        container=container.handle,
        image=container.image,
        type=container.type,
        replicas=container.replicas,
        port=container.port,
        env=container.env,
        registry=container.registry,
        registry_id=None if registry is None else registry.id,
        server=None if registry is None else registry.server,
        username=None if registry is None else registry.username,
        version=None if registry is None else registry.version,
        secret=container.secret if registry is None else pull_secret(registry.handle, registry.version),
        schedule=container.schedule,
        init_jobs=init_jobs,
    )


def init_runs(c: "Connection", container: Container) -> tuple[InitRun, ...]:
    """Copy the init jobs of `container`, each with the credentials that count now."""
    return tuple(_init_run(job, _registry_of(c, container.project, job)) for job in container.init_jobs)


def _init_run(job: InitJob, registry: Registry | None) -> InitRun:
    return InitRun(
        name=job.name,
        image=job.image,
        command=job.command,
        registry=job.registry,
        registry_id=None if registry is None else registry.id,
        server=None if registry is None else registry.server,
        username=None if registry is None else registry.username,
        version=None if registry is None else registry.version,
        secret=job.secret if registry is None else pull_secret(registry.handle, registry.version),
    )


def registry_of(c: "Connection", container: Container) -> Registry | None:
    """Find the registry that `container` pulls with; None when it names none, or a deleted one."""
    return _registry_of(c, container.project, container)


def _registry_of(c: "Connection", project: str, one: Container | InitJob) -> Registry | None:
    if one.registry_id is None or one.registry is None:
        return None
    return usable_registry(c, project, one.registry)


def _refuse_moved(plan: Plan, container: Container) -> None:
    planned = {region for wave in plan.waves for region in wave}
    if container.id != plan.container.id or planned != set(container.regions):
        raise Failed(f"container {container.handle} was changed meanwhile", "look at it, and deploy again")


def _make_way(s: Session, active: Deployment) -> None:
    with s.store.write() as tx:
        if deployments.get(tx.conn, active.id).state == active.state:
            cancelled = deployments.request_cancel(tx, active.id, now())
            note(tx, s.who, "deployment.cancelled", cancelled, "cancel was asked for")
    gone = waiting.until(
        s, lambda: deployments.active(s.connection, active.container_id) is None, CANCEL_TIMEOUT
    )
    if not gone:
        raise Failed(
            f"deployment {active.id} of {active.container} has not ended after {CANCEL_TIMEOUT:.0f} s",
            f"bahriya deployment show {active.id}",
        )
