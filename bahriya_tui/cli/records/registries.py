"""Registries, their checks and versions, and the images that they serve."""

from typing import Literal, TypedDict

from bahriya_tui.model.check import Login, RateLimit, Step, Verdict
from bahriya_tui.model.finding import State as Grade
from bahriya_tui.model.lint import RuleId


class Project(TypedDict):
    """A project."""

    handle: str
    name: str
    """For display; may be empty."""
    created_at: str


class ProjectDetail(Project):
    """A project and what is in it."""

    registries: list[str]
    """Handles."""
    containers: list[str]
    """Handles."""


class ImageCheck(TypedDict):
    """Whether one image can be pulled."""

    image: str
    """In its full form."""
    verdict: Verdict
    """`public`: it can be pulled, but without any login too."""
    reason: str


_From = TypedDict("_From", {"from": str})


class Check(_From):
    """What a check of a registry's credentials found; `from` is the machine that asked."""

    handle: str
    version: int
    at: str
    good: bool
    """Whether nothing speaks against deploying with it."""
    login: Login
    reason: str
    verdict: str
    """The whole of it as a sentence."""
    images: list[ImageCheck]
    steps: list[Step]
    limit: RateLimit | None
    """None where the registry told none."""
    rejected_since: str | None
    """Since when the registry rejects this token, which is not sent again by itself."""


class LastCheck(Check):
    """The last check of a registry."""

    current: bool
    """Whether it was of the version that counts now."""


class Deletion(TypedDict):
    """How far the deletion of a registry is."""

    since: str | None
    progress: str
    confirmed: list[str]
    """Regions that have answered."""
    put_off: list[str]
    """Regions that could not be reached; the worker keeps trying."""
    waiting: list[str]
    """Regions that are still to answer."""


class Registry(TypedDict):
    """A registry, who uses it, its last check, and how far its deletion is."""

    handle: str
    name: str
    project: str
    server: str
    """`host[:port]`; Docker Hub is `docker.io`."""
    provider: str
    username: str
    version: int
    """The version of its credentials that counts; 0 before the first."""
    expires: str | None
    """The date that was declared."""
    mints_tokens: bool
    """Whether it holds a key with which tokens are made at each deployment."""
    expires_at: str | None
    """When the credentials end, by the source that says so first."""
    expires_source: str | None
    max_versions: int
    plain_http: bool
    ca_file: str | None
    proxy: str | None
    used_by: list[str]
    """Handles of containers."""
    check: LastCheck | None
    needs_reentry: str | None
    """Why its token has to be entered again; None where it has not."""
    state: Literal["active", "deleting"]
    deletion: Deletion | None
    created_at: str
    updated_at: str


class RegistryChanged(Registry):
    """A registry after it was added, changed, rotated or returned."""

    notes: list[str]
    """Sentences to read."""


class RegistryEnding(Registry):
    """A registry whose credentials end soon, or have ended."""

    left: str
    """How long that is from now, in words."""


class Pull(TypedDict):
    """Who pulls where with which version."""

    container: str
    region: str
    version: int
    """The version that its pull secret is named for."""
    holds: int
    """The version whose token is in it."""
    deployment: int
    why: str


class Version(TypedDict):
    """A version of a registry's credentials and where it is used."""

    version: int
    state: Literal["reserved", "current", "previous", "rejected", "not kept"]
    created_at: str | None
    created_by: str | None
    needs_reentry: str | None
    replaced_by: int | None
    """The version whose token is sent in its place since it was withdrawn."""
    used_by: list[Pull]


class Token(TypedDict):
    """A token in a region that was made for a time only."""

    region: str
    name: str
    """Of the pull secret."""
    holds: int
    expires_at: str
    refresh_at: str | None
    state: str


class SecretWrite(TypedDict):
    """A pull secret that does not hold yet what it is to hold."""

    id: int
    region: str
    name: str
    version: int
    reason: str
    attempts: int
    last_error: str
    next_try_at: str


