"""Deployments as rows and sheets."""

from typing import TYPE_CHECKING

from bahriya_tui.keyboard.in_use import sign
from bahriya_tui.model import phases
from bahriya_tui.model.ambiguous import to_be_asked
from bahriya_tui.model.deployment import (
    REGION_ENDED,
    Deployment,
    RegionRun,
    RegionState,
    State,
)
from bahriya_tui.model.waves import BAD
from bahriya_tui.tui.present.text import (
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

if TYPE_CHECKING:
    from bahriya_tui.store.deployment_rows import Newest

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
    Column("Image", 24, grow=3, drop=4),
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

PHASES: dict[RegionState, tuple[str, Tone]] = {
    "queued": ("◌", "dim"),
    "connecting": ("◐", "accent"),
    "preflight": ("◐", "accent"),
    "pull_secret": ("◐", "accent"),
    "workload": ("◐", "accent"),
    "rolling": ("◐", "accent"),
    "removing": ("◐", "accent"),
    "running": ("●", "good"),
    "terminated": ("○", "good"),
    "failed": ("✕", "bad"),
    "unreachable": ("✕", "bad"),
    "held": ("‖", "warn"),
    "cancelled": ("○", "dim"),
}
"""Of each region state: sign and tone."""


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
        cell(run.spec.image, "dim"),
    )


def words(run: Deployment) -> str:
    """Give what a filter looks through."""
    regions = " ".join(region.region for region in run.regions)
    return f"{run.id} {run.container} {run.kind} {run.state} {regions}".lower()


def state(run: "Deployment | Newest") -> Cell:
    """Say how the whole deployment stands, by sign and word."""
    mark, tone = STATES[run.state]
    return cell(f"{mark} {run.state}", tone)


def progress(run: Deployment) -> str:
    """Count the regions that got where they should: `2/3`."""
    good = "running" if run.kind == "deploy" else "terminated"
    return f"{sum(region.state == good for region in run.regions)}/{len(run.regions)}"


def short(run: "Deployment | Newest", now: str) -> list[Heading | Fact | Note]:
    """Tell of a deployment within another sheet; of its regions only where it was read as a whole."""
    parts: list[Heading | Fact | Note] = [
        fact("Number", run.id),
        Fact("State", state(run)),
        fact("Asked for", f"{ago(run.created_at, now)} by {run.created_by}"),
    ]
    return [*parts, *_region_facts(run), *_checkable(run)] if isinstance(run, Deployment) else parts


def failure(region: RegionRun) -> str:
    """Say why a region did not get there: `helsinki-1: image not found`; nothing where it did, or may yet."""
    return f"{region.region}: {region.message}" if region.state in BAD and region.message else ""


def _region_facts(run: Deployment) -> list[Heading | Fact | Note]:
    parts: list[Heading | Fact | Note] = []
    for region in run.regions:
        mark, tone = PHASES[region.state]
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
    return Sheet(f"Deployment {run.id}", (*parts, *_region_facts(run), *_checkable(run)))


def _checkable(run: Deployment) -> list[Note]:
    """Say how to find out what a failed pull does not tell: whether it is the image or the credential."""
    return [
        Note(
            f"Image or credential? {sign('registries.test')} on registry {literal(registry)} asks it now, as "
            f"does: bahriya registry check {literal(registry)} --image {literal(image)}",
            "warn",
        )
        for registry, image in to_be_asked(run).items()
    ]
