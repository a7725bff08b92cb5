"""Control deployments: cancel, retry what failed, resume what is held, roll back."""

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from bahriya_tui.model import validate
from bahriya_tui.model.audit import Action
from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.deployment import ACTIVE, Deployment, Gate, InitRun, Manner, Spec
from bahriya_tui.model.errors import Failed, InUse, NotFound
from bahriya_tui.model.versions import held_for
from bahriya_tui.operations.deploy import init_runs, note, queue, registry_of, spec_of
from bahriya_tui.operations.ended import refuse_ended_pulls
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.terminate import queue_termination
from bahriya_tui.operations.way import Careful, way_through
from bahriya_tui.store import containers, deployments, history, registries

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def cancel(s: Session, id: int) -> Deployment:  # noqa: A002
    """Ask for the end of a deployment; regions that run the new revision already keep it."""
    with s.store.write() as tx:
        cancelled = deployments.request_cancel(tx, id, now())
        note(tx, s.who, "deployment.cancelled", cancelled, "cancel was asked for")
    if cancelled.state in ACTIVE:
        s.wake_worker()
    return cancelled


def resume(s: Session, id: int) -> Deployment:  # noqa: A002
    """Let a held deployment go on in the regions it was held in."""
    with s.store.write() as tx:
        going_on = deployments.get(tx.conn, id)
        held = [run.region for run in going_on.regions if run.state == "held"]
        refuse_protected(s, tx.conn, held, f"going on with deployment {id}")
        resumed = deployments.requeue_held(tx, id)
        refuse_ended_pulls(tx.conn, going_on.spec)
        note(tx, s.who, "deployment.resumed", resumed, "is resumed")
    s.wake_worker()
    return resumed


def retry(s: Session, id: int) -> Deployment:  # noqa: A002
    """Deploy the same again to the regions that did not get there, with the credentials that count now."""
    with s.store.write() as tx:
        old = deployments.get(tx.conn, id)
        container = _still_latest(tx.conn, old)
        good = "running" if old.kind == "deploy" else "terminated"
        waves = _open_waves(old, good, container)
        if not waves:
            raise Failed(f"deployment {id} has no region left to retry", "deploy the container instead")
        if old.kind == "terminate":
            new = queue_termination(tx, s, container, waves)
        else:
            spec = _with_current(tx.conn, old.spec, container)
            refuse_ended_pulls(tx.conn, spec)
            manner = _manner(old, {region for wave in waves for region in wave})
            new = queue(tx, s, container, spec, waves, old.max_parallel, "deployment.retried", manner)
    s.wake_worker()
    return new


def rollback(s: Session, id: int, **careful: Unpack[Careful]) -> Deployment:  # noqa: A002
    """Go back to the last revision that ran everywhere before deployment `id`, with the version it used.

    All regions at once unless told otherwise. The container is defined again as it was then, except for its
    regions and its name for people, and it and its init jobs keep the registries that they are linked to
    now: those count again with the next deployment. `Failed` with the reason when the credentials of that
    time are gone. What `not_current` says of its spec should be told.
    """
    with s.store.write() as tx:
        undone = deployments.get(tx.conn, id)
        container = containers.get(tx.conn, undone.project, undone.container)
        target = before(tx.conn, undone)
        _refuse_lost_credentials(tx.conn, target)
        restored = _as_defined_in(target.spec, container)
        way = way_through(tx.conn, restored.regions, careful)
        containers.update(tx, restored)
        action: Action = "deployment.rolled-back"
        new = queue(tx, s, restored, target.spec, way.waves, way.max_parallel, action, way.manner)
    s.wake_worker()
    return new


def _still_latest(c: "Connection", old: Deployment) -> Container:
    if old.state in ACTIVE:
        raise InUse(f"deployment {old.id} is still {old.state}", "wait for its end, or cancel it")
    if old.state == "held":
        raise InUse(f"deployment {old.id} is held", f"bahriya deployment resume {old.id}")
    container = containers.get(c, old.project, old.container)
    if (container.id, container.revision) != (old.container_id, old.revision):
        raise InUse(
            f"container {old.container} has a newer deployment than {old.id}",
            f"see: bahriya deployment list --container {old.container}",
        )
    return container


