"""One frozen picture of everything the screens of a project show."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Entry
from bahriya_tui.model.container import AppliedSecret, Container, Placement, Removal
from bahriya_tui.model.deletion import Deletion
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.errors import NotFound
from bahriya_tui.model.lint import Subject
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Project, Registry
from bahriya_tui.operations import lint, reentry
from bahriya_tui.operations.session import Session
from bahriya_tui.store import (
    audit,
    changes,
    checks,
    containers,
    deletions,
    deployments,
    projects,
    regions,
    registries,
    removals,
    secrets,
)
from bahriya_tui.store.checks import Check
from bahriya_tui.store.deployment_rows import Newest

if TYPE_CHECKING:
    from bahriya_tui.operations.matrix import Matrix
    from bahriya_tui.store.driver import Connection

AUDIT_LIMIT = 500
DEPLOYMENT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class World:
    """What is true of one project at one moment; the regions and projects are those of the whole store."""

    projects: tuple[Project, ...]
    registries: tuple[Registry, ...]
    containers: tuple[Container, ...]
    regions: tuple[Region, ...]
    deployments: tuple[Deployment, ...]
    """Newest first, at most `DEPLOYMENT_LIMIT`."""
    removals: tuple[Removal, ...]
    """Those that are pending."""
    secrets: tuple[AppliedSecret, ...]
    placements: tuple[Placement, ...]
    checks: dict[str, Check]
    """Registry id to the latest check of its current version."""
    audit: tuple[Entry, ...]
    """The newest entries of the log, newest first, at most `AUDIT_LIMIT`; of the whole store."""
    reentry: dict[str, str]
    """Registry id to the reason why its credentials have to be entered again."""
    deletions: dict[str, Deletion] = field(default_factory=dict)
    """Id of a registry that is being deleted to how far that is."""
    former_checks: dict[str, Check] = field(default_factory=dict)
    """Of those whose current version was never checked, the latest check of another one."""
    matrix: "Matrix | None" = None
    """Registry by region; None unless it was asked for."""
    project: str | None = None
    changes: dict[str, int] = field(default_factory=dict)
    """How often what there may be very many of had changed (`store.changes`)."""
    subjects: dict[str, Subject] = field(default_factory=dict)
    """Registry id to what tells when its credentials end, and what could be better about it."""
    unfinished: tuple[Deployment, ...] = ()
    """Older than `deployments`, and queued, under way or held; newest first."""
    failing: tuple[Deployment, ...] = ()
    """The newest of each container in the state `error`, unless held; read when a container changed."""
    long_ago: dict[str, Newest] = field(default_factory=dict)
    """Container id to its newest deployment, where that is older than `deployments`; read as `failing` is."""
    watched: Deployment | None = None
    """The one that was asked for by its number, however old."""

    @property
    def listed(self) -> tuple[Deployment, ...]:
        """Give what there is to list: the newest, and whatever older one has not ended."""
        return self.deployments + self.unfinished


_NOTHING = World((), (), (), (), (), (), (), (), {}, (), {})


def overview(
    source: "Session | Connection",
    project: str | None,
    *,
    matrix: bool = False,
    watched: int | None = None,
    before: World | None = None,
) -> World:
    """Read the picture of `project` in one read transaction; without a project its parts are empty.

    What there may be very many of is taken from the picture `before` where it did not change since. The
    matrix, which costs more than all the rest, is only read for whoever looks at it; so is the deployment
    `watched`, which may be older than those that are listed.
    """
    connection = source.connection if isinstance(source, Session) else source
    with _one_moment(connection):
        log = tuple(audit.latest(connection, AUDIT_LIMIT))
        if project is None:
            everywhere = tuple(regions.all(connection))
            return replace(_NOTHING, projects=tuple(projects.all(connection)), regions=everywhere, audit=log)
        known = tuple(registries.all(connection, project))
        bad = reentry.reasons(connection, project)
        latest = {registry.id: checks.last(connection, registry.id) for registry in known}
        former = {one.id: checks.former(connection, one.id) for one in known if latest[one.id] is None}
        now = changes.counts(connection)
        old = before if before is not None and before.project == project else _NOTHING
        newest = tuple(deployments.all(connection, project, limit=DEPLOYMENT_LIMIT))
        oldest = newest[-1].id if newest else 0
        unfinished = tuple(deployments.unfinished(connection, project, before=oldest))
        # What has ended is read again with its containers, or when more has ended.
        ended_as_before = old.changes.get("container") == now["container"] and (
            {one.id for one in old.unfinished} == {one.id for one in unfinished}
        )
        return World(
            projects=tuple(projects.all(connection)),
            registries=known,
            containers=old.containers
            if old.changes.get("container") == now["container"]
            else tuple(containers.all(connection, project)),
            regions=tuple(regions.all(connection)),
            deployments=newest,
            unfinished=unfinished,
            failing=old.failing
            if ended_as_before
            else tuple(deployments.newest_of_failing(connection, project)),
            long_ago=old.long_ago if ended_as_before else _long_ago(connection, project, newest),
            watched=_deployment(connection, watched),
            removals=tuple(removals.pending(connection, project=project)),
            secrets=old.secrets
            if old.changes.get("secret") == now["secret"]
            else tuple(secrets.applied(connection, project=project)),
            placements=old.placements
            if old.changes.get("placement") == now["placement"]
            else tuple(containers.placements(connection, project=project)),
            checks={id_: check for id_, check in latest.items() if check is not None},
            former_checks={id_: check for id_, check in former.items() if check is not None},
            audit=log,
            deletions=deletions.all(connection, project),
            reentry={one.id: bad[one.id, one.version] for one in known if (one.id, one.version) in bad},
            matrix=_matrix(connection, project) if matrix else None,
            project=project,
            changes=now,
            subjects={one.registry.id: one for one in lint.subjects(connection, known, latest)},
        )


def _long_ago(connection: "Connection", project: str, newest: Sequence[Deployment]) -> dict[str, Newest]:
    if len(newest) < DEPLOYMENT_LIMIT:
        return {}
    return {one.container_id: one for one in deployments.newest(connection, project, before=newest[-1].id)}


def _deployment(connection: "Connection", number: int | None) -> Deployment | None:
    try:
        return None if number is None else deployments.get(connection, number)
    except NotFound:
        return None


def _matrix(connection: "Connection", project: str) -> "Matrix":
    from bahriya_tui.operations.matrix import look

    return look(connection, project)


@contextmanager
def _one_moment(connection: "Connection") -> Iterator[None]:
    """Let all reads of the block see the same state of the store."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")
