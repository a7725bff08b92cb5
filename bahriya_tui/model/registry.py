"""Registries: where private images come from, and which version of their credentials counts."""

from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.errors import InUse

VersionState = Literal["reserved", "current", "previous", "rejected"]
ACCEPTED: tuple[VersionState, ...] = ("current", "previous")
"""The states of a version whose token was taken: it may be sent to regions."""
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
    deleting_since: str | None = None
    """When its deletion was asked for. Its credentials went then; it goes once the regions have answered."""
    deleting_by: str | None = None
    """Who asked for that."""
    proxy: str | None = None
    """URL of the HTTP proxy for asking it from here; None for none, whatever the environment says."""

    @property
    def deleting(self) -> bool:
        """Tell whether it is being deleted: nothing may use or change it any more."""
        return self.deleting_since is not None


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
    token_kind: str = ""
    """What the token's shape said it is; empty where that is unknown."""
    expires_at: str | None = None
    """When the token itself says that it ends; None where it does not say."""


def refuse_deleting(registry: Registry) -> None:
    """Raise `InUse` for a registry that is being deleted: there is nothing left to use or change."""
    if registry.deleting:
        raise InUse(
            f"registry {registry.handle} is being deleted",
            f"see how far it is: bahriya registry show {registry.handle}",
        )
