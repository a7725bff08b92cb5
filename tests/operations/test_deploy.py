"""Deployments: what is planned, what is queued, and what can be done about one that has ended."""

from dataclasses import replace

import pytest

from bahriya_tui.model.deployment import Manner
from bahriya_tui.model.errors import BadInput, Failed, InUse, NotFound
from bahriya_tui.model.serving import CannotServe
from bahriya_tui.operations.control import cancel, not_current, resume, retry, rollback
from bahriya_tui.operations.delete import delete_registry
from bahriya_tui.operations.deploy import Plan, plan_deployment, start_deployments, using
from bahriya_tui.operations.dry_run import plan_deploying
from bahriya_tui.operations.edit import edit_container
from bahriya_tui.operations.link import link, unlink, unlink_from
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.terminate import terminate
from bahriya_tui.store import containers, deployments, events
from tests.operations.conftest import REGIONS, Quiet, accept, define, end, start_deployment


def planned(session: Quiet, handle: str = "web") -> Plan:
    (plan,) = plan_deployment(session, "shop", [handle])
    return plan


def test_all_regions_start_at_once_unless_told_otherwise(session: Quiet) -> None:
    define(session, "web")

    assert planned(session).waves == (REGIONS,)
    (careful,) = plan_deployment(session, "shop", ["web"], canary="helsinki-1", batch="1", max_parallel=1)
    assert careful.waves == (("helsinki-1",), ("falkenstein-1",), ("virginia-1",))
    assert careful.max_parallel == 1


def test_what_does_not_run_in_the_canary_begins_in_a_region_of_its_own(session: Quiet) -> None:
    define(session, "web")
    define(session, "us")
    edit_container(session, "shop", "us", regions=["virginia-1", "falkenstein-1"])

    web, us = plan_deployment(session, "shop", ["web", "us"], canary="helsinki-1", gate=True)

    assert web.waves == (("helsinki-1",), ("falkenstein-1", "virginia-1"))
    assert us.waves == (("virginia-1",), ("falkenstein-1",))
    assert [plan.manner.canary for plan in (web, us)] == ["helsinki-1", "virginia-1"]
    assert web.note == ""
    assert us.note == "container us does not run in helsinki-1: its canary is virginia-1"
    assert plan_deploying(session, "shop", [web, us]).notes == (us.note,)
    with pytest.raises(BadInput, match="container us"):
        plan_deployment(session, "shop", ["us"], canary="helsinki-1")


def test_the_next_deployment_uses_the_version_that_counts_when_it_starts(session: Quiet) -> None:
    define(session, "web")
    plan = planned(session)
    accept(session, "team")

    deployment = start_deployment(session, plan)

    assert (deployment.spec.version, deployment.spec.secret) == (2, "bahriya-team-v2")
    assert session.woken
    (event,) = events.since(session.connection, 0, deployment=deployment.id)
    assert event.phase == "queued"


def test_a_container_has_one_deployment_at_a_time(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))

    assert planned(session).active == first
    with pytest.raises(InUse) as refusal:
        start_deployment(session, planned(session))
    assert str(first.id) in refusal.value.message

    second = start_deployment(session, planned(session), replace=True)
    assert deployments.get(session.connection, first.id).state == "cancelled"
    assert second.revision == first.revision + 1


def test_containers_named_together_are_queued_together_or_not_at_all(session: Quiet) -> None:
    define(session, "web")
    define(session, "api")
    plans = plan_deployment(session, "shop", ["web", "api"])
    edit_container(session, "shop", "api", regions=["helsinki-1"])

    with pytest.raises(Failed, match="changed meanwhile"):
        start_deployments(session, plans)

    assert deployments.all(session.connection, "shop") == []
    assert not session.woken
    both = start_deployments(session, plan_deployment(session, "shop", ["web", "api"]))
    assert [one.container for one in both] == ["web", "api"]


