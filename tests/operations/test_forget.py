"""A region that is given up: the audit log keeps which tokens may still lie there."""

from bahriya_tui.model.clock import now
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.edit import edit_container
from bahriya_tui.operations.forget import forget_region, plan_forgetting
from bahriya_tui.store import audit, containers, regions, removals
from tests.operations.conftest import REGIONS, Quiet, accept, define, end, start_deployment

LOST, *OTHERS = REGIONS


def lost(session: Quiet) -> None:
    """Run `web` everywhere, with v1 and then with v2; then one region does not answer any more."""
    define(session, "web")
    for _ in range(2):
        (plan,) = plan_deployment(session, "shop", ["web"])
        end(session, start_deployment(session, plan))
        accept(session, "team")
    with session.store.write() as tx:
        regions.seen(tx, LOST, now(), "no route to host")


def test_each_registry_is_told_of_with_the_versions_that_were_left_there(session: Quiet) -> None:
    lost(session)
    before = audit.since(session.connection)[-1].seq
    planned = plan_forgetting(session, LOST)

    assert forget_region(session, LOST) == planned

    told = [one for one in audit.since(session.connection) if one.seq > before]
    assert [(one.action, one.regions, one.registry, one.versions, one.outcome) for one in told] == [
        ("container.edited", LOST, None, "", "done"),
        ("region.forgotten", LOST, "team", "1 2", "done"),
        ("region.deleted", LOST, None, "", "partial"),
    ]


def test_what_was_to_go_from_there_is_not_tried_any_more(session: Quiet) -> None:
    lost(session)
    edit_container(session, "shop", "web", regions=OTHERS)
    assert removals.pending(session.connection, region=LOST)

    forget_region(session, LOST)

    assert removals.pending(session.connection, region=LOST) == []
    assert len(containers.placements(session.connection, "shop", "web")) == len(OTHERS)
