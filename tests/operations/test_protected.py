"""Nothing is changed in a protected region unless it is named: every verb there is, one after the other."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module

import pytest

from bahriya_tui import operations
from bahriya_tui.model.clock import now
from bahriya_tui.model.declared import read
from bahriya_tui.model.drift import Cell
from bahriya_tui.model.errors import NotFound
from bahriya_tui.model.protection import Protected
from bahriya_tui.operations.control import cancel, resume, retry, rollback
from bahriya_tui.operations.declare import carry_out, plan
from bahriya_tui.operations.delete import delete_container, delete_region, delete_registry
from bahriya_tui.operations.deploy import Plan, plan_deployment, start_deployments
from bahriya_tui.operations.edit import edit_container, edit_region
from bahriya_tui.operations.forget import forget_region
from bahriya_tui.operations.matrix import repair
from bahriya_tui.operations.protect import naming
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.regions import RegionPin
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.terminate import terminate
from bahriya_tui.store import audit, deployments, regions, secrets
from tests.operations.conftest import REGIONS, Quiet, accept, define, end, start_deployment
from tests.rows import rows

HELSINKI = "helsinki-1"
Act = Callable[[Session], object]


def planned(s: Quiet, *handles: str) -> list[Plan]:
    return plan_deployment(s, "shop", handles)


def deployed(s: Quiet) -> int:
    """Container `web` runs everywhere."""
    define(s, "web")
    run = start_deployments(s, planned(s, "web"))[0]
    end(s, run)
    return run.id


def deploying_one(s: Quiet) -> Act:
    define(s, "web")
    (plan,) = planned(s, "web")
    return lambda s: start_deployment(s, plan)


def deploying_several(s: Quiet) -> Act:
    define(s, "web")
    define(s, "api")
    plans = planned(s, "web", "api")
    return lambda s: start_deployments(s, plans)


def replacing(s: Quiet) -> Act:
    define(s, "web")
    plans = planned(s, "web")
    start_deployments(s, plans)
    return lambda s: start_deployments(s, plans, replace=True)


def going_on(s: Quiet) -> Act:
    define(s, "web")
    run = start_deployments(s, planned(s, "web"))[0]
    end(s, run, helsinki_1="held")
    return lambda s: resume(s, run.id)


def trying_again(s: Quiet) -> Act:
    define(s, "web")
    run = start_deployments(s, planned(s, "web"))[0]
    end(s, run, helsinki_1="failed")
    return lambda s: retry(s, run.id)


def trying_to_terminate_again(s: Quiet) -> Act:
    deployed(s)
    run = terminate(s, "shop", "web")
    end(s, run, helsinki_1="failed")
    return lambda s: retry(s, run.id)


def rolling_back(s: Quiet) -> Act:
    deployed(s)
    second = deployed_again(s)
    return lambda s: rollback(s, second)


def deployed_again(s: Quiet) -> int:
    run = start_deployments(s, planned(s, "web"))[0]
    end(s, run)
    return run.id


def terminating(s: Quiet) -> Act:
    deployed(s)
    return lambda s: terminate(s, "shop", "web")


def leaving(s: Quiet) -> Act:
    deployed(s)
    others = [one for one in REGIONS if one != HELSINKI]
    return lambda s: edit_container(s, "shop", "web", regions=others)


def leading_elsewhere(s: Quiet) -> Act:
    pin = RegionPin("other", "/kube", "https://other.invalid", "")
    return lambda s: edit_region(s, HELSINKI, pin=pin)


def taking_protection_away(s: Quiet) -> Act:
    return lambda s: edit_region(s, HELSINKI, protected=False)


def deleting_a_registry(s: Quiet) -> Act:
    deployed(s)
    return lambda s: delete_registry(s, "shop", "team", unlink=True)


def deleting_a_container(s: Quiet) -> Act:
    define(s, "web")
    return lambda s: delete_container(s, "shop", "web")


def deleting_a_region(s: Quiet) -> Act:
    return lambda s: delete_region(s, HELSINKI)


def giving_a_region_up(s: Quiet) -> Act:
    deployed(s)
    with s.store.write() as tx:
        regions.seen(tx, HELSINKI, now(), "no route to host")
    return lambda s: forget_region(s, HELSINKI)


def repairing(s: Quiet) -> Act:
    deployed(s)
    (secret,) = secrets.applied(s.connection, region=HELSINKI)
    cell = Cell("team", HELSINKI, "missing", 1, "it is not there", "", None, False, (secret,))
    return lambda s: repair(s, "shop", [cell])


def declaring_elsewhere(s: Quiet) -> Act:
    deployed(s)
    others = [one for one in REGIONS if one != HELSINKI]
    web = {"handle": "web", "image": "nginx:1.27", "regions": others}
    wanted = read({"version": 1, "projects": [{"handle": "shop", "containers": [web]}]})
    return lambda s: carry_out(s, plan(s, wanted))


def pushing(s: Quiet) -> Act:
    deployed(s)
    accept(s, "team")
    return lambda s: push_now(s, "shop", "team")


GUARDED: dict[str, tuple[Callable[[Quiet], Act], ...]] = {
    "declare.carry_out": (declaring_elsewhere,),
    "control.resume": (going_on,),
    "control.retry": (trying_again, trying_to_terminate_again),
    "control.rollback": (rolling_back,),
    "delete.delete_container": (deleting_a_container,),
    "delete.delete_region": (deleting_a_region,),
    "delete.delete_registry": (deleting_a_registry,),
    "deploy.start_deployments": (deploying_one, deploying_several, replacing),
    "edit.edit_container": (leaving,),
    "forget.forget_region": (giving_a_region_up,),
    "edit.edit_region": (leading_elsewhere, taking_protection_away),
    "matrix.repair": (repairing,),
    "push.push_now": (pushing,),
    "terminate.terminate": (terminating,),
}
"""The verbs that change what is in regions, and ways to have them do so in `helsinki-1`."""

FREE = {
    f"{room}.{verb}"
    for room, verbs in {
        "adopt": "adopt_login find_foreign look_into",
        "attention": "ending look",
        "audit": "verify_log",
        "backup": "back_up",
        "check": "ask check_registries check_registry linked_images",
        "connect": "connect_registry",
        "control": "cancel",
        "declare": "plan",
        "define": "add_container",
        "delete": "plan_registry_deletion refuse_container",
        "deploy": "owners_met plan_deployment users_of using",
        "edit": "edit_registry",
        "follow": "follow wait_removals",
        "forget": "plan_forgetting",
        "go_back": "return_registry",
        "import_logins": "plan_import take_login",
        "link": "link unlink unlink_from",
        "matrix": "matrix read_back request_read_back",
        "metrics": "measure",
        "dry_run": "plan_container_deletion plan_deletion plan_deploying plan_rotation plan_termination",
        "projects": "add_project choose_project delete_project",
        "protect": "refuse_protected",
        "prove": "seal_and_check",
        "push": "holding wait_writes",
        "regions": "add_region check_regions contact plan_import read_pin take_regions",
        "removals": "try_removals",
        "rotate": "rotate_registry",
        "share": "share",
        "session": "looking",
        "terminate": "refuse_termination",
        "vault": "change_passphrase ensure_keys is_locked lock recover rekey require_unlocked"
        " show_recovery_key status unlock",
        "waiting": "changes until",
    }.items()
    for verb in verbs.split()
}
"""The verbs that leave what is in regions as it is: they look, or change what counts from a deployment on.