def test_a_plan_for_a_container_that_changed_regions_is_refused(session: Quiet) -> None:
    define(session, "web")
    plan = planned(session)
    edit_container(session, "shop", "web", regions=["helsinki-1"])

    with pytest.raises(Failed):
        start_deployment(session, plan)

    assert deployments.all(session.connection, "shop") == []


def test_a_canary_outside_the_regions_is_refused(session: Quiet) -> None:
    define(session, "web")

    with pytest.raises(NotFound):
        plan_deployment(session, "shop", ["web"], canary="nowhere-1")
    with pytest.raises(BadInput):
        plan_deployment(session, "shop", ["web"], max_parallel=0)
    with pytest.raises(BadInput):
        plan_deployment(session, "shop", [])
    with pytest.raises(NotFound):
        plan_deployment(session, "shop", ["web", "api"])


def test_all_using_a_registry_are_its_linked_containers(session: Quiet) -> None:
    define(session, "web")
    define(session, "docs", registry=None)

    assert using(session, "shop", "team") == ["web"]
    link(session, "shop", "docs", "team")
    assert using(session, "shop", "team") == ["docs", "web"]
    unlink(session, "shop", "web")
    assert unlink_from(session, "shop", "team") == ["docs"]
    with pytest.raises(Failed):
        using(session, "shop", "team")


def test_a_retry_takes_only_what_failed_with_the_credentials_of_now(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))
    end(session, first, helsinki_1="failed")
    accept(session, "team")
    edit_container(session, "shop", "web", image="registry.example/web:9")

    again = retry(session, first.id)

    assert [run.region for run in again.regions] == ["helsinki-1"]
    assert again.spec.image == first.spec.image
    assert again.spec.version == 2


def test_a_plan_says_how_carefully_it_goes(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(
        session, "shop", ["web"], canary="helsinki-1", soak="5m", gate=True, max_failures="50%"
    )
    assert plan.manner == Manner("helsinki-1", 300, "closed", 1)
    started = start_deployment(session, plan)
    assert (started.canary, started.soak_seconds, started.gate) == ("helsinki-1", 300, "closed")
    for wrong in ({"soak": "5m"}, {"gate": True}):
        with pytest.raises(BadInput):
            plan_deployment(session, "shop", ["web"], **wrong)


def test_a_retry_soaks_and_waits_again_only_if_the_canary_goes_again(session: Quiet) -> None:
    define(session, "web")
    manner = Manner("helsinki-1", 300, "closed", 1, take_over=True)
    first = start_deployment(session, replace(planned(session), manner=manner))
    end(session, first, helsinki_1="failed", virginia_1="failed")
    again = retry(session, first.id)
    assert (again.canary, again.soak_seconds, again.gate, again.max_failures) == (
        "helsinki-1",
        300,
        "closed",
        1,
    )
    assert again.take_over is False
    end(session, again, virginia_1="failed")

    last = retry(session, again.id)

    assert (last.canary, last.soak_seconds, last.gate, last.max_failures) == (None, 0, "none", 1)


def test_a_retry_of_an_old_or_whole_deployment_is_refused(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))
    with pytest.raises(InUse):
        retry(session, first.id)
    end(session, first, helsinki_1="failed")
    second = start_deployment(session, planned(session))
    end(session, second)

    with pytest.raises(InUse):
        retry(session, first.id)
    with pytest.raises(Failed):
        retry(session, second.id)


def test_a_rollback_restores_the_last_revision_that_ran_everywhere_with_its_version(session: Quiet) -> None:
    define(session, "web")
    good = start_deployment(session, planned(session))
    end(session, good)
    accept(session, "team")
    edit_container(session, "shop", "web", image="registry.example/web:broken", replicas=5)
    bad = start_deployment(session, planned(session))
    end(session, bad, helsinki_1="failed")

    back = rollback(session, bad.id)

    assert back.spec == good.spec
    assert not_current(session.connection, back.spec) == ("it pulls with v1 of registry team; v2 counts now",)
    assert not_current(session.connection, bad.spec) == ()
    assert back.revision == 3
    web = containers.get(session.connection, "shop", "web")
    assert (web.image, web.replicas) == (good.spec.image, 1)


