"""Init jobs of a container: what is asked for with a new or changed container, checked and put together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bahriya_tui.model import validate
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.model.handle import check_handle
from bahriya_tui.operations.usable import usable_registry

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


@dataclass(frozen=True, slots=True)
class InitChange:
    """What one init job is to become; None leaves a part as it is. A name that is new makes a new job."""

    name: str
    image: str | None = None
    command: str | None = None
    """As typed to a shell; empty for the image's own."""
    registry: str | None = None
    """A handle; empty to pull without credentials."""


def with_init_jobs(
    c: "Connection", container: Container, changes: Iterable[InitChange], removed: Iterable[str] = ()
) -> Container:
    """Give `container` with its init jobs changed; they keep their order, new ones come last.

    `NotFound` for a removed job or a registry that does not exist, `BadInput` for a new job without an image.
    """
    jobs = {job.name: job for job in container.init_jobs}
    for name in removed:
        if jobs.pop(name, None) is None:
            existing = ", ".join(jobs) or "none"
            raise NotFound(
                f"container {container.handle} has no init job {name[:60]!r}", f"it has: {existing}"
            )
    for change in changes:
        jobs[change.name] = _changed(c, container, jobs.get(change.name), change)
    return replace(container, init_jobs=tuple(jobs.values()))


def _changed(c: "Connection", container: Container, job: InitJob | None, change: InitChange) -> InitJob:
    name = check_handle("init job", change.name)
    if name == container.handle:
        raise BadInput(f"init job {name!r} has the name of its container", "choose another one")
    image = None if change.image is None else validate.image_reference(change.image)
    if job is None:
        if image is None:
            raise BadInput(
                f"container {container.handle} has no init job {name!r} yet",
                f"give it an image: {name}=IMAGE",
            )
        job = InitJob(name, image)
    if image is not None:
        job = replace(job, image=image)
    if change.command is not None:
        job = replace(job, command=validate.command(name, change.command))
    if change.registry == "":
        return replace(job, registry=None, registry_id=None, secret=None)
    if change.registry is not None:
        registry = usable_registry(c, container.project, change.registry)
        return replace(job, registry=registry.handle, registry_id=registry.id, secret=None)
    return job
