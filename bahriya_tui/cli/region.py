"""`bahriya region`: the clusters that containers run in, known by contexts of a kubeconfig."""

import click

from bahriya_tui.cli import output, records, shapes
from bahriya_tui.cli.options import Common, common
from bahriya_tui.cli.protecting import insist, protected_option
from bahriya_tui.cli.region_rbac import rbac
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.region import Region
from bahriya_tui.operations.delete import delete_region
from bahriya_tui.operations.edit import edit_region
from bahriya_tui.operations.forget import forget_region, plan_forgetting
from bahriya_tui.operations.protect import naming
from bahriya_tui.operations.regions import (
    RegionPin,
    add_region,
    check_regions,
    plan_import,
    read_pin,
    take_regions,
)
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.store import regions, removals
from bahriya_tui.store.forgetting import GivenUp
from bahriya_tui.store.refusals import listed

_COLUMNS = ["id", "name", "city", "country", "context", "server", "status", "protected", "last_seen_at"]


@click.group("region", no_args_is_help=False)
def command() -> None:
    """The clusters that containers run in."""


command.add_command(rbac)


@command.command("add")
@click.argument("id_", metavar="ID")
@click.option("--context", required=True, metavar="C", help="Context in the kubeconfig.")
@click.option("--kubeconfig", metavar="F", help="Default: the first in $KUBECONFIG, or ~/.kube/config.")
@click.option("--name", default="", help="Name for display.")
@click.option("--city", default="", help="Where it is, for display.")
@click.option("--country", default="", help="Where that is, for display.")
@click.option("--protected/--no-protected", default=False, help="Whoever changes it has to name it.")
@common
def add(
    asked: Common,
    id_: str,
    context: str,
    kubeconfig: str | None,
    name: str,
    city: str,
    country: str,
    protected: bool,
) -> None:
    """Add a region. The server and CA named there now are remembered."""
    with open_session() as session:
        added = add_region(
            session,
            id_,
            context=context,
            kubeconfig=kubeconfig,
            name=name,
            city=city,
            country=country,
            protected=protected,
        )
        _tell(asked, added, f"was added: {added.server}")


@command.command("import")
@click.option("--kubeconfig", metavar="F", help="Default: the first in $KUBECONFIG, or ~/.kube/config.")
@click.option("--context", "contexts", multiple=True, metavar="C", help="Only this one; repeatable.")
@common
def import_(asked: Common, kubeconfig: str | None, contexts: tuple[str, ...]) -> None:
    """Add the contexts of a kubeconfig as regions of the same name."""
    with open_session() as session:
        plan = plan_import(session, kubeconfig, contexts or None)
        for sentence in plan.skipped:
            output.note(f"left out {sentence}")
        names = ", ".join(region.id for region in plan.regions)
        if plan.regions and not contexts:
            asked.confirm(f"Add {len(plan.regions)} regions: {names}?")
        added = take_regions(session, plan)
        if asked.json:
            output.listing([shapes.region(one) for one in added], [], as_json=True)
        output.say(f"{len(added)} regions were added{': ' if names else ''}{names}", as_json=asked.json)


@command.command("list")
@common
def list_(asked: Common) -> None:
    """List all regions."""
    with open_session() as session:
        known = [shapes.region(one) for one in regions.all(session.connection)]
        empty = "there is no region yet; add some with `bahriya region import`"
        output.listing(known, _COLUMNS, as_json=asked.json, empty=empty)


@command.command("show")
@click.argument("id_", metavar="ID")
@common
def show(asked: Common, id_: str) -> None:
    """Show a region and what still has to go from it."""
    with open_session() as session:
        found: records.RegionDetail = {
            **shapes.region(regions.get(session.connection, id_)),
            "pending_removals": shapes.removals(removals.pending(session.connection, region=id_)),
        }
        output.show(found, as_json=asked.json)