def test_a_version_that_gets_the_token_that_counts_is_not_told_of(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))
    accept(session, "team")
    push_now(session, "shop", "team")
    assert not_current(session.connection, first.spec) == ()
    accept(session, "team")
    assert not_current(session.connection, first.spec) == (
        "it pulls with v1 of registry team; v3 counts now",
    )


def test_a_rollback_without_its_credentials_is_refused(session: Quiet) -> None:
    define(session, "web")
    end(session, start_deployment(session, planned(session)))
    bad = start_deployment(session, planned(session))
    end(session, bad, helsinki_1="failed")
    delete_registry(session, "shop", "team", force=True)
    before = containers.get(session.connection, "shop", "web")

    with pytest.raises(Failed) as refusal:
        rollback(session, bad.id)

    assert "team" in refusal.value.message
    assert containers.get(session.connection, "shop", "web") == before


def test_there_is_nothing_before_the_first_deployment(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))
    end(session, first)

    with pytest.raises(Failed):
        rollback(session, first.id)


def test_a_queued_deployment_is_cancelled_at_once_and_an_ended_one_never(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))

    assert cancel(session, first.id).state == "cancelled"
    with pytest.raises(BadInput):
        cancel(session, first.id)


def test_a_held_deployment_goes_on(session: Quiet) -> None:
    define(session, "web")
    first = start_deployment(session, planned(session))
    end(session, first, helsinki_1="held")
    with pytest.raises(InUse):
        retry(session, first.id)

    resumed = resume(session, first.id)

    assert resumed.state == "queued"
    assert [run.region for run in resumed.regions if run.state == "queued"] == ["helsinki-1"]


def test_a_termination_covers_every_region_where_something_is(session: Quiet) -> None:
    define(session, "web")
    with pytest.raises(Failed):
        terminate(session, "shop", "web")
    end(session, start_deployment(session, planned(session)), virginia_1="failed")

    ended = terminate(session, "shop", "web")

    assert ended.kind == "terminate"
    assert {run.region for run in ended.regions} == set(REGIONS)
    assert containers.get(session.connection, "shop", "web").status == "terminating"


def test_an_image_that_its_registry_cannot_serve_is_deployed_only_when_forced(session: Quiet) -> None:
    define(session, "web")
    plan = planned(session)
    edit_container(session, "shop", "web", image="quay.io/acme/web:1")

    with pytest.raises(CannotServe, match="container web pulls quay"):
        planned(session)
    with pytest.raises(CannotServe):
        start_deployment(session, plan)
    assert deployments.all(session.connection, "shop") == []
    (forced,) = plan_deployment(session, "shop", ["web"], force=True)
    assert start_deployment(session, forced).spec.image == "quay.io/acme/web:1"


def test_an_order_that_cannot_be_right_is_told_before_the_image(session: Quiet) -> None:
    define(session, "web")
    edit_container(session, "shop", "web", image="quay.io/acme/web:1")
    with pytest.raises(BadInput):
        plan_deployment(session, "shop", ["web"], batch="none")


def test_what_ran_is_applied_again_whatever_serves_it(session: Quiet) -> None:
    define(session, "web")
    runs = []
    for image, helsinki in (("quay.io/acme/web:1", "running"), ("gcr.io/acme/web:1", "failed")):
        edit_container(session, "shop", "web", image=image)
        (plan,) = plan_deployment(session, "shop", ["web"], force=True)
        runs.append(start_deployment(session, plan))
        end(session, runs[-1], helsinki_1=helsinki)  # type: ignore[arg-type]

    again = retry(session, runs[-1].id)
    end(session, again, helsinki_1="failed")

    assert again.spec.image == "gcr.io/acme/web:1"
    assert rollback(session, again.id).spec.image == "quay.io/acme/web:1"
