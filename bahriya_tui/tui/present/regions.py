"""Regions as rows and sheets."""

from collections.abc import Collection, Iterable

from bahriya_tui.model.region import Region
from bahriya_tui.tui.present import plot, removals
from bahriya_tui.tui.present.text import (
    LISTED,
    NONE,
    Cell,
    Column,
    Fact,
    Heading,
    Note,
    Part,
    Sheet,
    Signs,
    ago,
    cell,
    count,
    fact,
    listed,
    literal,
    moment,
    rest,
)
from bahriya_tui.tui.view import View

SIGN = "◆"
"""Stands before the id of a protected region, and before the word."""

COLUMNS = (
    Column("Region", 16, grow=2),
    Column("City", 13, grow=1),
    Column("Country", 13, grow=1, drop=2),
    Column("Status", 13),
    Column("Containers", 10, right=True),
    Column("Pending", 18, grow=1),
    Column("Last seen", 10, drop=1),
    Column("Latency", 8, drop=3, right=True),
)

NO_ANSWER = "✕"


def cells(region: Region, view: View, now: str) -> tuple[Cell, ...]:
    """Draw one region as a row."""
    left = view.removals.get(region.id, ())
    running = len(view.in_region.get(region.id, ()))
    return (
        named(region.id, region.protected),
        cell(region.city),
        cell(region.country),
        status(region),
        cell(running) if running else NONE,
        cell(f"! {count(len(left), 'removal')}", "warn") if left else NONE,
        cell(ago(region.last_seen_at, now), "dim"),
        cell(milliseconds(region.latency), "dim") if region.latency is not None else NONE,
    )


def words(region: Region) -> str:
    """Give what a filter looks through."""
    protected = "protected" if region.protected else ""
    return f"{region.id} {region.name} {region.city} {region.country} {region.status} {protected}".lower()


def named(id_: str, protected: bool) -> Cell:
    """Write the id of a region; a protected one by sign and colour."""
    return ((f"{SIGN} ", "warn"), (literal(id_), "warn")) if protected else cell(id_, "name")


def protection(number: int) -> str:
    """Say how many regions are protected, which explains the sign; empty for none."""
    return f"{SIGN} {number} protected" if number else ""


def warning(regions: Iterable[str], protected: Collection[str]) -> str:
    """Name the protected ones among `regions` in a sentence for a form; empty for none."""
    found = [region for region in regions if region in protected]
    return f" {SIGN} Protected: {listed(found)}." if found else ""


def status(region: Region) -> Cell:
    """Say whether the region answered when it was last asked."""
    if region.status == "active":
        return cell("● active", "good")
    return cell(f"✕ {region.status}", "bad")


_PROTECTED = (
    fact("Protected", f"{SIGN} yes", "warn"),
    Note("Its id has to be typed before anything is changed there.", "dim"),
)


def milliseconds(latency: float | None) -> str:
    """Write a latency: `8.1 ms`, `140 ms`, `no answer`."""
    if latency is None:
        return "no answer"
    return f"{latency:.1f} ms" if latency < 9.95 else f"{latency:.0f} ms"


def latencies(region: Region) -> list[Part]:
    """Draw how long the latest contacts took to connect; nothing before there are two to compare."""
    contacts = region.contacts
    known = [latency for latency in contacts if latency is not None]
    if len(known) < 2:
        return []
    failed = len(contacts) - len(known)
    drawn = plot.plot(contacts, NO_ANSWER)
    return [
        Heading(f"Latency of the last {len(contacts)} contacts"),
        Signs(tuple((sign, "bad" if sign == NO_ANSWER else "accent") for sign in drawn)),
        Note(f"last {milliseconds(contacts[-1])}, median {milliseconds(plot.middle(known))}", "dim"),
        Note(f"from {milliseconds(min(known))} to {milliseconds(max(known))}", "dim"),
        *([Note(f"{NO_ANSWER} no answer, {count(failed, 'time')}", "dim")] if failed else []),
    ]


def sheet(region: Region, view: View, now: str) -> Sheet:
    """Tell all about one region."""
    there = view.in_region.get(region.id, ())
    parts: list[Part] = [
        *([fact("Name", region.name)] if region.name else []),
        fact("City", region.city),
        fact("Country", region.country),
        Fact("Status", status(region)),
        *(_PROTECTED if region.protected else ()),
        *([Note(literal(region.last_error), "bad")] if region.last_error else []),
        fact("Last seen", ago(region.last_seen_at, now)),
        Heading("Cluster"),
        fact("Server", region.server),
        fact("CA", f"{region.ca_fingerprint[:16]}…" if region.ca_fingerprint else "the system's"),
        fact("Context", region.context),
        fact("Kubeconfig", region.kubeconfig),
        fact("Added", moment(region.created_at), "dim"),
        *removals.parts(view.removals.get(region.id, ()), now),
        *latencies(region),
        Heading(count(len(there), "container")),
    ]
    parts += [fact(p.container, p.image) for p in there[:LISTED]]
    parts += rest(len(there))
    if not there:
        parts.append(Note("Nothing of this project runs here.", "dim"))
    return Sheet(literal(region.id), tuple(parts))
