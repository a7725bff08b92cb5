"""Define a container: what runs, with which registry, in which regions. Nothing is deployed yet."""

import uuid
from collections.abc import Iterable, Sequence

from bahriya_tui.model import validate
from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.init_jobs import InitChange, with_init_jobs
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import usable_registry
from bahriya_tui.store import containers


def add_container(
    s: Session,
    project: str,
    handle: str,
    *,
    image: str,
    regions: Sequence[str],
    registry: str | None = None,
    type: str = "http",  # noqa: A002
    replicas: int = 1,
    port: int | None = None,
    env: Iterable[tuple[str, str]] = (),
    name: str = "",
    schedule: str | None = None,
    init_jobs: Iterable[InitChange] = (),
) -> Container:
    """Add a container; an http one without a port serves port 80, a cronjob needs a schedule."""
    kind = validate.container_type(type)
    at = now()
    container = Container(
        id=uuid.uuid4().hex,
        project=project,
        handle=check_handle("container", handle),
        name=validate.display_text("name", name),
        image=validate.image_reference(image),
        type=kind,
        registry=None,
        registry_id=None,
        secret=None,
        replicas=validate.replicas(kind, replicas),
        port=validate.port(kind, port),
        env=validate.env(env),
        regions=validate.active_regions(regions),
        status="terminated",
        revision=0,
        created_at=at,
        updated_at=at,
        schedule=validate.schedule(kind, schedule),
    )
    with s.store.write() as tx:
        if registry is not None:
            container = linked(container, usable_registry(tx.conn, project, registry))
        container = with_init_jobs(tx.conn, container, init_jobs)
        containers.insert(tx, container)
        message = f"container {handle} was added with image {image}"
        record(tx, s.who, "container.added", message, project=project, container=handle)
        return containers.get(tx.conn, project, handle)


def linked(container: Container, registry: Registry | None) -> Container:
    """Give `container` as it is when it pulls with `registry`, or with none."""
    from dataclasses import replace

    if registry is None:
        return replace(container, registry=None, registry_id=None, secret=None)
    return replace(container, registry=registry.handle, registry_id=registry.id, secret=None)
