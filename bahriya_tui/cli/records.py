"""What commands print with `--json`, as types: JSON Schema is derived from them, and `mypy` checks the rest.

Where a dataclass of the model is printed as it is, it stands here under its own name and nowhere else. Times
are ISO 8601 in UTC. None of these holds a secret.
"""

from typing import Any, Literal, NotRequired, TypedDict

from bahriya_tui.model.check import Login, RateLimit, Step, Verdict
from bahriya_tui.model.container import ContainerStatus, ContainerType, WorkloadKind
from bahriya_tui.model.deployment import Gate, Isolation, Kind, RegionRun, State
from bahriya_tui.model.drift import CellState
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


class InitJob(TypedDict):
    """An init job of a container."""

    name: str
    image: str
    command: list[str]
    """Instead of the image's own; empty leaves that as it is."""
    registry: str | None
    registry_missing: bool


class Container(TypedDict):
    """A container as it is wanted."""

    handle: str
    name: str
    project: str
    image: str
    type: ContainerType
    schedule: str | None
    """When a cronjob runs."""
    registry: str | None
    registry_missing: bool
    """Whether the registry that it names was deleted."""
    replicas: int
    port: int | None
    env: dict[str, str]
    init_jobs: list[InitJob]
    regions: list[str]
    status: ContainerStatus
    revision: int
    """Number of its latest deployment; 0 before the first."""
    created_at: str
    updated_at: str


class Placement(TypedDict):
    """What of a container is in one region."""

    region: str
    deployment: int
    kind: WorkloadKind
    image: str
    secret: str | None
    """Name of its pull secret."""
    version: int | None
    """Of the credentials in it."""
    init_secrets: list[str]


class ContainerDetail(Container):
    """A container and what of it is in the regions."""

    placements: list[Placement]


class Region(TypedDict):
    """A region; the credentials for it stay in the kubeconfig."""

    id: str
    name: str
    city: str
    country: str
    context: str
    kubeconfig: str
    server: str
    ca_fingerprint: str
    """SHA-256 of its CA certificates, hexadecimal; empty where the system's are used."""
    status: str
    """`active`, or `unreachable` when the last contact failed."""
    last_error: str
    last_seen_at: str | None
    created_at: str
    cron_api: str
    """The API version that serves CronJobs there; empty while nobody has asked."""
    failures: int
    """Contacts in a row that failed."""
    next_check_at: str | None
    protected: bool
    """Whether it has to be named before anything is changed there."""
    latencies: str
    """Milliseconds of the latest contacts, oldest first, with a space between them; `-` for failures."""


class RegionDetail(Region):
    """A region and what still has to go from it."""

    pending_removals: list[Removal]


class Shared(TypedDict):
    """With whom an installation is shared, and who runs its worker."""

    group: str | None
    access: Literal["none", "read", "write"]
    worker: str


class Manifests(TypedDict):
    """A Kubernetes List."""

    apiVersion: str
    kind: Literal["List"]
    items: list[dict[str, Any]]


class InitRun(TypedDict):
    """An init job as it was deployed."""

    name: str
    image: str
    registry: str | None
    version: int | None


class Deployment(TypedDict):
    """One revision of a container, or its termination, and how far each region is."""

    id: int
    project: str
    container: str
    revision: int
    kind: Kind
    state: State
    image: str
    registry: str | None
    version: int | None
    """Of the registry's credentials."""
    canary: str | None
    """The region that goes first, alone."""
    soak_seconds: int
    gate: Gate
    """`closed` until somebody resumes it after the canary."""
    max_failures: int | None
    take_over: bool
    init_jobs: list[InitRun]
    plaintext_ms: float | None
    """For how long a credential was open for it, over all processes."""
    isolation: Isolation | None
    """How well the least isolated of these was locked in."""
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    regions: list[RegionRun]


class Cell(TypedDict):
    """A registry in a region, as it was when that was read back."""

    registry: str
    region: str
    state: CellState
    version: int | None
    detail: str
    read_at: str | None
    expires_at: str | None
    """When the first token there ends, where they are made for a time only."""


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


