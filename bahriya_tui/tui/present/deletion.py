"""The deletion of a registry, in words: whom it hurts, and how far each region is afterwards."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bahriya_tui.model.container import Removal
from bahriya_tui.model.deletion import Deletion
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.tui.present.removals import next_try
from bahriya_tui.tui.present.text import (
    NONE,
    Cell,
    Column,
    Fact,
    Heading,
    Note,
    Sheet,
    Tone,
    cell,
    count,
    listed,
    literal,
)

if TYPE_CHECKING:
    from bahriya_tui.operations.delete import LinkedContainer, RegistryDeletion

State = Literal["removing", "gone", "unreachable", "failed"]

COLUMNS = (
    Column("Region", 15, grow=1),
    Column("State", 19),
    Column("Next try", 9, drop=1),
    Column("What becomes of it", 22, grow=4, drop=2),
)

_STATES: dict[State, Cell] = {
    "removing": (("○ removing", "accent"),),
    "gone": (("● gone", "good"),),
    "unreachable": (("▲ cannot be reached", "warn"),),
    "failed": (("✕ failed", "bad"),),
}

NAMED = 500
"""Linked containers and init jobs that the warning names one by one; there may be many thousands."""

_WAYS = "Unlinked containers deploy without credentials from then on; the others keep naming it, as missing."


@dataclass(frozen=True, slots=True)
class Place:
    """One region that the pull secrets of a registry have to go from."""

    region: str
    left: tuple[Removal, ...]
    """What is still pending there."""
    begun: bool = True
    """Whether the picture of the store shows the deletion already."""

    @property
    def state(self) -> State:
        """Say how far it is here."""
        if not self.begun or any(not one.answered for one in self.left):
            return "removing"
        if not self.left:
            return "gone"
        return "unreachable" if all(one.unreachable for one in self.left) else "failed"

    @property
    def why(self) -> str:
        """Say what stands in the way, as the worker or the region told it."""
        told = [one for one in self.left if one.last_error]
        refused = [one for one in told if not one.unreachable]
        return literal((refused or told)[0].trouble) if told else ""

    def next_try(self, now: str) -> str:
        """Say when it is tried again."""
        return next_try(min(one.next_try_at for one in self.left), now) if self.left else ""


def places(regions: Iterable[str], removals: Iterable[Removal], *, begun: bool = True) -> tuple[Place, ...]:
    """Put together, by region, what is still pending of one deletion."""
    left = tuple(removals)
    named = sorted({*regions, *(one.region for one in left)})
    return tuple(Place(id_, tuple(one for one in left if one.region == id_), begun) for id_ in named)


def cells(place: Place, now: str) -> tuple[Cell, ...]:
    """Draw one region as a row."""
    state = place.state
    told: dict[State, str] = {
        "removing": place.why,
        "gone": "confirmed",
        "unreachable": f"will be removed later: {place.why}",
        "failed": place.why,
    }
    due = place.next_try(now) if state in ("unreachable", "failed") else ""
    return (
        cell(place.region, "name"),
        _STATES[state],
        cell(due, "dim") if due else NONE,
        cell(told[state], "dim" if state == "gone" else "") if told[state] else NONE,
    )


def sentence(place: Place, now: str) -> tuple[str, Tone]:
    """Tell all about one region."""
    region, state = literal(place.region), place.state
    secrets = count(len(place.left), "pull secret")
    if state == "gone":
        return f"{region} has confirmed that the pull secrets are gone.", "good"
    if state == "removing":
        return f"{region}: {f'{place.why}.' if place.why else 'the pull secrets are being removed.'}", ""
    due = f"next try {place.next_try(now)}, t tries it now"
    if state == "unreachable":
        return f"{region} cannot be reached: {place.why}. {secrets} will be removed later; {due}.", "warn"
    return f"{region} does not let {secrets} go: {place.why}. The worker keeps trying; {due}.", "bad"


def headline(handle: str, there: Sequence[Place], *, gone: bool, unlinked: int = 0) -> tuple[Cell, Cell]:
    """Say how far the deletion is, and what comes next; `gone` says that the registry itself has gone."""
    name, far = cell(f"{handle}   ", "name"), progress(there)
    before: Cell = cell(f"{_were_unlinked(unlinked)} ", "dim") if unlinked else ()
    if not gone:
        last = "Its credentials are destroyed. The registry itself goes last, when every region has answered."
        return name + cell(f"○ being deleted: {far.words}", "accent"), before + cell(last, "dim")
    if not far.put_off:
        return name + cell(f"● deleted: {far.words}", "good"), before + cell("Nothing is left of it.", "dim")
    left = "Its handle is free again. The worker keeps trying where something is left."
    return name + cell(f"▲ deleted: {far.words}", "warn"), before + cell(left, "dim")


def progress(there: Sequence[Place]) -> Deletion:
    """Sum up the regions as the store does."""
    return Deletion(
        confirmed=tuple(one.region for one in there if one.state == "gone"),
        put_off=tuple(one.region for one in there if one.state in ("unreachable", "failed")),
        waiting=tuple(one.region for one in there if one.state == "removing"),
    )


def outcome(plan: "RegistryDeletion", pending: int, *, unlinked: int) -> tuple[str, ...]:
    """Say what was done: how many containers were unlinked, how many pull secrets are on the way out."""
    how = "is being deleted" if pending else "was deleted"
    return (
        f"Registry {plan.registry.handle} {how}.",
        _were_unlinked(unlinked) if unlinked else "",
        f"{count(pending, 'pull secret')} on the way out." if pending else "",
    )


def users(plan: "RegistryDeletion") -> int:
    """Count the containers that name the registry, if only in an init job."""
    return len({one.handle for one in plan.containers})


def redeployable(plan: "RegistryDeletion") -> list[str]:
    """Name the containers that a deployment would rid of the registry: unlinked, running with it."""
    return [one.container for one in plan.still_running if one.exists]


def warning(plan: "RegistryDeletion", runs: Sequence[Deployment]) -> Sheet:
    """Tell the whole blast radius: the sums first, then what refuses the deletion, then each container."""
    parts: list[Heading | Fact | Note] = []
    if plan.containers:
        states = Counter({one.handle: one.status for one in plan.containers}.values())
        told = ", ".join(f"{number} {state}" for state, number in states.most_common())
        parts.append(Note(f"Status: {told}.", "dim"))
    if plan.still_running:
        names = listed([literal(one.container) for one in plan.still_running])
        parts.append(Note(f"Not linked, but still running with it: {names}.", "warn"))
    parts += [Note(_needed(plan.deployments, runs), "bad")] if plan.deployments else []
    parts.append(Note(_destroyed(plan), "warn"))
    if plan.containers:
        parts += [Note(_WAYS, "dim"), Heading("Linked to it")]
        parts += [part for one in plan.containers[:NAMED] for part in _linked(one)]
        more = len(plan.containers) - NAMED
        parts += [Note(f"and {more} more; / on the Containers screen finds them", "dim")] if more > 0 else []
    if plan.still_running:
        parts.append(Heading("Not linked to it, but running with it"))
        parts += [Note(f"{literal(one.consequence)}.") for one in plan.still_running]
        parts += _offer(redeployable(plan))
    return Sheet(_sums(plan.containers), tuple(parts))


def _sums(linked: Sequence["LinkedContainer"]) -> str:
    if not linked:
        return "No container is linked to it."
    own = sum(one.init_job is None for one in linked)
    jobs = len(linked) - own
    what = [*([count(own, "container")] if own else []), *([count(jobs, "init job")] if jobs else [])]
    running = {one.handle: one.replicas * len(one.regions) for one in linked}
    regions = {region for one in linked for region in one.regions}
    verb = "uses" if len(linked) == 1 else "use"
    where = f"{count(sum(running.values()), 'replica')} in {count(len(regions), 'region')}"
    return f"{' and '.join(what)} still {verb} it: {where if regions else 'none runs anywhere'}."


def _needed(deployments: Sequence[int], runs: Sequence[Deployment]) -> str:
    known = {run.id: f"{run.id} of {literal(run.container)} ({run.state})" for run in runs}
    named = listed([known.get(number, str(number)) for number in deployments])
    those = "that has ended" if len(deployments) == 1 else "those have ended"
    noun = "deployment" if len(deployments) == 1 else "deployments"
    return f"Needed by {noun} {named}: the deletion is refused until {those}. 4, then c, cancels one."


def _destroyed(plan: "RegistryDeletion") -> str:
    regions = sorted({literal(secret.region) for secret in plan.secrets})
    where = (
        f"its pull secrets are removed from {listed(regions)}" if regions else "no region has a pull secret"
    )
    return f"Its credentials, all versions, are destroyed at once; {where}."


def _linked(one: "LinkedContainer") -> list[Note]:
    where = (
        f"{count(one.replicas, 'replica')} in {listed(list(one.regions), 3)}" if one.regions else "nowhere"
    )
    return [
        Note(literal(f"{one.what}   {one.image}"), "name"),
        Note(literal(f"{one.status}, {where}"), "dim"),
        Note(literal(f"{one.consequence}.")),
    ]


def _offer(handles: Sequence[str]) -> list[Note]:
    if not handles:
        return []
    names = literal(listed(list(handles)))
    return [Note(f"“Redeploy first” deploys {names} without it; delete the registry afterwards.", "accent")]


def _were_unlinked(number: int) -> str:
    return f"{count(number, 'container')} {'was' if number == 1 else 'were'} unlinked."
