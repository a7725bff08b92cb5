"""Dry runs: what a command would do to the objects in regions, told from the store alone.

Each takes what the command itself has planned, and is refused as the command is. Nothing is written: not to
the store, nor to a region, and no region is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bahriya_tui.model.clock import now
from bahriya_tui.model.dry_run import DryRun, Stage, StoreChange
from bahriya_tui.model.ecr import refuse_temporary
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.delete import RegistryDeletion, refuse_container
from bahriya_tui.operations.deploy import Plan, canaries_told, deploying, regions_of
from bahriya_tui.operations.dry_run_regions import Ahead
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.rotate import expiry_after
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.terminate import refuse_termination, to_clear
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import containers, history, registries

_CHECKED = "the new token is checked first; if the registry rejects it, nothing of this is done"


def plan_deploying(s: Session, project: str, plans: Sequence[Plan]) -> DryRun:
    """Tell what these deployments would do; `Protected` for regions that were not named."""
    refuse_protected(s, s.connection, regions_of(plans), deploying([plan.container.handle for plan in plans]))
    stages = Ahead(s.connection, project).deployments(plans)
    return DryRun("deploy", project, now(), _replaced(plans), stages, canaries_told(plans))


def plan_rotation(
    s: Session,
    project: str,
    handle: str,
    plans: Sequence[Plan],
    *,
    push: bool,
    check: bool,
    expires: str | None = None,
) -> DryRun:
    """Tell what a rotation would do with a token that the registry takes, and what follows it.

    No version is reserved. `plans` are the deployments afterwards, planned with the version that counts now.
    """
    c = s.connection
    registry = kept_registry(c, project, handle)
    refuse_temporary(registry.server, registry.username)
    declared = expiry_after(registry, expires)
    version = registries.next_version(c, registry)
    ahead, stages = Ahead(c, project), list[Stage]()
    notes = (*((_CHECKED,) if check else ()), *canaries_told(plans))
    if push:
        pushed, left = ahead.push(registry, version)
        stages.append(pushed)
        notes += left
    stages += ahead.deployments([_with_version(plan, registry, version) for plan in plans])
    fields = (("version", registry.version or None, version), ("expires", registry.expires, declared))
    change = StoreChange("change", "registry", handle, tuple(one for one in fields if one[1] != one[2]))
    dropped = history.dropped_for(c, registry, version)
    changes = (change, *(_dropped(registry, one) for one in dropped), *_replaced(plans))
    return DryRun("registry rotate", project, now(), changes, tuple(stages), notes)


def plan_deletion(s: Session, deletion: RegistryDeletion, plans: Sequence[Plan], *, unlink: bool) -> DryRun:
    """Tell what the deletion of a registry would do, after the deployments `plans`."""
    registry = deletion.registry
    ahead = Ahead(s.connection, registry.project)
    stages = (*ahead.deployments(plans), *ahead.deletion(registry))
    changes = _unlinked(deletion, unlink=unlink)
    waits = "when all these regions have answered; its passwords are destroyed at once"
    gone = StoreChange("remove", "registry", registry.handle, why=waits if deletion.secrets else "")
    told = (*changes, *_replaced(plans), gone)
    notes = () if plans else tuple(one.consequence for one in deletion.still_running)
    if registry.deleting:
        notes = (f"registry {registry.handle} is being deleted already", *notes)
    return DryRun("registry delete", registry.project, now(), told, stages, notes)


def plan_termination(s: Session, project: str, handle: str) -> DryRun:
    """Tell what the termination of a container would do; raises as `terminate` does."""
    container = containers.get(s.connection, project, handle)
    places = to_clear(s.connection, container)
    refuse_termination(s, s.connection, container, places)
    stage = Ahead(s.connection, project).termination(handle, places)
    return DryRun("container terminate", project, now(), (), (stage,))


def plan_container_deletion(s: Session, project: str, handle: str) -> DryRun:
    """Tell that a container would be deleted, which runs nowhere; raises as `delete_container` does."""
    container = containers.get(s.connection, project, handle)
    refuse_container(s, s.connection, container)
    gone = StoreChange("remove", "container", handle)
    return DryRun("container delete", project, now(), (gone,), ())


def _with_version(plan: Plan, registry: Registry, version: int) -> Plan:
    """Give a plan as it would be made after the rotation of a registry to `version`."""
    name = pull_secret(registry.handle, version)
    jobs = tuple(
        replace(job, version=version, secret=name) if job.registry_id == registry.id else job
        for job in plan.spec.init_jobs
    )
    spec = replace(plan.spec, init_jobs=jobs)
    if spec.registry_id == registry.id:
        spec = replace(spec, version=version, secret=name)
    return replace(plan, spec=spec)


def _dropped(registry: Registry, version: int) -> StoreChange:
    """Tell that a version goes, as newer ones are kept and nothing uses it."""
    kept = (
        f"its {registry.max_versions} newest versions" if registry.max_versions > 1 else "its newest version"
    )
    why = f"its password is destroyed, so nobody can return to it: {registry.handle} keeps {kept}"
    return StoreChange("remove", "credential", f"{registry.handle} v{version}", why=why)


def _replaced(plans: Iterable[Plan]) -> tuple[StoreChange, ...]:
    """Tell which deployments would be cancelled first."""
    busy = [plan.active for plan in plans if plan.active is not None]
    return tuple(
        StoreChange(
            "change",
            "deployment",
            str(one.id),
            (("state", one.state, "cancelled"),),
            f"a deployment of {one.container} that is to be replaced; what it still does is not foreseen",
        )
        for one in busy
    )


def _unlinked(deletion: RegistryDeletion, *, unlink: bool) -> list[StoreChange]:
    """Tell of each container that names a registry, once; one that is not unlinked goes on naming it."""
    handle = deletion.registry.handle
    after = None if unlink else f"{handle}, which is gone"
    return [
        StoreChange(
            "change",
            "container",
            one.handle,
            ((f"init_jobs[{one.init_job}].registry" if one.init_job else "registry", handle, after),),
            one.consequence,
        )
        for one in deletion.containers
    ]
