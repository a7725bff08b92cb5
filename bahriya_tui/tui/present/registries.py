"""Registries as rows and sheets."""

from bahriya_tui.model import ecr
from bahriya_tui.model.checked import Checked
from bahriya_tui.model.connection import ConnectionSettings, settings_of
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.model.providers import provider_of
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import is_loopback
from bahriya_tui.tui.present import checks, expiry, lint, removals
from bahriya_tui.tui.present.text import (
    LISTED,
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
    rest,
)
from bahriya_tui.tui.view import View

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
        _condition(registry, view, now),
        cell(count(len(users), "container")) if users else cell("unused", "dim"),
        _confirmed(registry, view) if registry.deleting else _checked(registry, view),
    )


def words(registry: Registry, view: View, now: str) -> str:
    """Give what a filter looks through."""
    told = f"{registry.handle} {registry.server} {registry.username} {registry.name}".lower()
    return f"{told} {expiry.words(expiry.due(view, registry.id), now)}"


def _condition(registry: Registry, view: View, now: str) -> Cell:
    if registry.deleting:
        return cell("being deleted", "warn")
    if registry.id in view.world.reentry:
        return cell("needs re-entry", "bad")
    check = view.world.checks.get(registry.id)
    if check is not None and (check.result or {}).get("login") == "rejected":
        return cell("rejected", "bad")
    return expiry.end(expiry.due(view, registry.id), now)


def _confirmed(registry: Registry, view: View) -> Cell:
    far = view.world.deletions.get(registry.id)
    return NONE if far is None else cell(far.short, "warn")


def _deleting(registry: Registry, view: View) -> list[Fact | Note]:
    far = view.world.deletions.get(registry.id)
    if far is None or registry.deleting_since is None:
        return []
    asked = f"since {moment(registry.deleting_since)}, by {literal(registry.deleting_by or '')}"
    return [fact("Being deleted", far.words, "warn"), Note(asked, "dim")]


def _password(registry: Registry, view: View) -> Fact:
    if registry.deleting:
        return fact("Password", "destroyed", "dim")
    reason = view.world.reentry.get(registry.id)
    if reason is None and ecr.mints(registry.server, registry.username):
        return fact("Password", "secret of an IAM key, sealed; regions get tokens made with it", "dim")
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


def connection(registry: Registry) -> str:
    """Say how it is asked from here."""
    plain = registry.plain_http or (is_loopback(registry.server) and registry.ca_file is None)
    ca = f", trusting {registry.ca_file}" if registry.ca_file else ""
    proxy = f"proxy {registry.proxy}" if registry.proxy else "no proxy"
    return f"{'plain HTTP' if plain else 'TLS'}{ca}, {proxy}"


def last_check(registry: Registry, view: View) -> Checked | None:
    """Give the latest finished check: of the current version, or else of another one; None without any."""
    from bahriya_tui.operations.check import read_result

    world = view.world
    check = world.checks.get(registry.id) or world.former_checks.get(registry.id)
    if check is None or check.result is None:
        return None
    return Checked(registry.handle, check.version, check.finished_at or "", read_result(check.result))


def _last_check(registry: Registry, view: View, now: str) -> list[Fact]:
    checked = last_check(registry, view)
    if checked is None:
        return [Fact("Last check", _checked(registry, view))]
    return [
        Fact("Last check", checks.verdict(checked.result)),
        Fact("Checked", (*checks.whose(checked, registry), ("; ", "dim"), *checks.when(checked, now))),
    ]


def refusal(registry: Registry, view: View) -> str:
    """Say why the last check spoke against it; nothing where it did not."""
    check = view.world.checks.get(registry.id)
    result = (check.result if check is not None else None) or {}
    return "" if result.get("login") in ("accepted", "not needed") else str(result.get("reason", ""))


def sheet(registry: Registry, view: View, now: str) -> Sheet:
    """Tell all about one registry."""
    users = view.links.get(registry.id, ())
    secrets = view.secrets.get(registry.id, ())
    parts: list[Heading | Fact | Note] = [
        *([fact("Name", registry.name)] if registry.name else []),
        *_deleting(registry, view),
        fact("Server", registry.server),
        fact("Provider", provider_of(registry.server, registry.username).name),
        fact(
            "Connection", connection(registry), "" if settings_of(registry) != ConnectionSettings() else "dim"
        ),
        fact("Username", registry.username),
        _password(registry, view),
        fact("Version", f"v{registry.version}"),
        expiry.fact(expiry.due(view, registry.id), now),
        *_last_check(registry, view, now),
        fact("Changed", ago(registry.updated_at, now)),
        fact("Created", moment(registry.created_at), "dim"),
        *lint.parts(registry, view, now),
        Heading(f"Used by {count(len(users), 'container')}"),
    ]
    parts += [Fact(c.handle, cell(image)) for c in users[:LISTED] for image in c.images_from(registry.id)]
    parts += rest(len(users))
    if not users:
        parts.append(Note("No container names it. Link one on the Containers screen with l.", "dim"))
    regions = sorted({s.region for s in secrets})
    parts.append(Heading(f"Applied in {count(len(regions), 'region')}"))
    for region in regions:
        there = sorted((s for s in secrets if s.region == region), key=lambda s: (s.version, s.holds))
        parts.append(fact(region, listed([_held(one, now) for one in there])))
    if not regions:
        parts.append(Note("The next deployment of a linked container takes it there.", "dim"))
    parts += _pulls(registry, view)
    parts += removals.parts([r for r in view.world.removals if removals.concerns(r, registry.handle)], now)
    return Sheet(literal(registry.handle), tuple(parts))


def _held(one: AppliedSecret, now: str) -> str:
    held = f"v{one.version}" if one.holds == one.version else f"v{one.version} with the token of v{one.holds}"
    return f"{held}, {ecr.ending(one.expires_at, one.refresh_at, now)}" if one.expires_at else held


def _pulls(registry: Registry, view: View) -> list[Heading | Fact | Note]:
    """Say which containers pull with which version, unlinked ones too; nothing where none does."""
    pulls = view.pulls.get(registry.id)
    if not pulls:
        return []
    parts: list[Heading | Fact | Note] = [Heading("Pulls with")]
    for version, where in sorted(pulls.items()):
        told = [f"{name} in {count(regions, 'region')}" for name, regions in sorted(where.items())]
        tone: Tone = "good" if version == registry.version else "warn"
        parts.append(fact(f"v{version}", listed(told), tone))
    return parts
