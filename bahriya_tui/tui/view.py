"""One picture of the store, with the look-ups that screens need, made once per change and never altered."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bahriya_tui.model.container import AppliedSecret, Container, Placement, Removal
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.event import Event
from bahriya_tui.model.registry import Registry

if TYPE_CHECKING:
    from bahriya_tui.operations.inspect import World
    from bahriya_tui.operations.usage import Usage

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class View:
    """What all screens draw from: a frozen world and its look-ups."""

    world: "World"
    project: str | None
    log: tuple[Event, ...]
    """Events of the deployment that is being looked at, oldest first."""
    log_of: int | None
    links: dict[str, tuple[Container, ...]]
    """Registry id to the containers linked to it, if only by an init job."""
    latest: dict[str, Deployment]
    """Container id to its newest deployment; where that ended well long ago, it is in `world.long_ago`."""
    placements: dict[str, tuple[Placement, ...]]
    """Container handle to what of it is in regions."""
    in_region: dict[str, tuple[Placement, ...]]
    pulls: dict[str, dict[int, Counter[str]]]
    """Registry id to version to container handle: in how many regions its image was pulled with that."""
    removals: dict[str, tuple[Removal, ...]]
    """Region to what still has to go from it."""
    secrets: dict[str, tuple[AppliedSecret, ...]]
    """Registry id to its pull secrets in regions."""
    usage: "Usage | None" = None
    """Who pulls with which version of the registry that is being looked at."""
    protected: frozenset[str] = frozenset()
    """The regions whose ids are to be typed before anything is changed there."""

    @property
    def usable(self) -> tuple[Registry, ...]:
        """The registries that a container may be linked to: none that is being deleted."""
        return tuple(one for one in self.world.registries if not one.deleting)

    def deployment(self, number: int) -> Deployment | None:
        """Give the deployment of that number; None until the feed has read one that is not listed."""
        watched = () if self.world.watched is None else (self.world.watched,)
        return next((one for one in (*watched, *self.world.listed) if one.id == number), None)


def view_of(
    world: "World",
    project: str | None,
    log: tuple[Event, ...] = (),
    log_of: int | None = None,
    usage: "Usage | None" = None,
    before: View | None = None,
) -> View:
    """Build the look-ups of `world` for the screens; those of what is as `before` are taken over."""
    latest: dict[str, Deployment] = {}
    # What was read last comes last, and replaces what was read before of the same deployment.
    for deployment in (*world.failing, *world.unfinished, *world.deployments):
        known = latest.get(deployment.container_id)
        if known is None or known.id <= deployment.id:
            latest[deployment.container_id] = deployment
    if before is not None and before.world.containers is world.containers:
        links = before.links
    else:
        links = _grouped((id_, c) for c in world.containers for id_ in sorted(c.registries))
    if before is not None and before.world.placements is world.placements:
        placements, in_region, pulls = before.placements, before.in_region, before.pulls
    else:
        pulls = _pulls(world.placements)
        placements = _grouped((p.container, p) for p in world.placements)
        in_region = _grouped((p.region, p) for p in world.placements)
    return View(
        world=world,
        project=project,
        log=log,
        log_of=log_of,
        links=links,
        latest=latest,
        placements=placements,
        in_region=in_region,
        pulls=pulls,
        removals=_grouped((r.region, r) for r in world.removals),
        secrets=_grouped((s.registry_id, s) for s in world.secrets),
        usage=usage,
        protected=frozenset(region.id for region in world.regions if region.protected),
    )


def _pulls(placements: Iterable[Placement]) -> dict[str, dict[int, Counter[str]]]:
    found: dict[str, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for one in placements:
        if one.registry_id is not None and one.version is not None:
            found[one.registry_id][one.version][one.container] += 1
    return {id_: dict(versions) for id_, versions in found.items()}


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
