"""Link containers to a registry of their project, and unlink them. What runs is not touched."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.define import linked, usable_registry
from bahriya_tui.operations.session import Session
from bahriya_tui.store import containers, events, registries

if TYPE_CHECKING:
    from sqlite_utils import Database


def link(s: Session, project: str, container: str, registry: str) -> Container:
    """Let `container` pull with `registry` from its next deployment on."""
    with s.store.write() as tx:
        found = containers.get(tx.conn, project, container)
        return write_link(tx, s.actor, found, usable_registry(tx.conn, project, registry))


def unlink(s: Session, project: str, container: str) -> Container:
    """Let `container` pull without credentials from its next deployment on."""
    with s.store.write() as tx:
        return write_link(tx, s.actor, containers.get(tx.conn, project, container), None)


def unlink_all(s: Session, project: str, registry: str) -> list[str]:
    """Unlink every container of `registry`; gives their handles."""
    with s.store.write() as tx:
        users = containers.linked_to(tx.conn, registries.get(tx.conn, project, registry).id)
        return [write_link(tx, s.actor, container, None).handle for container in users]


def write_link(tx: "Database", actor: str, container: Container, registry: Registry | None) -> Container:
    """Write the link, or none, inside a transaction."""
    at = now()
    changed = replace(linked(container, registry), updated_at=at)
    containers.update(tx, changed)
    verb = "unlinked" if registry is None else f"linked to registry {registry.handle}"
    events.append(
        tx,
        phase="container.unlinked" if registry is None else "container.linked",
        message=f"container {container.handle} was {verb}",
        now=at,
        project=container.project,
        container=container.handle,
        registry=container.registry if registry is None else registry.handle,
        actor=actor,
    )
    return changed
