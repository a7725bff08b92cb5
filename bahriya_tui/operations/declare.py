"""Bring an installation to what a file declares, and write such a file of what there is.

Things are added and changed, never deleted: what the file does not name stays. Nothing is deployed. No file
holds a password, so a registry comes without one, and containers that pull with it wait until it was given.
"""

import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bahriya_tui.model.clock import now
from bahriya_tui.model.connection import ConnectionSettings
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.declared import (
    VERSION,
    ContainerWanted,
    Declared,
    InitJobWanted,
    ProjectWanted,
    RegionWanted,
    RegistryWanted,
)
from bahriya_tui.model.errors import NotFound
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.edit import edit_container, edit_region, edit_registry
from bahriya_tui.operations.init_jobs import InitChange
from bahriya_tui.operations.projects import add_project
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.regions import add_region
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.settings import usable_settings
from bahriya_tui.store import containers, projects, regions, registries

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection

Act = Literal["add", "change", "wait"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it is declared."""

    act: Act
    kind: Literal["region", "project", "registry", "container"]
    project: str | None
    name: str
    fields: tuple[tuple[str, Any, Any], ...] = ()
    """Name, value now and value then of what differs; empty for a new thing."""
    why: str = ""
    """Of what waits, for what and what to do."""


Step = tuple[Change, Callable[[Session], object]]
_OF_REGISTRY = ("name", "expires", "max_versions")
_OF_CONNECTION = ("plain_http", "ca_file", "proxy")


def plan(s: Session, declared: Declared) -> list[Step]:
    """Give what would be done, in this order; `NotFound` for a name that is neither there nor declared."""
    c = s.connection
    steps = [*_regions(c, declared.regions)]
    known = {one.id for one in regions.all(c)} | {one.id for one in declared.regions}
    there = {one.handle for one in projects.all(c)}
    for project in declared.projects:
        if project.handle not in there:
            steps.append(_new_project(project))
        steps += _in_project(c, project, known)
    return steps


def carry_out(s: Session, steps: Iterable[Step]) -> None:
    """Do all of it that waits for nothing; `Protected`, before anything is done, for regions not named."""
    steps = list(steps)
    touched = [region for change, _ in steps if change.act != "wait" for region in _laid_open(change)]
    refuse_protected(s, s.connection, touched, "what is declared of them")
    for change, do in steps:
        if change.act != "wait":
            do(s)


def _laid_open(change: Change) -> Iterator[str]:
    """Name the regions that lose their protection, or a container."""
    for name, old, new in change.fields:
        if change.kind == "region" and name == "protected" and old:
            yield change.name
        if change.kind == "container" and name == "regions":
            yield from (region for region in old if region not in new)


def export(c: "Connection", handles: Iterable[str]) -> dict[str, Any]:
    """Describe all regions, and these projects, as a file declares them; defaults are left out.

    So are links to registries that were deleted: such a file could not be applied.
    """
    return {
        "version": VERSION,
        "regions": [_written(_region(one)) for one in regions.all(c)],
        "projects": [
            {
                **_written(ProjectWanted(one.handle, one.name)),
                "registries": [
                    _written(_registry(found))
                    for found in registries.all(c, one.handle)
                    if not found.deleting
                ],
                "containers": [
                    _written(_container(_without_missing(found))) for found in containers.all(c, one.handle)
                ],
            }
            for one in projects.all(c)
            if one.handle in set(handles)
        ],
    }


def _regions(c: "Connection", wanted: Iterable[RegionWanted]) -> Iterator[Step]:
    there = {one.id: one for one in regions.all(c)}
    for one in wanted:
        known = there.get(one.id)
        if known is None:
            given = asdict(one)
            yield (
                Change("add", "region", None, one.id),
                _bound(lambda s, g: add_region(s, g.pop("id"), **g), given),
            )
            continue
        path = str(Path(os.path.expanduser(one.kubeconfig or known.kubeconfig)).absolute())  # noqa: PTH111
        if (one.context, path) != (known.context, known.kubeconfig):
            leads = f"it leads to context {known.context} of {known.kubeconfig}"
            why = f"{leads}: bahriya region edit {one.id} --context"
            yield Change("wait", "region", None, one.id, why=why), _nothing
        differing = _differing(_region(known), one, ("name", "city", "country", "protected"))
        if differing:
            new = {name: then for name, _, then in differing}
            yield (
                Change("change", "region", None, one.id, differing),
                _bound(lambda s, g: edit_region(s, g[0], **g[1]), (one.id, new)),
            )


def _new_project(project: ProjectWanted) -> Step:
    return Change("add", "project", None, project.handle), lambda s: add_project(
        s, project.handle, project.name
    )


def _in_project(c: "Connection", project: ProjectWanted, known_regions: set[str]) -> Iterator[Step]:
    there = {one.handle: one for one in registries.all(c, project.handle)}
    yield from _registries(project, there)
    usable = {handle for handle, one in there.items() if one.version and not one.deleting}
    declared = {one.handle for one in project.registries}
    found = {one.handle: one for one in containers.all(c, project.handle)}
    for one in project.containers:
        _refuse_unknown("region", one.regions, known_regions, one.handle)
        named = {name for name in (one.registry, *(job.registry for job in one.init_jobs)) if name}
        _refuse_unknown("registry", named, declared | set(there), one.handle)
        yield from _container_steps(project.handle, one, found.get(one.handle), sorted(named - usable))


def _registries(project: ProjectWanted, there: dict[str, Registry]) -> Iterator[Step]:
    for one in project.registries:
        known = there.get(one.handle)
        if known is None:
            yield (
                Change("add", "registry", project.handle, one.handle),
                _bound(_declare_registry, (project.handle, one)),
            )
        if known is None or known.version == 0:
            token = f"it has no token: bahriya registry rotate {one.handle} --project {project.handle}"
            yield Change("wait", "registry", project.handle, one.handle, why=token), _nothing
        if known is None:
            continue
        if (one.server, one.username) != (known.server, known.username):
            given = f"--server {one.server} --username {shlex.quote(one.username)}"
            why = f"another server or user name needs its token: bahriya registry edit {one.handle} {given}"
            yield Change("wait", "registry", project.handle, one.handle, why=why), _nothing
        differing = _differing(_registry(known), one, (*_OF_REGISTRY, *_OF_CONNECTION))
        if differing:
            change = Change("change", "registry", project.handle, one.handle, differing)
            yield change, _bound(_edit_registry, (project.handle, one))


def _container_steps(
    project: str, one: ContainerWanted, known: Container | None, without: list[str]
) -> Iterator[Step]:
    differing = () if known is None else _differing(_container(known), one)
    if known is not None and not differing:
        return
    if without:
        why = f"registry {', '.join(without)} has no token yet; apply again when it has"
        yield Change("wait", "container", project, one.handle, differing, why), _nothing
    elif known is None:
        yield Change("add", "container", project, one.handle), _bound(_add_container, (project, one))
    else:
        yield (
            Change("change", "container", project, one.handle, differing),
            _bound(_edit_container, (project, one, known)),
        )


def _declare_registry(s: Session, given: tuple[str, RegistryWanted]) -> None:
    project, one = given
    settings = usable_settings(_settings(one))
    with s.store.write() as tx:
        made = registries.insert(
            tx,
            project,
            one.handle,
            name=one.name,
            server=one.server,
            username=one.username,
            expires=one.expires,
            plain_http=settings.plain_http,
            ca_file=settings.ca_file,
            proxy=settings.proxy,
            now=now(),
        )
        registries.edit(tx, made.id, max_versions=one.max_versions, now=now())
        words = f"registry {one.handle} was declared, {one.username} at {one.server}, without a token yet"
        record(
            tx, s.who, "registry.added", words, project=project, registry=one.handle, outcome="not checked"
        )


def _edit_registry(s: Session, given: tuple[str, RegistryWanted]) -> None:
    """Change it; another way to reach it is tried first, and refused where the registry refuses."""
    project, one = given
    edit_registry(
        s,
        project,
        one.handle,
        name=one.name,
        expires=one.expires,
        max_versions=one.max_versions,
        settings=_settings(one),
    )


def _settings(one: RegistryWanted) -> ConnectionSettings:
    return ConnectionSettings(one.plain_http, one.ca_file, one.proxy)


def _add_container(s: Session, given: tuple[str, ContainerWanted]) -> None:
    project, one = given
    add_container(
        s,
        project,
        one.handle,
        image=one.image,
        regions=one.regions,
        registry=one.registry,
        type=one.type,
        replicas=one.replicas,
        port=one.port,
        env=one.env,
        name=one.name,
        schedule=one.schedule,
        init_jobs=_changes(one),
    )


def _edit_container(s: Session, given: tuple[str, ContainerWanted, Container]) -> None:
    project, one, known = given
    edit_container(
        s,
        project,
        one.handle,
        image=one.image,
        registry=one.registry,
        replicas=one.replicas,
        port=one.port,
        env=one.env,
        regions=one.regions,
        name=one.name,
        type=one.type,
        schedule=one.schedule,
        init_jobs=_changes(one),
        no_init=[job.name for job in known.init_jobs],
    )


def _changes(one: ContainerWanted) -> list[InitChange]:
    return [InitChange(job.name, job.image, job.command, job.registry or "") for job in one.init_jobs]


def _region(one: Region) -> RegionWanted:
    return RegionWanted(one.id, one.context, one.kubeconfig, one.name, one.city, one.country, one.protected)


def _registry(one: Registry) -> RegistryWanted:
    return RegistryWanted(
        one.handle,
        one.server,
        one.username,
        one.name,
        one.expires,
        one.max_versions,
        one.plain_http,
        one.ca_file,
        one.proxy,
    )


def _without_missing(one: Container) -> Container:
    jobs = (replace(job, registry=None) if job.registry_missing else job for job in one.init_jobs)
    return replace(one, registry=None if one.registry_missing else one.registry, init_jobs=tuple(jobs))


def _container(one: Container) -> ContainerWanted:
    jobs = (InitJobWanted(job.name, job.image, shlex.join(job.command), _link(job)) for job in one.init_jobs)
    return ContainerWanted(
        one.handle,
        one.image,
        one.regions,
        _link(one),
        one.type,
        one.replicas,
        one.port,
        one.env,
        one.name,
        one.schedule,
        tuple(jobs),
    )


def _link(one: Container | InitJob) -> str | None:
    """Give what is linked; a registry that was deleted is not the one of the same name that is declared."""
    return f"{one.registry} (missing)" if one.registry_missing else one.registry


def _differing(now_: Any, then: Any, names: Iterable[str] | None = None) -> tuple[tuple[str, Any, Any], ...]:
    pairs = ((name, getattr(now_, name), getattr(then, name)) for name in names or _names(then))
    return tuple(
        (name, old, new) for name, old, new in pairs if _comparable(name, old) != _comparable(name, new)
    )


def _comparable(name: str, value: Any) -> Any:
    """Give what counts of a value: neither the order of regions and variables, nor a command's quotes."""
    if name in ("regions", "env"):
        return sorted(value)
    if name == "ca_file" and value is not None:
        return Path(os.path.expanduser(value)).absolute()  # noqa: PTH111
    if name == "init_jobs":
        return [(job.name, job.image, shlex.split(job.command), job.registry) for job in value]
    return value


def _names(one: Any) -> list[str]:
    return [field.name for field in fields(one)]


def _written(one: Any) -> dict[str, Any]:
    """Give the fields that are not as in a thing that says nothing of them, as YAML holds them."""
    plain = {name: _plain(name, getattr(one, name)) for name in _names(one)}
    given = {field.name: _plain(field.name, field.default) for field in fields(one)}
    return {name: value for name, value in plain.items() if value != given[name]}


def _plain(name: str, value: Any) -> Any:
    if name == "env" and isinstance(value, tuple):
        return dict(value)
    if name == "init_jobs" and isinstance(value, tuple):
        return [_written(job) for job in value]
    return list(value) if isinstance(value, tuple) else value


def _refuse_unknown(noun: str, named: Iterable[str], known: set[str], container: str) -> None:
    for one in named:
        if one not in known:
            raise NotFound(
                f"container {container} names {noun} {one}, which is neither there nor declared",
                f"declare it, or add it: bahriya {noun} add",
            )


def _bound(do: Callable[[Session, Any], object], given: Any) -> Callable[[Session], object]:
    return lambda s: do(s, given)


def _nothing(_: Session) -> None:
    """Do nothing: it waits for an operator."""