@command.command("edit")
@click.argument("id_", metavar="ID")
@click.option("--name", help="Name for display.")
@click.option("--city", help="Where it is, for display.")
@click.option("--country", help="Where that is, for display.")
@click.option("--context", metavar="C", help="Take server and CA from this context, as they are now.")
@click.option("--kubeconfig", metavar="F", help="The kubeconfig with that context; default: the region's.")
@click.option("--protected/--no-protected", default=None, help="Whoever changes it has to name it.")
@common
def edit(
    asked: Common,
    id_: str,
    name: str | None,
    city: str | None,
    country: str | None,
    context: str | None,
    kubeconfig: str | None,
    protected: bool | None,
) -> None:
    """Change what is shown of a region, whether it is protected, or where it leads."""
    with open_session() as session:
        pin = read_pin(session, id_, context, kubeconfig) if context or kubeconfig else None
        before = regions.get(session.connection, id_)
        moves = _moves(before, pin)
        if before.protected and (pin is not None or protected is False):
            asked.confirm_by_name(f"Region {id_} is protected. {moves or _LAID_OPEN}", id_)
            session = naming(session, [id_])
        elif moves:
            asked.confirm(moves)
        changed = edit_region(
            session, id_, name=name, city=city, country=country, pin=pin, protected=protected
        )
        _tell(asked, changed, "was changed")


@command.command("check")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@common
def check(asked: Common, ids: tuple[str, ...]) -> None:
    """Contact regions, all when none is named; 1 when one does not answer."""
    with open_session() as session:
        wanted = ids or tuple(one.id for one in regions.all(session.connection))
        found = check_regions(session, wanted)
        shown = [shapes.region(one) for one in found]
        output.listing(shown, ["id", "server", "status", "last_seen_at", "last_error"], as_json=asked.json)
        down = [one.id for one in found if one.status != "active"]
        if down:
            edit = f"bahriya region edit {down[0]} --kubeconfig F"
            hint = f"is the cluster up, and the network to it? If its kubeconfig moved: {edit}"
            raise Failed(f"{', '.join(down)} cannot be reached", hint)


@command.command("delete")
@click.argument("id_", metavar="ID")
@click.option("--forget", is_flag=True, help="Give up what is in it: its cluster is gone for good.")
@protected_option
@common
def delete(asked: Common, id_: str, forget: bool, named: tuple[str, ...]) -> None:
    """Delete a region that nothing is in. The cluster itself is not touched."""
    with open_session() as session:
        regions.get(session.connection, id_)
        if forget:
            _forget(asked, session, id_, named)
        else:
            asked.confirm(f"Delete region {id_}?")
            insist(asked, session, named, lambda s: delete_region(s, id_))
        if asked.json:
            output.show(records.RegionDeleted(id=id_, deleted=True), as_json=True)
        output.say(f"region {id_} was deleted", as_json=asked.json)


def _forget(asked: Common, session: Session, id_: str, named: tuple[str, ...]) -> None:
    """Ask the region once more, then whoever is there; say which tokens may still be found in it."""
    (asked_now,) = check_regions(session, [id_])
    left = _named(plan_forgetting(session, id_))
    silent = f"Region {id_} does not answer: {asked_now.last_error}."
    asked.confirm_by_name(f"{silent} Given up with it: {left or 'nothing that is known'}.", id_)
    meant = named if asked.yes else (*named, id_)
    done = insist(asked, session, meant, lambda s: forget_region(s, id_))
    for one in done.secrets:
        output.note(
            f"pull secret {one.name} of project {one.project} may still be in that cluster, with a token of "
            f"registry {one.registry}; if anybody could read it: bahriya registry rotate {one.registry}"
        )


def _named(left: GivenUp) -> str:
    found = (
        ("workloads", [f"{one.project}/{one.container}" for one in left.workloads]),
        ("pull secrets", [f"{one.project}/{one.name}" for one in left.secrets]),
        ("pending removals", [f"{one.kind} {one.project}/{one.name}" for one in left.removals]),
    )
    return "; ".join(f"{word} {listed(names)}" for word, names in found if names)


_LAID_OPEN = "Without that, nobody has to name it any more before changing what runs there."


def _moves(before: Region, pin: RegionPin | None) -> str:
    """Ask about the other server or CA that a region leads to with `pin`; empty when it stays where it is."""
    if pin is None or (pin.server, pin.ca_fingerprint) == (before.server, before.ca_fingerprint):
        return ""
    what = f"{before.server} to {pin.server}" if pin.server != before.server else "one CA to another"
    return f"Region {before.id} moves from {what}; credentials will go there. Is it the same cluster?"


def _tell(asked: Common, one: Region, what: str) -> None:
    if asked.json:
        output.show(shapes.region(one), as_json=True)
    output.say(f"region {one.id} {what}", as_json=asked.json)
