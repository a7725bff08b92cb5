"""An installation as a file declares it: regions, projects, registries without their passwords, containers.

    version: 1
    regions:
      - {id: helsinki-1, context: helsinki-1, kubeconfig: ~/.kube/config, city: Helsinki}
    projects:
      - handle: shop
        registries:
          - {handle: ghcr, server: ghcr.io, username: acme-bot, expires: 2027-01-31}
        containers:
          - handle: api
            image: ghcr.io/acme/api:2.4.1
            registry: ghcr
            regions: [helsinki-1]

Reading checks all that can be checked without the store, so that nothing is begun which cannot be finished.
What a file leaves out is as for a new thing, but for what only the store knows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from bahriya_tui.model import proxy as proxies
from bahriya_tui.model import validate
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.handle import check_handle, check_region_id
from bahriya_tui.model.registry import MAX_VERSIONS
from bahriya_tui.model.server import normalise

VERSION = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegionWanted:
    """A region, known by a context of a kubeconfig."""

    id: str
    context: str
    kubeconfig: str | None = None
    name: str = ""
    city: str = ""
    country: str = ""
    protected: bool = False


@dataclass(frozen=True, slots=True)
class RegistryWanted:
    """A registry without its password: no file holds one."""

    handle: str
    server: str
    username: str
    name: str = ""
    expires: str | None = None
    max_versions: int = MAX_VERSIONS
    plain_http: bool = False
    ca_file: str | None = None
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class InitJobWanted:
    """An init job; `command` is as typed to a shell."""

    name: str
    image: str
    command: str = ""
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class ContainerWanted:
    """A container."""

    handle: str
    image: str
    regions: tuple[str, ...]
    registry: str | None = None
    type: str = "http"
    replicas: int = 1
    port: int | None = None
    env: tuple[tuple[str, str], ...] = ()
    name: str = ""
    schedule: str | None = None
    init_jobs: tuple[InitJobWanted, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectWanted:
    """A project and what is in it."""

    handle: str
    name: str = ""
    registries: tuple[RegistryWanted, ...] = ()
    containers: tuple[ContainerWanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """All that one file declares."""

    regions: tuple[RegionWanted, ...] = ()
    projects: tuple[ProjectWanted, ...] = ()


def read(document: object) -> Declared:
    """Read what a YAML file holds; `BadInput` names the place in it."""
    top = _mapping(document, "the file", {"version", "regions", "projects"})
    if top.get("version") != VERSION:
        raise BadInput(f"the file is not of version {VERSION}", f"begin it with `version: {VERSION}`")
    regions = _each(top, "regions", "regions", _region)
    projects = _each(top, "projects", "projects", _project)
    _refuse_twice("region", [one.id for one in regions])
    _refuse_twice("project", [one.handle for one in projects])
    return Declared(regions, projects)


def _region(where: str, given: object) -> RegionWanted:
    found = _fields(RegionWanted, where, given)
    check_region_id(found.id)
    for field in ("name", "city", "country"):
        validate.display_text(field, getattr(found, field))
    return found


def _project(where: str, given: object) -> ProjectWanted:
    known = _mapping(given, where, {"handle", "name", "registries", "containers"})
    made = ProjectWanted(
        check_handle("project", _text(known, "handle", where)),
        validate.display_text("name", _text(known, "name", where, "")),
        _each(known, "registries", f"{where}.registries", _registry),
        _each(known, "containers", f"{where}.containers", _container),
    )
    _refuse_twice("registry", [one.handle for one in made.registries])
    _refuse_twice("container", [one.handle for one in made.containers])
    return made


def _registry(where: str, given: object) -> RegistryWanted:
    for secret in ("password", "token", "secret"):
        if isinstance(given, Mapping) and secret in given:
            # The value is not repeated.
            raise BadInput(
                f"{where} holds a {secret}", "take it out: a token is typed, or piped to registry rotate"
            )
    found = _fields(RegistryWanted, where, given)
    check_handle("registry", found.handle)
    validate.username(found.username)
    validate.max_versions(found.max_versions)
    expires = None if found.expires is None else validate.expiry(found.expires)
    from dataclasses import replace

    through = None if found.proxy is None else proxies.normalised(found.proxy)
    return replace(found, server=normalise(found.server).host, expires=expires, proxy=through)


def _container(where: str, given: object) -> ContainerWanted:
    from dataclasses import replace

    whole = _mapping(given, where, {field.name for field in fields(ContainerWanted)})
    plain = {name: value for name, value in whole.items() if name not in ("regions", "env", "init_jobs")}
    jobs = _each(whole, "init_jobs", f"{where}.init_jobs", _init_job)
    env = _mapping(whole.get("env") or {}, f"{where}.env")
    found = _fields(ContainerWanted, where, {**plain, "regions": ()})
    check_handle("container", found.handle)
    validate.image_reference(found.image)
    kind = validate.container_type(found.type)
    validate.replicas(kind, found.replicas)
    return replace(
        found,
        regions=validate.active_regions(_texts(whole.get("regions"), f"{where}.regions")),
        env=validate.env((name, _plain_text(value, f"{where}.env.{name}")) for name, value in env.items()),
        port=validate.port(kind, found.port),
        schedule=validate.schedule(kind, found.schedule),
        init_jobs=jobs,
    )


def _init_job(where: str, given: object) -> InitJobWanted:
    found = _fields(InitJobWanted, where, given)
    check_handle("init job", found.name)
    validate.image_reference(found.image)
    validate.command(found.name, found.command)
    return found


_KINDS: dict[Any, tuple[type, ...]] = {
    str: (str,),
    str | None: (str, type(None)),
    int: (int,),
    int | None: (int, type(None)),
    bool: (bool,),
}


def _fields(kind: type[T], where: str, given: object) -> T:
    """Make a `kind` of a mapping whose values have the types of its fields."""
    known = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]
    found = dict(_mapping(given, where, set(known)))
    for name, value in found.items():
        if isinstance(value, date):
            value = found[name] = value.isoformat()
        allowed = _KINDS.get(known[name])
        if allowed and (not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed)):
            raise BadInput(
                f"{where}.{name} is no {allowed[0].__name__}", "quote texts; write numbers and true plainly"
            )
    try:
        return kind(**found)
    except TypeError:
        needed = ", ".join(name for name in known if name not in found)
        raise BadInput(f"{where} is not complete", f"it can also have: {needed}") from None


def _mapping(given: object, where: str, known: set[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise BadInput(f"{where} is no mapping of names to values", "look at `bahriya export` for an example")
    for name in given:
        if known is not None and name not in known:
            raise BadInput(
                f"{where} has an unknown field {name[:40]!r}", f"known are: {', '.join(sorted(known))}"
            )
    return given


def _each(
    given: Mapping[str, Any], name: str, where: str, read_one: Callable[[str, object], T]
) -> tuple[T, ...]:
    listed = given.get(name) or []
    if not isinstance(listed, list):
        raise BadInput(f"{where} is no list", "begin each of its things with a dash")
    return tuple(read_one(f"{where}[{index}]", one) for index, one in enumerate(listed))


def _texts(given: object, where: str) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise BadInput(f"{where} is no list", "write it as [one, two]")
    return [_plain_text(one, where) for one in given]


def _text(given: Mapping[str, Any], name: str, where: str, default: str | None = None) -> str:
    value = given.get(name, default)
    if value is None:
        raise BadInput(f"{where} has no {name}", f"add `{name}: ...`")
    return _plain_text(value, f"{where}.{name}")


def _plain_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadInput(f"{where} is no text", "put it into quotes")
    return value


def _refuse_twice(noun: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{noun} {twice} is declared twice", "keep one of them")
