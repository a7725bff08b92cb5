"""Registries as rows and sheets."""

from bahriya_tui.model.registry import Registry, days_left
from bahriya_tui.tui.present import removals
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
    listed,
    literal,
    moment,
    today,
)
from bahriya_tui.tui.view import View

SOON = 14
"""Days before its expiry from which a registry is flagged."""

COLUMNS = (
    Column("Handle", 14, grow=2),
    Column("Server", 21, grow=3),
    Column("Username", 14, grow=2, drop=2),
    Column("Version", 7),
    Column("Expires", 15),
    Column("Used by", 12),
    Column("Last check", 14, drop=1),
)


def cells(registry: Registry, view: View, now: str) -> tuple[Cell, ...]:
    """Draw one registry as a row."""
    users = view.links.get(registry.id, ())
    return (
        cell(registry.handle, "name"),
        cell(registry.server),
        cell(registry.username, "dim"),
        cell(f"v{registry.version}" if registry.version else "none yet"),
        cell("needs re-entry", "bad") if registry.id in view.world.reentry else expiry(registry, now),
        cell(count(len(users), "container")) if users else cell("unused", "dim"),
        _checked(registry, view),
    )


def words(registry: Registry) -> str:
    """Give what a filter looks through."""
    return f"{registry.handle} {registry.server} {registry.username} {registry.name}".lower()


def expiry(registry: Registry, now: str) -> Cell:
    """Say when the credential ends; by word when that is soon or past."""
    left = days_left(registry, today(now))
    if left is None:
        return NONE
    if left < 0:
        return cell(f"expired {-left} d ago", "bad")
    if left <= SOON:
        return cell("expires today" if left == 0 else f"expires in {left} d", "warn")
    return cell(registry.expires or "")


def _password(registry: Registry, view: View) -> Fact:
    reason = view.world.reentry.get(registry.id)
    if reason is None:
        return fact("Password", "sealed; it can be replaced, never read", "dim")
    return fact("Password", f"needs re-entry: {reason}; rotate it with r", "bad")


def _checked(registry: Registry, view: View) -> Cell:
    check = view.world.checks.get(registry.id)
    if check is None:
        return cell("not checked", "dim")
    if check.state != "done" or check.result is None:
        return cell("checking", "accent")
    login = str(check.result.get("login", ""))
    tones: dict[str, Tone] = {"accepted": "good", "not needed": "good", "rejected": "bad"}
    return cell(login or "failed", tones.get(login, "warn"))


def sheet(registry: Registry, view: View, now: str) -> Sheet:
    """Tell all about one registry."""
    users = view.links.get(registry.id, ())
    secrets = view.secrets.get(registry.id, ())
    parts: list[Heading | Fact | Note] = [
        *([fact("Name", registry.name)] if registry.name else []),
        fact("Server", registry.server),
        fact("Username", registry.username),
        _password(registry, view),
        fact("Version", f"v{registry.version}"),
        Fact("Expires", expiry(registry, now)),
        Fact("Last check", _checked(registry, view)),
        fact("Changed", ago(registry.updated_at, now)),
        fact("Created", moment(registry.created_at), "dim"),
        Heading(f"Used by {count(len(users), 'container')}"),
    ]
    parts += [Fact(c.handle, cell(image)) for c in users for image in c.images_from(registry.id)]
    if not users:
        parts.append(Note("No container names it. Link one on the Containers screen with l.", "dim"))
    regions = sorted({s.region for s in secrets})
    parts.append(Heading(f"Applied in {count(len(regions), 'region')}"))
    for region in regions:
        versions = sorted(s.version for s in secrets if s.region == region)
        parts.append(fact(region, listed([f"v{v}" for v in versions])))
    if not regions:
        parts.append(Note("The next deployment of a linked container takes it there.", "dim"))
    parts += removals.parts([r for r in view.world.removals if removals.concerns(r, registry.handle)], now)
    return Sheet(literal(registry.handle), tuple(parts))
