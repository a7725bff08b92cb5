"""Containers as rows and sheets."""

from collections import Counter

from bahriya_tui.model import clock
from bahriya_tui.model.container import Container, ContainerStatus, InitJob
from bahriya_tui.model.deployment import ACTIVE, Deployment
from bahriya_tui.tui.present import deployments, plot
from bahriya_tui.tui.present.text import (
    Cell,
    Column,
    Fact,
    Heading,
    Note,
    Part,
    Sheet,
    Signs,
    Tone,
    ago,
    cell,
    count,
    fact,
    literal,
)
from bahriya_tui.tui.view import View

COLUMNS = (
    Column("Handle", 11, grow=2),
    Column("Image", 21, grow=4),
    Column("Registry", 19, grow=1),
    Column("Type", 7, drop=2),
    Column("Replicas", 8, drop=3, right=True),
    Column("Regions", 7, drop=1, right=True),
    Column("Status", 18),
)

STATUS: dict[ContainerStatus, tuple[str, Tone]] = {
    "provisioning": ("◐", "accent"),
    "running": ("●", "good"),
    "error": ("✕", "bad"),
    "terminating": ("◌", "warn"),
    "terminated": ("○", "dim"),
}

HISTORY = 20
"""So many rollouts are drawn of a container."""


def cells(container: Container, view: View) -> tuple[Cell, ...]:
    """Draw one container as a row."""
    return (
        cell(container.handle, "name"),
        cell(container.image),
        registry(container),
        cell(container.type, "dim"),
        cell(container.replicas),
        cell(len(container.regions)),
        status(container, view),
    )


def words(container: Container) -> str:
    """Give what a filter looks through."""
    named = f"{container.registry or 'public'}{' missing' if container.registry_missing else ''}"
    regions = " ".join(container.regions)
    return f"{container.handle} {container.image} {named} {container.status} {regions}".lower()


def registry(container: Container | InitJob) -> Cell:
    """Name the registry: `ghcr (missing)` when it was deleted under the container."""
    if container.registry is None:
        return cell("none", "dim")
    if container.registry_missing:
        return ((literal(container.registry), "bad"), (" (missing)", "bad"))
    return cell(container.registry)


def status(container: Container, view: View) -> Cell:
    """Say how the container is, with the progress of a deployment that is under way."""
    if container.revision == 0:
        return cell("○ never deployed", "dim")
    mark, tone = STATUS[container.status]
    run = view.latest.get(container.id)
    if run is not None and run.state in ACTIVE:
        return cell(f"{mark} {container.status} {deployments.progress(run)}", tone)
    return cell(f"{mark} {container.status}", tone)


def sheet(container: Container, view: View, now: str) -> Sheet:
    """Tell all about one container."""
    parts: list[Part] = [
        *([fact("Name", container.name)] if container.name else []),
        fact("Image", container.image),
        Fact("Registry", registry(container)),
        *_why_missing(container),
        fact("Type", container.type),
        fact("Schedule", container.schedule)
        if container.schedule
        else fact("Replicas", f"{container.replicas} in each region"),
        *([fact("Port", container.port)] if container.port else []),
        Fact("Status", status(container, view)),
        fact("Revision", container.revision or "none yet"),
        fact("Changed", ago(container.updated_at, now), "dim"),
        Heading(f"Active in {count(len(container.regions), 'region')}"),
        *_regions(container, view),
    ]
    if container.init_jobs:
        parts.append(Heading("Init jobs"))
        parts += [Fact(job.name, _init_job(job)) for job in container.init_jobs]
    if container.env:
        parts.append(Heading("Environment"))
        parts += [fact(key, value) for key, value in container.env]
    parts += history(container, view)
    run = view.latest.get(container.id) or view.world.long_ago.get(container.id)
    if run is not None:
        parts.append(Heading("Latest deployment"))
        parts += deployments.short(run, now)
    return Sheet(literal(container.handle), tuple(parts))


def history(container: Container, view: View) -> list[Part]:
    """Draw how the latest rollouts went, by sign, and below how long each took; nothing for a single one."""
    of = [run for run in view.world.deployments if run.container_id == container.id and run.kind == "deploy"]
    runs = of[:HISTORY][::-1]
    if len(runs) < 2:
        return []
    marks = [deployments.STATES[run.state] for run in runs]
    took = [_took(run) for run in runs]
    known = [seconds for seconds in took if seconds is not None]
    parts: list[Part] = [Heading(f"{len(runs)} rollouts, the newest last"), Signs(tuple(marks))]
    if known:
        parts.append(Signs(tuple((sign, "accent") for sign in plot.plot(took))))
    counted = Counter(f"{mark} {run.state}" for run, (mark, _) in zip(runs, marks, strict=True))
    parts.append(Note(", ".join(f"{number} {state}" for state, number in counted.items()), "dim"))
    if known:
        told = f"took {clock.length(int(known[-1]))}, median {clock.length(int(plot.middle(known)))}"
        parts.append(Note(f"{told}, longest {clock.length(int(max(known)))}", "dim"))
    return parts


def _took(run: Deployment) -> float | None:
    if run.started_at is None or run.finished_at is None:
        return None
    return (clock.parse(run.finished_at) - clock.parse(run.started_at)).total_seconds()


def _init_job(job: InitJob) -> Cell:
    """Name the image of an init job and the registry that serves it."""
    if job.registry is None:
        return cell(job.image)
    return (*cell(f"{job.image}, "), *registry(job))


def _why_missing(container: Container) -> list[Note]:
    if not container.registry_missing:
        return []
    named = literal(container.registry or "")
    return [
        Note(
            f"The registry {named} was deleted. What runs keeps running; the next deployment cannot pull the "
            "image, because its pull secret is gone.",
            "bad",
        ),
        Note("Link another registry with l, or none when the image is public; then deploy with d.", "warn"),
        Note(f"A new registry called {named} is not linked by itself.", "dim"),
    ]


def _regions(container: Container, view: View) -> list[Fact]:
    placed = {p.region: p for p in view.placements.get(container.handle, ())}
    facts = []
    for region in (*container.regions, *(r for r in placed if r not in container.regions)):
        there = placed.get(region)
        if there is None:
            facts.append(fact(region, "not deployed yet", "dim"))
            continue
        version = f", credentials v{there.version}" if there.version else ""
        tone: Tone = "" if there.image == container.image else "warn"
        facts.append(fact(region, f"{there.image}{version}", tone))
    return facts
