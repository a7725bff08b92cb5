"""One place of the matrix as a sheet: what is there of a registry in a region, and why it is judged so."""

from bahriya_tui.model.handle import is_pull_secret_of
from bahriya_tui.model.observed import ObservedSecret
from bahriya_tui.tui.present import removals
from bahriya_tui.tui.present.matrix import SIGNS, Spot, advice
from bahriya_tui.tui.present.text import Fact, Heading, Note, Sheet, Tone, ago, fact, literal, moment
from bahriya_tui.tui.view import View

Parts = list[Heading | Fact | Note]


def sheet(spot: Spot, view: View, now: str) -> Sheet:
    """Tell all about one place."""
    place, facts = spot.place, spot.facts
    sign, _, tone = SIGNS[place.state]
    current = "deleted" if facts.current is None else f"v{facts.current}"
    parts: Parts = [
        fact("State", f"{sign} {place.state}", tone),
        *(Note(literal(one), tone) for one in place.detail.split("; ") if one),
        fact("Version there", "" if place.version is None else f"v{place.version}"),
        fact("Current", current),
        fact("Read", f"{moment(place.read_at)} UTC, {ago(place.read_at, now)}" if place.read_at else "never"),
    ]
    if told := advice(spot):
        parts += [Heading("What to do"), Note(told)]
        if place.hint and spot.rewriting is None:
            parts.append(fact("Command", place.hint, "dim"))
    parts += _secrets(spot)
    parts += _pulls(spot)
    left = view.removals.get(place.region, ())
    parts += removals.parts([one for one in left if removals.concerns(one, place.registry)], now)
    return Sheet(f"{spot.column} in {literal(place.region)}", tuple(parts))


def _secrets(spot: Spot) -> Parts:
    """Hold what was written there against what was seen there."""
    facts = spot.facts
    seen = {one.name: one for one in facts.secrets if is_pull_secret_of(facts.registry, one.name)}
    names = sorted(seen.keys() | {one.name for one in facts.applied})
    parts: Parts = [Heading("Pull secrets")]
    for name in names:
        tone, told = _seen(seen.get(name), read=spot.place.read_at is not None)
        parts += [Note(literal(name), "name"), Note(f"  {told}", tone)]
    return parts if names else []


def _seen(secret: ObservedSecret | None, *, read: bool) -> tuple[Tone, str]:
    if not read:
        return "dim", "written by us; not read back yet"
    if secret is None:
        return "bad", "written by us, and was not there"
    if secret.edited_by:
        return "bad", f"there, changed by {literal(secret.edited_by)}"
    held = "no known version" if secret.holds is None else f"v{secret.holds}"
    return "", f"there, holds {held}"


def _pulls(spot: Spot) -> Parts:
    """Name what pulls there with the registry's secrets; what was deployed, where nothing was read."""
    facts = spot.facts
    ours = {one.name for one in facts.applied} | {one.secret for one in facts.placements if one.secret}
    users = [(one.name, one.image) for one in facts.workloads if ours & set(one.secrets.split())]
    if spot.place.read_at is None:
        users = [(one.container, one.image) for one in facts.placements]
    parts: Parts = [Heading("Pulls with them")]
    parts += [fact(name, image) for name, image in dict(users).items()]
    return parts if users else [*parts, Note("Nothing was seen that does.", "dim")]
