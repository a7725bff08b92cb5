"""Link containers to a registry of their project, and unlink them. What runs is not touched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Actor
from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import unserved
from bahriya_tui.operations.define import linked
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import usable_registry
from bahriya_tui.store import containers, registries

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.store.driver import Connection

_FAILS = "was deleted; the next deployment will fail to pull"


def in_vain(c: "Connection", container: Container) -> list[str]:
    """Say what of `container` is linked to a registry that cannot serve it, and what to do about it."""
    found = unserved(container, registries.all(c, container.project))
    return [f"{one.sentence}; it will not be deployed so: {one.fix}" for one in found]


def missing(container: Container) -> list[str]:
    """Say which registries that `container` names were deleted, and what to do about it."""
    handle, told = container.handle, []
    if container.registry_missing:
        another = f"Link another: bahriya container link {handle} REGISTRY"
        told.append(f"registry {container.registry} {_FAILS}. {another}")
    for job in container.init_jobs:
        if job.registry_missing:
            another = f"Name another: bahriya container edit {handle} --init-registry {job.name}=H"
            told.append(f"registry {job.registry} of init job {job.name} {_FAILS}. {another}")
    return told


def link(s: Session, project: str, container: str, registry: str) -> Container:
    """Let `container` pull with `registry` from its next deployment on."""
    with s.store.write() as tx:
        found = containers.get(tx.conn, project, container)
        return write_link(tx, s.who, found, usable_registry(tx.conn, project, registry))


def unlink(s: Session, project: str, container: str) -> Container:
    """Let `container` pull without credentials from its next deployment on; its init jobs keep theirs.

    Nothing is written of one that is not linked.
    """
    with s.store.write() as tx:
        found = containers.get(tx.conn, project, container)
        return found if found.registry is None else write_link(tx, s.who, found, None)


def jobs_linked(container: Container) -> list[str]:
    """Say which init jobs of `container` go on pulling with a registry, and how to unlink each."""
    edit = f"bahriya container edit {container.handle} --init-registry"
    return [
        f"init job {job.name} of container {container.handle} still pulls with registry {job.registry}; "
        f"to unlink it too: {edit} {job.name}="
        for job in container.init_jobs
        if job.registry is not None
    ]


def unlink_from(s: Session, project: str, registry: str, named: Sequence[str] = ()) -> list[str]:
    """Unlink containers from `registry`, their init jobs too: those `named`, else all; gives the handles.

    Raises `NotFound` for one that does not exist, and `BadInput` for one that does not use the registry.
    """
    with s.store.write() as tx:
        found = registries.get(tx.conn, project, registry)
        users = containers.linked_to(tx.conn, found.id)
        used_by = [container.handle for container in users]
        for one in named:
            containers.get(tx.conn, project, one)
        if strangers := [one for one in named if one not in used_by]:
            used = f"it is used by {', '.join(used_by)}" if used_by else "no container uses it"
            raise BadInput(f"{', '.join(strangers)} does not use registry {registry}", used)
        chosen = [container for container in users if not named or container.handle in named]
        return [write_unlink(tx, s.who, container, found).handle for container in chosen]


def write_unlink(tx: "Database", who: Actor, container: Container, registry: Registry) -> Container:
    """Write, inside a transaction, that neither `container` nor any init job of it uses `registry`."""
    if container.registry_id == registry.id:
        container = write_link(tx, who, container, None)
    jobs = [job.name for job in container.init_jobs if job.registry_id == registry.id]
    if not jobs:
        return container
    kept = tuple(
        replace(job, registry=None, registry_id=None, secret=None) if job.name in jobs else job
        for job in container.init_jobs
    )
    changed = replace(container, init_jobs=kept, updated_at=now())
    containers.update(tx, changed)
    record(
        tx,
        who,
        "container.unlinked",
        f"{', '.join(f'init job {name}' for name in jobs)} of container {container.handle} was unlinked",
        project=container.project,
        container=container.handle,
        registry=registry.handle,
    )
    return changed


def write_link(tx: "Database", who: Actor, container: Container, registry: Registry | None) -> Container:
    """Write the link, or none, inside a transaction."""
    changed = replace(linked(container, registry), updated_at=now())
    containers.update(tx, changed)
    verb = "unlinked" if registry is None else f"linked to registry {registry.handle}"
    record(
        tx,
        who,
        "container.unlinked" if registry is None else "container.linked",
        f"container {container.handle} was {verb}",
        project=container.project,
        container=container.handle,
        registry=container.registry if registry is None else registry.handle,
    )
    return changed