def _open_waves(old: Deployment, good: str, container: Container) -> tuple[tuple[str, ...], ...]:
    wanted = None if old.kind == "terminate" else set(container.regions)
    waves: dict[int, list[str]] = {}
    for run in old.regions:
        if run.state != good and (wanted is None or run.region in wanted):
            waves.setdefault(run.wave, []).append(run.region)
    return tuple(tuple(waves[wave]) for wave in sorted(waves))


def _manner(old: Deployment, regions: set[str]) -> Manner:
    """Go about it as before; soak and gate only if the canary goes again. Nothing is taken from others."""
    if old.canary not in regions:
        return Manner(max_failures=old.max_failures)
    gate: Gate = "none" if old.gate == "none" else "closed"
    return Manner(old.canary, old.soak_seconds, gate, old.max_failures)


def _with_current(c: "Connection", spec: Spec, container: Container) -> Spec:
    """Give the same workload with the credentials that count now: the old ones may be why it failed."""
    current = {job.name: job for job in init_runs(c, container)}
    return replace(
        spec_of(container, registry_of(c, container)),
        image=spec.image,
        type=spec.type,
        replicas=spec.replicas,
        port=spec.port,
        env=spec.env,
        schedule=spec.schedule,
        init_jobs=tuple(
            replace(current.get(job.name, job), image=job.image, command=job.command)
            for job in spec.init_jobs
        ),
    )


def before(c: "Connection", undone: Deployment) -> Deployment:
    """Find what a rollback of `undone` goes back to; `Failed` when there is nothing."""
    found = deployments.done_before(c, undone.container_id, undone.id)
    if found is None:
        raise Failed(
            f"before deployment {undone.id} no revision of {undone.container} ran everywhere",
            "there is nothing to go back to",
        )
    return found


def not_current(c: "Connection", spec: Spec) -> tuple[str, ...]:
    """Say which versions of credentials `spec` pulls with that are not those that count now."""
    told = []
    for pull in spec.pulls:
        registry = registries.by_id(c, pull.registry_id)
        if registry is None or held_for(history.all(c, registry.id), pull.version) == registry.version:
            continue
        told.append(
            f"it pulls with v{pull.version} of registry {registry.handle}; v{registry.version} counts now"
        )
    return tuple(told)


def _refuse_lost_credentials(c: "Connection", target: Deployment) -> None:
    for pull in target.spec.pulls:
        registry = registries.by_id(c, pull.registry_id)
        if registry is None or registry.deleting:
            how = "was deleted" if registry is None else "is being deleted"
            raise Failed(
                f"revision {target.revision} pulled with registry {pull.registry}, which {how}",
                "link another registry and deploy instead",
            )
        try:
            registries.sealed(c, pull.registry_id, pull.version)
        except NotFound as gone:
            # It was named by no argument.
            raise Failed(gone.message, gone.hint) from None
    refuse_ended_pulls(c, target.spec)


def _as_defined_in(spec: Spec, container: Container) -> Container:
    return replace(
        container,
        image=spec.image,
        type=validate.container_type(spec.type),
        replicas=spec.replicas,
        port=spec.port,
        env=spec.env,
        schedule=spec.schedule,
        init_jobs=_jobs_defined_in(spec, container),
        updated_at=now(),
    )


def _jobs_defined_in(spec: Spec, container: Container) -> tuple[InitJob, ...]:
    """Give the init jobs of then; one that is still there keeps the registry it is linked to now."""
    now_linked = {job.name: job for job in container.init_jobs}
    return tuple(
        replace(
            now_linked.get(job.name)
            or InitJob(job.name, job.image, (), job.registry, job.registry_id, _left(job)),
            image=job.image,
            command=job.command,
        )
        for job in spec.init_jobs
    )


def _left(job: InitRun) -> str | None:
    """Give the secret that an init job of a deleted registry keeps naming."""
    return job.secret if job.registry_id is None else None
