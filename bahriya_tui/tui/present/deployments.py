"""Deployments as rows and sheets; their regions as lines with a bar; their events as a log."""

from bahriya_tui.model import phases
from bahriya_tui.model.deployment import (
    REGION_ENDED,
    WAITING_FOR_UNLOCK,
    Deployment,
    RegionRun,
    RegionState,
    State,
)
from bahriya_tui.model.event import Event
from bahriya_tui.tui.present.text import (
    NONE,
    Cell,
    Column,
    Fact,
    Heading,
    Note,
    Sheet,
    Tone,
    ago,
    cell,
    count,
    fact,
    literal,
    span,
)

COLUMNS = (
    Column("No", 5, right=True),
    Column("Container", 14, grow=2),
    Column("Revision", 8, right=True),
    Column("Kind", 9, drop=2),
    Column("State", 13, grow=1),
    Column("Regions", 8),
    Column("Started", 12),
    Column("Took", 7, drop=1),
    Column("By", 10, drop=3),
)

REGION_COLUMNS = (
    Column("Region", 15, grow=1),
    Column("Phase", 13),
    Column("Progress", 15),
    Column("Message", 16, grow=4),
    Column("Time", 6, right=True),
)

LOG_COLUMNS = (
    Column("Time", 8),
    Column("Region", 15),
    Column("Phase", 13),
    Column("Event", 20, grow=1),
)

STATES: dict[State, tuple[str, Tone]] = {
    "queued": ("◌", "dim"),
    "running": ("◐", "accent"),
    "cancelling": ("◐", "warn"),
    "done": ("●", "good"),
    "partial": ("▲", "warn"),
    "failed": ("✕", "bad"),
    "cancelled": ("○", "dim"),
    "held": ("‖", "warn"),
}

PHASES: dict[RegionState, tuple[str, Tone, float]] = {
    "queued": ("◌", "dim", 0.0),
    "connecting": ("◐", "accent", 0.1),
    "preflight": ("◐", "accent", 0.2),
    "pull_secret": ("◐", "accent", 0.3),
    "workload": ("◐", "accent", 0.4),
    "rolling": ("◐", "accent", 0.5),
    "removing": ("◐", "accent", 0.5),
    "running": ("●", "good", 1.0),
    "terminated": ("○", "good", 1.0),
    "failed": ("✕", "bad", 0.0),
    "unreachable": ("✕", "bad", 0.0),
    "held": ("‖", "warn", 0.0),
    "cancelled": ("○", "dim", 0.0),
}
"""Of each region state: sign, tone, and how far along it is."""

_EVENT_TONES: dict[str, Tone] = {str(state): known[1] for state, known in PHASES.items()}

BAR = 10


def cells(run: Deployment, now: str) -> tuple[Cell, ...]:
    """Draw one deployment as a row."""
    return (
        cell(run.id, "dim"),
        cell(run.container, "name"),
        cell(run.revision),
        cell(run.kind, "dim"),
        state(run),
        cell(progress(run)),
        cell(ago(run.started_at or run.created_at, now), "dim"),
        cell(span(run.started_at, run.finished_at, now), "dim"),
        cell(run.created_by, "dim"),
    )


def words(run: Deployment) -> str:
    """Give what a filter looks through."""
    regions = " ".join(region.region for region in run.regions)
    return f"{run.id} {run.container} {run.kind} {run.state} {regions}".lower()


def state(run: Deployment) -> Cell:
    """Say how the whole deployment stands, by sign and word."""
    mark, tone = STATES[run.state]
    return cell(f"{mark} {run.state}", tone)


def progress(run: Deployment) -> str:
    """Count the regions that got where they should: `2/3`."""
    good = "running" if run.kind == "deploy" else "terminated"
    return f"{sum(region.state == good for region in run.regions)}/{len(run.regions)}"


def region_cells(region: RegionRun, now: str) -> tuple[Cell, ...]:
    """Draw one region of a deployment: phase, bar with replicas, message, time."""
    mark, tone, _ = PHASES[region.state]
    replicas = f" {region.updated or 0}/{region.replicas}" if region.replicas is not None else ""
    message_tone: Tone = "bad" if region.state in ("failed", "unreachable") else ""
    return (
        cell(region.region, "name"),
        cell(f"{mark} {phases.words(region.state)}", tone),
        (*bar(region), (replicas, "")),
        cell(region.message, message_tone) if region.message else (("", ""),),
        cell(span(region.started_at, region.finished_at, now), "dim"),
    )


def bar(region: RegionRun) -> Cell:
    """Draw how far a region is; while rolling, by new replicas."""
    _, tone, share = PHASES[region.state]
    if region.state == "rolling" and region.replicas:
        share += 0.5 * min(1.0, (region.updated or 0) / region.replicas)
    full = round(share * BAR)
    return (("━" * full, tone), ("─" * (BAR - full), "dim"))


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
        (_exposure(run), "dim"),
    )


def _exposure(run: Deployment) -> str:
    """Say for how long a credential was open, and how well its openers were locked in; empty without one."""
    if run.plaintext_ms is None:
        return ""
    return f"   password open {run.plaintext_ms:.0f} ms, isolation {run.isolation}"


def waits_for_unlock(run: Deployment) -> bool:
    """Tell whether a region says that the vault is locked."""
    return any(one.state == "pull_secret" and one.message == WAITING_FOR_UNLOCK for one in run.regions)


def short(run: Deployment, now: str) -> list[Heading | Fact | Note]:
    """Tell of a deployment within another sheet."""
    return [
        fact("Number", run.id),
        Fact("State", state(run)),
        fact("Asked for", f"{ago(run.created_at, now)} by {run.created_by}"),
        *_region_facts(run),
    ]


def _region_facts(run: Deployment) -> list[Heading | Fact | Note]:
    parts: list[Heading | Fact | Note] = []
    for region in run.regions:
        mark, tone, _ = PHASES[region.state]
        parts.append(fact(region.region, f"{mark} {phases.words(region.state)}", tone))
        if region.message and region.state in REGION_ENDED - {"running", "terminated"}:
            parts.append(Note(literal(region.message), "bad"))
    return parts


def sheet(run: Deployment, now: str) -> Sheet:
    """Tell all about one deployment."""
    spec = run.spec
    waves = max((region.wave for region in run.regions), default=0) + 1
    credentials = f"{spec.registry} v{spec.version}" if spec.registry and spec.version else spec.registry
    parts: list[Heading | Fact | Note] = [
        fact("Container", run.container),
        Fact("State", state(run)),
        fact("Asked for", f"{ago(run.created_at, now)} by {run.created_by}"),
        fact("Revision", run.revision),
        fact("Image", spec.image),
        fact("Registry", credentials or "none"),
        fact("Order", "all regions at once" if waves == 1 else count(waves, "wave")),
        fact("Took", span(run.started_at, run.finished_at, now)),
    ]
    if run.plaintext_ms is not None:
        parts.append(fact("Plaintext", f"{run.plaintext_ms:.0f} ms in memory of the opener", "dim"))
    if run.isolation is not None:
        tone: Tone = "dim" if run.isolation == "full" else "warn"
        parts.append(fact("Isolation", f"{run.isolation}, of the opener", tone))
    parts.append(Heading("Regions"))
    return Sheet(f"Deployment {run.id}", (*parts, *_region_facts(run)))