To cancel is free too: it stops a change, and takes nothing from where it got to. A removal that is tried
again was asked for before.
"""


def protect(s: Quiet, *ids: str) -> None:
    for id_ in ids:
        edit_region(s, id_, protected=True)


def test_every_verb_is_known_to_ask_for_protected_regions_or_to_leave_regions_alone() -> None:
    found = set()
    for module in pkgutil.iter_modules(operations.__path__):
        room = import_module(f"{operations.__name__}.{module.name}")
        for name, verb in inspect.getmembers(room, inspect.isfunction):
            first = next(iter(inspect.signature(verb).parameters.values()), None)
            taken = first is not None and first.annotation in (Session, "Session")
            if taken and verb.__module__ == room.__name__ and not name.startswith("_"):
                found.add(f"{module.name}.{name}")
    assert found == GUARDED.keys() | FREE


@pytest.mark.parametrize(
    "prepared",
    [way for ways in GUARDED.values() for way in ways],
    ids=lambda way: way.__name__,
)
def test_a_verb_is_refused_in_a_protected_region_until_that_is_named(
    session: Quiet, prepared: Callable[[Quiet], Act]
) -> None:
    act = prepared(session)
    protect(session, HELSINKI)
    before = rows(session.connection)
    for asking in (session, naming(session, ["virginia-1"])):
        with pytest.raises(Protected) as refused:
            act(asking)
        assert refused.value.regions == (HELSINKI,)
        assert rows(session.connection) == before
    act(naming(session, [HELSINKI]))
    assert rows(session.connection) != before


def test_all_protected_regions_of_all_containers_are_named_at_once(session: Quiet) -> None:
    act = deploying_several(session)
    protect(session, "falkenstein-1", "virginia-1")
    with pytest.raises(Protected) as refused:
        act(session)
    assert refused.value.regions == ("falkenstein-1", "virginia-1")
    assert refused.value.message.startswith("a deployment of web, api is refused")


def test_what_stays_out_of_a_protected_region_needs_no_name(session: Quiet) -> None:
    define(session, "web")
    run = start_deployments(session, planned(session, "web"))[0]
    end(session, run, virginia_1="failed")
    protect(session, HELSINKI)
    assert [one.region for one in retry(session, run.id).regions] == ["virginia-1"]


def test_what_was_queued_before_goes_on_and_can_be_stopped(session: Quiet) -> None:
    define(session, "web")
    run = start_deployments(session, planned(session, "web"))[0]
    protect(session, HELSINKI)
    end(session, run)
    assert deployments.get(session.connection, run.id).state == "done"
    deployed_next = start_deployments(naming(session, [HELSINKI]), planned(session, "web"))[0]
    assert cancel(session, deployed_next.id).state == "cancelled"


def test_nobody_can_name_a_region_that_there_is_not(session: Quiet) -> None:
    with pytest.raises(NotFound, match="helsinki-2"):
        naming(session, ["helsinki-2"])


def test_the_audit_log_tells_who_protected_a_region_and_who_took_that_away(session: Quiet) -> None:
    edit_region(session, HELSINKI, protected=True)
    edit_region(session, HELSINKI, protected=True)
    edit_region(session, HELSINKI, city="Helsinki")
    edit_region(naming(session, [HELSINKI]), HELSINKI, protected=False)
    told = [(one.action, one.regions, one.user) for one in audit.latest(session.connection, 10)]
    assert told[:3] == [
        ("region.unprotected", HELSINKI, "operator"),
        ("region.edited", HELSINKI, "operator"),
        ("region.protected", HELSINKI, "operator"),
    ]
    assert regions.get(session.connection, HELSINKI).protected is False
