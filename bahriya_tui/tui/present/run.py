"""One deployment being watched: its headline, its regions with their bars, what it waits for, its log."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bahriya_tui.keyboard.in_use import sign
from bahriya_tui.model import phases
from bahriya_tui.model.clock import duration
from bahriya_tui.model.deployment import (
    ACTIVE,
    REGION_ENDED,
    REGION_MOVES,
    Deployment,
    RegionRun,
)
from bahriya_tui.model.event import Event
from bahriya_tui.model.waves import canary_of, soak_left
from bahriya_tui.tui.present.deployments import PHASES, STATES, progress
from bahriya_tui.tui.present.regions import named, protection
from bahriya_tui.tui.present.text import NONE, Cell, Column, Tone, cell, count, literal, span

REGION_COLUMNS = (
    Column("Region", 15, grow=1),
    Column("Wave", 4, drop=1, right=True),
    Column("Phase", 13),
    Column("Progress", 14),
    Column("Here", 6, right=True),
    Column("Total", 6, right=True),
    Column("Last event", 6, grow=4),
)

LOG_COLUMNS = (
    Column("Time", 8),
    Column("Region", 15),
    Column("Phase", 13),
    Column("Event", 20, grow=1),
)

BAR = 8

_EVENT_TONES: dict[str, Tone] = {str(state): known[1] for state, known in PHASES.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says of one region."""

    state: str
    since: str
    """When it came into that state."""
    last: str
    """The latest that was said of it."""


def told(log: Iterable[Event]) -> dict[str, Told]:
    """Read from the log, oldest event first, how each region stands and since when."""
    known: dict[str, Told] = {}
    for event in log:
        if event.region is None:
            continue
        before = known.get(event.region)
        moves = event.phase in REGION_MOVES and (before is None or before.state != event.phase)
        state, since = (event.phase, event.at) if moves or before is None else (before.state, before.since)
        known[event.region] = Told(state, since, event.message or phases.words(event.phase))
    return known


def region_cells(
    region: RegionRun, heard: Told | None, now: str, protected: bool = False
) -> tuple[Cell, ...]:
    """Draw one region: wave, phase, bar with replicas, time in this phase and in total, the last event."""
    mark, tone = PHASES[region.state]
    replicas = f" {region.updated or 0}/{region.replicas}" if region.replicas is not None else ""
    message = region.message or (heard.last if heard else "")
    return (
        named(region.region, protected),
        cell(region.wave + 1, "dim"),
        cell(f"{mark} {phases.words(region.state)}", tone),
        (*bar(region), (replicas, "")),
        ((_here(region, heard, now), ""),),
        ((span(region.started_at, region.finished_at, now), "dim"),),
        ((literal(message), message_tone(region)),),
    )


def _here(region: RegionRun, heard: Told | None, now: str) -> str:
    """Tell for how long a region has been in its phase; nothing once it has ended there."""
    ended = region.state in REGION_ENDED - {"held"}
    return "" if ended or heard is None or heard.state != region.state else span(heard.since, None, now)


def message_tone(region: RegionRun) -> Tone:
    """Give the tone of what a region says: bad where it went wrong, a warning where it is held."""
    if region.state in ("failed", "unreachable"):
        return "bad"
    return "warn" if region.state == "held" else ""


def bar(region: RegionRun) -> Cell:
    """Draw how far a region is; while rolling, by new replicas."""
    _, tone = PHASES[region.state]
    full = round(phases.share(region) * BAR)
    return (("━" * full, tone), ("─" * (BAR - full), "dim"))


def only_of(log: Sequence[Event], region: str | None) -> Sequence[Event]:
    """Give the events of `region` alone; with None all of them."""
    return log if region is None else [event for event in log if event.region == region]


def log_cells(event: Event) -> tuple[Cell, ...]:
    """Draw one event as a line of the log."""
    return (
        cell(event.at[11:19], "dim"),
        cell(event.region) if event.region else NONE,
        cell(phases.words(event.phase), _EVENT_TONES.get(event.phase, "")),
        cell(event.message) if event.message else (("", ""),),
    )


def headline(run: Deployment, now: str) -> Cell:
    """Say in one line what this deployment is and how it stands."""
    verb = "deploys" if run.kind == "deploy" else "terminates"
    mark, tone = STATES[run.state]
    took = span(run.started_at, run.finished_at, now)
    return (
        (f"{literal(run.container)} ", "name"),
        (f"revision {run.revision}, {verb} {literal(run.spec.image)}   ", "dim"),
        (f"{mark} {run.state} {progress(run)}", tone),
        (f"   {took}" if took else "", "dim"),
    )


def manner(run: Deployment, protected: Collection[str] = ()) -> Cell:
    """Say in one line in which order it goes, what is protected, and how long its credentials were open."""
    waves = max((region.wave for region in run.regions), default=0) + 1
    order = ["all regions at once" if waves == 1 else count(waves, "wave")]
    order += [f"canary {literal(run.canary)}"] if run.canary else []
    order += [f"soak {duration(run.soak_seconds)}"] if run.soak_seconds else []
    order += ["gate open" if run.gate == "open" else "gate"] if run.gate != "none" else []
    exposed: list[tuple[str, Tone]] = []
    if run.plaintext_ms is not None:
        exposed.append((f"   password open {run.plaintext_ms:.0f} ms", "dim"))
    if run.isolation is not None:
        exposed.append((f"   isolation {run.isolation}", "dim" if run.isolation == "full" else "warn"))
    guarded = protection(sum(region.region in protected for region in run.regions))
    return ((", ".join(order), "dim"), (f"   {guarded}" if guarded else "", "warn"), *exposed)


def waiting(run: Deployment, now: str) -> Cell:
    """Say what it waits for and which key lets it go on; empty when it waits for nothing."""
    if run.waits_for_unlock:
        return ((f"The vault is locked. Press {sign('run.unlock')} to unlock it.", "warn"),)
    if run.state in ACTIVE:
        return _soaking(run, now)
    held = [region for region in run.regions if region.state == "held"]
    if run.state != "held" or not held:
        return ()
    why = literal(held[0].message)
    wait = "1 region is held" if len(held) == 1 else f"{len(held)} regions are held"
    return (
        (f"{wait}: {why}. Press {sign('run.resume')} to go on, {sign('run.cancel')} to stop here.", "warn"),
    )


def _soaking(run: Deployment, now: str) -> Cell:
    left, canary = soak_left(run, now), canary_of(run)
    if left is None or canary is None:
        return ()
    then = "waits for approval" if run.gate == "closed" else "the other regions begin"
    minutes, seconds = divmod(round(left), 60)
    whole = duration(run.soak_seconds)
    return (
        (
            f"Canary {literal(canary.region)} soaks: {minutes}:{seconds:02} left of {whole}, then {then}.",
            "accent",
        ),
    )
