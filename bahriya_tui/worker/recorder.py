"""All that is written about one deployment: step by step, each with its event, never with an old fence."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bahriya_tui.model import clock
from bahriya_tui.model.container import ContainerStatus
from bahriya_tui.model.deployment import Deployment, RegionState, State, outcome
from bahriya_tui.model.phases import Phase
from bahriya_tui.store import containers, deployments, events, history, registries
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker.shared_store import SharedStore

if TYPE_CHECKING:
    from sqlite_utils import Database

    Also = Callable[[Database], None]

_NEW_START: Phase = "running"
_TAKEN_OVER: Phase = "taken_over"


class FenceLost(Exception):
    """Another worker has this deployment now; this one may not write any more."""


class Recorder:
    """Writes what happens to one deployment; raises `FenceLost` instead when it is no longer ours."""

    def __init__(self, store: SharedStore, deployment: Deployment) -> None:
        self._store = store
        self._deployment = deployment

    def begin(self) -> str:
        """Note the start; give the instant from which on a failed region counts against later waves.

        That is now, unless another worker had begun: then it is that worker's start. A resumed deployment
        starts anew, since the operator has seen what failed before.
        """
        of = self._deployment
        with self._store.write() as tx:
            began = _unfinished_start(tx.conn, of.id)
            now = clock.now()
            if began is None:
                self._event(tx, _NEW_START, f"revision {of.revision}", now)
            else:
                self._event(tx, _TAKEN_OVER, "a worker goes on where the one before stopped", now)
        return began or now

    def region(
        self,
        region: str,
        state: RegionState,
        message: str = "",
        *,
        updated: int | None = None,
        replicas: int | None = None,
        also: "Also | None" = None,
    ) -> None:
        """Bring a region into `state`, with its event and, in the same transaction, what `also` writes."""
        with self._store.write() as tx:
            self._move(tx, region, state, clock.now(), message=message, updated=updated, replicas=replicas)
            if also is not None:
                also(tx)

    def _move(
        self,
        tx: "Database",
        region: str,
        state: RegionState,
        now: str,
        *,
        message: str = "",
        updated: int | None = None,
        replicas: int | None = None,
    ) -> None:
        of = self._deployment
        if not deployments.move_region(
            tx, of.id, of.fence, region, state, now, message=message, updated=updated, replicas=replicas
        ):
            raise FenceLost
        self._event(tx, state, message, now, region)

    def connecting(self, regions: Iterable[str]) -> None:
        """Begin in several regions at once: one by one they would wait for each other."""
        with self._store.write() as tx:
            for region in regions:
                self._move(tx, region, "connecting", clock.now())

    def assert_ours(self) -> None:
        """Ask the store whether the deployment is still ours; writes nothing."""
        of = self._deployment
        if not self._store.look_up(lambda c: deployments.owned(c, of.id, of.fence)):
            raise FenceLost

    def tell(self, region: str, phase: Phase, message: str, *, shown: str | None = None) -> None:
        """Note what is to be known about a region whose state stays; `shown` is what it says from now on."""
        with self._store.write() as tx:
            of = self._deployment
            if not deployments.note_region(tx, of.id, of.fence, region, shown):
                raise FenceLost
            self._event(tx, phase, message, clock.now(), region)

    def finish(self) -> State:
        """Sum the deployment up, now that every region has ended, and write the container's status."""
        of = self._deployment
        with self._store.write() as tx:
            now = clock.now()
            ended = deployments.get(tx.conn, of.id)
            state = _outcome(ended)
            if not deployments.move(tx, of.id, of.fence, state, now):
                raise FenceLost
            status = container_status(tx.conn, ended, state)
            containers.set_status(tx, of.container_id, status, revision=of.revision)
            self._event(tx, state, _summary(ended), now)
            self._collect_versions(tx, now)
        return state

    def _collect_versions(self, tx: "Database", now: str) -> None:
        """Let the old versions of credentials go that nothing refers to any more."""
        for registry in registries.all(tx.conn, self._deployment.project):
            for version in history.collect(tx, registry):
                message = f"v{version} of registry {registry.handle} is not kept any more: nothing needs it"
                events.append(
                    tx,
                    phase="registry.version-dropped",
                    message=message,
                    now=now,
                    project=registry.project,
                    registry=registry.handle,
                )

    def _event(self, tx: "Database", phase: Phase, message: str, now: str, region: str | None = None) -> None:
        of = self._deployment
        events.append(
            tx,
            phase=phase,
            message=message,
            now=now,
            project=of.project,
            deployment=of.id,
            region=region,
            container=of.container,
        )


def _unfinished_start(c: Connection, deployment: int) -> str | None:
    """Tell when the deployment was started by a worker that did not finish it; None on a fresh start."""
    last = events.last_of(c, deployment, _NEW_START, "held")
    return last.at if last is not None and last.phase == _NEW_START else None


def _outcome(ended: Deployment) -> State:
    states = [run.state for run in ended.regions]
    if ended.state == "cancelling":
        # Regions that were held when the cancellation came will not be resumed.
        states = ["cancelled" if state == "held" else state for state in states]
    return outcome(ended.kind, states, ended.cancel_requested)


def container_status(c: Connection, ended: Deployment, state: State) -> ContainerStatus:
    """Judge a container after `ended` by what its active regions run; one bad region makes it an error.

    A region in which the latest was cancelled or held goes on with the revision that got there before.
    """
    if ended.kind == "terminate" and state == "done":
        return "terminated"
    latest = deployments.latest_states(c, ended.container_id)
    return "running" if latest and set(latest.values()) == {"running"} else "error"


def _summary(ended: Deployment) -> str:
    """Count the regions by how they ended: `2 running, 1 unreachable`; of held ones say why."""
    states = [run.state for run in ended.regions]
    counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    why = next((run.message for run in ended.regions if run.state == "held"), "")
    return f"{counted}; {why}" if why else counted