class Removal(TypedDict):
    """Something that still has to go from a region."""

    id: int
    region: str
    kind: Literal["Secret", "Deployment", "Service", "CronJob"]
    name: str
    reason: str
    attempts: int
    last_error: str
    next_try_at: str


class RegistryDetail(Registry):
    """A registry with its versions."""

    versions: list[Version]
    verdict: str
    """Whether old tokens may be revoked, as a sentence."""
    tokens: list[Token]
    pending_writes: list[SecretWrite]


class Revocation(TypedDict):
    """Whether the old tokens of a registry may be revoked, and what speaks against it."""

    handle: str
    version: int
    may_revoke: bool
    verdict: str
    """The same as a sentence."""
    still: list[Pull]
    """What still gets another token than the current one."""
    pending_writes: list[SecretWrite]


class Usage(Revocation):
    """Who still pulls with which version of a registry's credentials."""

    versions: list[Version]


class Pushed(TypedDict):
    """How far a new token was put into the secrets of older versions."""

    withdrawn: list[int]
    """Versions whose own token is sent no more."""
    asked: int
    """So many pull secrets are to be written."""
    written: int
    """So many were."""


class StillRunning(TypedDict):
    """What runs with a registry that it is not linked to."""

    container: str
    regions: list[str]
    versions: list[int]
    container_exists: bool


class RegistryDeleted(TypedDict):
    """What the deletion of a registry did."""

    handle: str
    deleted: bool
    """False while regions are still to answer."""
    unlinked: list[str]
    """Containers that were unlinked from it."""
    left_without: list[str]
    """Containers that are still linked to it."""
    still_running: list[StillRunning]
    redeployed: list[str]
    pending_removals: list[Removal]


class Unlinked(TypedDict):
    """Containers that were unlinked from a registry."""

    handle: str
    unlinked: list[str]


class LoginTaken(TypedDict):
    """What becomes of a login that was found with Docker, Podman or in a region."""

    source: str
    """Where it is: a file, standard input, a secret of a region."""
    key: str
    """Under which it stands there."""
    server: str
    username: str
    helper: str | None
    """The program that has to be run for it."""
    fate: Literal["new", "there", "refused", "added", "failed"]
    """`new`: not taken yet; `there`: the project has it already."""
    handle: str
    reason: str
    version: int | None
    login: Login | None
    """None where it was not checked."""
    notes: list[str]


class Hints(TypedDict):
    """What a registry wants of a login."""

    server: str
    provider: str
    username: str
    token: str
    right: str
    """What the token needs for pulling."""
    made_at: str
    lifetime: str
    provider_id: str
    lifetime_seconds: int | None
    notes: list[str]
    repairs: list[str]
    """What was made of the server as it was typed."""
    hints: list[str]
    """What looks wrong with the user name."""


class Ending(TypedDict):
    """The end of a registry's credentials that is near or past."""

    project: str
    registry: str
    expires_at: str
    expires_source: str
    left: str


class Failing(TypedDict):
    """A registry whose credentials are of no use."""

    project: str
    registry: str
    reason: str
    checked_at: str | None
    """None where it was not a check that found it."""


class ProjectAdvice(TypedDict):
    """Advice on a registry of a project."""

    project: str
    rule: RuleId
    registry: str
    state: Grade
    """`bad` where something fails already, else `attention`."""
    sentence: str
    advice: str
    """What to do."""


class Attention(TypedDict):
    """Which credentials need somebody."""

    good: bool
    within_seconds: int
    due: list[Ending]
    failing: list[Failing]
    warnings: list[ProjectAdvice]


class ImageExplained(TypedDict):
    """What an image reference means; all but the first two are None where it is not valid."""

    input: str
    valid: bool
    error: str | None
    domain: str | None
    path: str | None
    tag: str | None
    digest: str | None
    normalised: str | None
    """The full form."""
    familiar: str | None
    """The short form, as people write it."""
    registry: str | None
    """The registry of the project that would serve it."""
    why: str | None


class ImageMatch(TypedDict):
    """Whether the kubelet would use a credential stored under `server` for an image."""

    image: str
    server: str
    matches: bool
