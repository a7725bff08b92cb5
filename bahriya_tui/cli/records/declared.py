"""What a file of `bahriya apply` holds, and what is not as it says."""

from typing import Any, Literal, NotRequired, TypedDict

from bahriya_tui.model.container import ContainerType


class Change(TypedDict):
    """One thing that is not as a file declares it."""

    action: Literal["add", "change", "wait"]
    kind: Literal["region", "project", "registry", "container"]
    project: str | None
    name: str
    fields: dict[str, "FieldChange"]
    """What differs, by name; empty for a new thing."""
    why: str | None
    """Of what waits: for what, and what to do."""


FieldChange = TypedDict("FieldChange", {"from": Any, "to": Any})
FieldChange.__doc__ = "What a field is now, and what it is declared to be."


class DeclaredRegion(TypedDict):
    """A region in a file of `bahriya apply`; what is as by default is left out, here and below."""

    id: str
    context: str
    kubeconfig: NotRequired[str]
    name: NotRequired[str]
    city: NotRequired[str]
    country: NotRequired[str]
    protected: NotRequired[bool]


class DeclaredRegistry(TypedDict):
    """A registry in such a file, without its password."""

    handle: str
    server: str
    username: str
    name: NotRequired[str]
    expires: NotRequired[str]
    max_versions: NotRequired[int]
    plain_http: NotRequired[bool]
    ca_file: NotRequired[str]
    proxy: NotRequired[str]


class DeclaredInitJob(TypedDict):
    """An init job in such a file; its command is as typed to a shell."""

    name: str
    image: str
    command: NotRequired[str]
    registry: NotRequired[str]


class DeclaredContainer(TypedDict):
    """A container in such a file."""

    handle: str
    image: str
    regions: list[str]
    registry: NotRequired[str]
    type: NotRequired[ContainerType]
    replicas: NotRequired[int]
    port: NotRequired[int]
    env: NotRequired[dict[str, str]]
    name: NotRequired[str]
    schedule: NotRequired[str]
    init_jobs: NotRequired[list[DeclaredInitJob]]


class DeclaredProject(TypedDict):
    """A project in such a file."""

    handle: str
    name: NotRequired[str]
    registries: list[DeclaredRegistry]
    containers: list[DeclaredContainer]


class Declaration(TypedDict):
    """An installation as `bahriya apply` takes it."""

    version: int
    regions: list[DeclaredRegion]
    projects: list[DeclaredProject]
