"""Registries: where private images come from, and which version of their credentials counts."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

VersionState = Literal["reserved", "current", "previous", "rejected"]
MAX_VERSIONS = 5
"""How many versions of a registry's credentials are kept unless told otherwise, as on the platform."""
FEWEST_VERSIONS, MOST_VERSIONS = 1, 20


@dataclass(frozen=True, slots=True)
class Project:
    """What registries and containers belong to; a namespace in every region."""

    handle: str
    name: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Registry:
    """Credentials of one private registry, without the secret half."""

    id: str
    project: str
    handle: str
    name: str
    server: str
    """`host[:port]`, lower case; Docker Hub is always `docker.io`."""
    username: str
    version: int
    """The current version; 0 while the first one has not been accepted."""
    expires: str | None
    """Date (`2027-01-31`) the operator declared, if any."""
    plain_http: bool
    ca_file: str | None
    created_at: str
    updated_at: str
    max_versions: int = MAX_VERSIONS
    """Older versions are dropped beyond so many, as soon as nothing refers to them."""


@dataclass(frozen=True, slots=True)
class CredentialVersion:
    """One version of a registry's credentials; the sealed bytes stay in the store."""

    registry_id: str
    version: int
    server: str
    username: str
    state: VersionState
    created_at: str
    created_by: str
    unreadable: str = ""
    """Why it has to be entered again; empty while nothing speaks against it."""
    replaced_by: int | None = None
    """The version whose token is sent in its place since it was withdrawn (`--push-now`)."""


def days_left(registry: Registry, today: date) -> int | None:
    """Count the days until the declared expiry; negative when past, None when none was declared."""
    return None if registry.expires is None else (date.fromisoformat(registry.expires) - today).days