class AuditEntry(TypedDict):
    """An entry of the audit log."""

    seq: int
    at: str
    user: str
    terminal: str
    client: str
    """The address at the other end of SSH; empty without."""
    action: str
    project: str | None
    registry: str | None
    container: str | None
    regions: list[str]
    deployment: int | None
    versions: list[int]
    outcome: str
    hash: str
    """SHA-256 over all of these and the hash of the entry before."""


class ExportedEntry(AuditEntry):
    """An entry of the audit log, in an export."""

    kind: Literal["entry"]


class ExportedAnchor(TypedDict):
    """What a pull secret in a region remembers of the audit log."""

    kind: Literal["anchor"]
    region: str
    project: str
    secret: str
    seq: int
    hash: str
    read_at: str


class AuditFinding(TypedDict):
    """Something about the audit log that is not as it was written."""

    kind: Literal["edited", "removed", "reordered", "truncated", "rewritten", "strayed"]
    seq: int
    """The first entry it is about."""
    last: int
    """The last one."""
    region: str | None
    """Whose anchor shows it."""
    about: str
    sentence: str


class Verification(TypedDict):
    """How far the audit log is as it was written."""

    good: bool
    entries: int
    head: str
    """The newest entry: its number and hash."""
    anchors: int
    anchors_read_now: int
    findings: list[AuditFinding]
    unreachable: list[str]
    """Regions that could not be asked now."""


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


class HooksTested(TypedDict):
    """How a trial of the hooks went."""

    event: str
    hooks: int
    """So many were run."""
    problems: list[str]


class Key(TypedDict):
    """An action of the screens and its keys."""

    action: str
    keys: list[str]
    default: list[str]
    changed: bool
    places: list[str]
    """Screens that it works on."""
    help: str


class HandleDeleted(TypedDict):
    """A project or a container that was deleted."""

    handle: str
    deleted: Literal[True]


class RegionDeleted(TypedDict):
    """A region that was deleted."""

    id: str
    deleted: Literal[True]


class WorkerStatus(TypedDict):
    """Whether a worker runs, and when something is due for one."""

    running: bool
    pid: int | None
    next_work: str | None


class WorkerStopped(TypedDict):
    """Whether a worker ran, and was stopped."""

    stopped: bool


class Unlocked(TypedDict):
    """The vault can be used."""

    unlocked: Literal[True]
    protected: bool
    """Whether it has a passphrase."""


class VaultLocked(TypedDict):
    """The vault was locked."""

    ended: bool
    """Whether it was unlocked before."""


class PassphraseSet(TypedDict):
    """The vault's key has another passphrase, or none."""

    protected: bool


class RecoveryKeyShown(TypedDict):
    """The recovery key was shown, or written to a file; it is in no answer."""

    shown: Literal[True]


class Rekeyed(TypedDict):
    """All credentials are sealed for a new key."""

    made: bool
    """False where one that was under way was finished."""
    key_id: str | None


class NotRecovered(TypedDict):
    """A credential that has to be entered again."""

    credential: str
    reason: str


class Recovered(TypedDict):
    """What the recovery key could open."""

    recovered: list[str]
    failed: list[NotRecovered]


class SimulatedRegistry(TypedDict):
    """How to reach the registry beside embedded regions."""

    server: str
    username: str
    password: str
    """Made for this run of it."""
    images: list[str]


class Simulated(TypedDict):
    """Embedded regions that are being served with a registry; without one nothing is printed."""

    kubeconfig: str
    registry: SimulatedRegistry


class Served(TypedDict):
    """Where the screens are served."""

    url: str
    """Works once, for the browser that opens it first."""
    read_only: bool


class ErrorDetail(TypedDict):
    """What went wrong."""

    code: int
    """The exit code."""
    message: str
    hint: str
    """What to do; may be empty."""


class Error(TypedDict):
    """An error, as a line on standard error."""

    error: ErrorDetail
