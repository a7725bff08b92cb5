"""Edits: what is not given stays, and leaving a region takes everything along that nobody else needs."""

from typing import Any

import pytest

from bahriya_tui.model.container import AppliedSecret, Container
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.edit import edit_container, edit_region, edit_registry
from bahriya_tui.operations.regions import RegionPin
from bahriya_tui.store import containers, projects, regions, registries, removals, secrets
from tests.operations.conftest import Quiet, accept, define, end, start_deployment
from tests.rows import rows


def deployed(session: Quiet, handle: str) -> Container:
    define(session, handle)
    (plan,) = plan_deployment(session, "shop", [handle])
    end(session, start_deployment(session, plan))
    return containers.get(session.connection, "shop", handle)


def going(session: Quiet) -> set[tuple[str, str, str]]:
    pending = removals.pending(session.connection, project="shop")
    return {(one.region, one.kind, one.name) for one in pending}


def test_a_region_that_is_left_loses_workload_and_secret(session: Quiet) -> None:
    deployed(session, "web")
    session.woken.clear()

    edit_container(session, "shop", "web", regions=["falkenstein-1", "helsinki-1"])

    assert going(session) == {
        ("virginia-1", "Deployment", "web"),
        ("virginia-1", "Service", "web"),
        ("virginia-1", "Secret", "bahriya-team-v1"),
    }
    placed = {one.region for one in containers.placements(session.connection, "shop", "web")}
    assert placed == {"falkenstein-1", "helsinki-1"}
    assert session.woken


def test_a_secret_stays_while_another_container_there_needs_it(session: Quiet) -> None:
    deployed(session, "web")
    deployed(session, "api")

    edit_container(session, "shop", "web", regions=["falkenstein-1"])
    assert not any(kind == "Secret" for _, kind, _ in going(session))

    edit_container(session, "shop", "api", regions=["falkenstein-1"])
    assert {region for region, kind, _ in going(session) if kind == "Secret"} == {"helsinki-1", "virginia-1"}


def test_no_region_is_left_while_a_deployment_runs(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    start_deployment(session, plan)

    with pytest.raises(InUse):
        edit_container(session, "shop", "web", regions=["falkenstein-1"])

    assert len(containers.get(session.connection, "shop", "web").regions) == 3


def test_what_is_not_given_stays(session: Quiet) -> None:
    before = deployed(session, "web")

    after = edit_container(session, "shop", "web", image="registry.example/web:2.0").container

    assert after.image == "registry.example/web:2.0"
    assert (after.registry, after.regions, after.port, after.env, after.replicas) == (
        before.registry,
        before.regions,
        before.port,
        before.env,
        before.replicas,
    )
    assert not going(session)


def test_a_registry_can_be_exchanged_and_removed(session: Quiet) -> None:
    define(session, "web")
    other = accept(session, "other")

    assert edit_container(session, "shop", "web", registry="other").container.registry_id == other.id
    assert edit_container(session, "shop", "web", registry=None).container.registry is None
    assert containers.get(session.connection, "shop", "web").registry is None


def test_a_worker_has_no_port_and_an_http_container_always_one(session: Quiet) -> None:
    define(session, "web")

    assert edit_container(session, "shop", "web", type="worker").container.port is None
    assert edit_container(session, "shop", "web", type="http").container.port == 80
    with pytest.raises(BadInput):
        edit_container(session, "shop", "web", type="worker", port=8080)


def test_a_registry_of_another_project_is_never_named(session: Quiet) -> None:
    with session.store.write() as tx:
        projects.insert(tx, "bank", "", "2026-01-01T00:00:00.000Z")
    accept(session, "vault", project="bank")

    with pytest.raises(NotFound):
        define(session, "web", registry="vault")

    assert containers.all(session.connection, "shop") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"image": "registry.example/web"},
        {"image": "Registry.Example/Web:1"},
        {"regions": []},
        {"replicas": 0},
        {"replicas": 100_000},
        {"port": 0},
        {"port": 65536},
        {"type": "cronjob"},
        {"env": [("1A", "x")]},
        {"env": [("A", "x"), ("A", "y")]},
        {"env": [("A", "x\0")]},
        {"env": [("A", "\udcff")]},
        {"name": "x" * 201},
    ],
    ids=str,
)
def test_wrong_fields_are_refused_before_anything_is_written(session: Quiet, wrong: dict[str, Any]) -> None:
    define(session, "web")
    before = rows(session.connection)

    with pytest.raises(BadInput):
        edit_container(session, "shop", "web", **wrong)
    good: dict[str, Any] = {"image": "nginx:1", "regions": ["helsinki-1"]}
    with pytest.raises(BadInput):
        add_container(session, "shop", "api", **{**good, **wrong})

    assert rows(session.connection) == before


def test_a_region_that_does_not_exist_is_refused(session: Quiet) -> None:
    define(session, "web")

    with pytest.raises(NotFound):
        edit_container(session, "shop", "web", regions=["nowhere-1"])


def test_an_expiry_can_be_declared_and_removed(session: Quiet) -> None:
    assert edit_registry(session, "shop", "team", expires="2027-01-31").registry.expires == "2027-01-31"
    assert edit_registry(session, "shop", "team", name="Team").registry.expires == "2027-01-31"
    assert edit_registry(session, "shop", "team", expires=None).registry.expires is None
    with pytest.raises(BadInput):
        edit_registry(session, "shop", "team", expires="soon")
    assert registries.get(session.connection, "shop", "team").name == "Team"


def test_a_regions_names_can_be_changed(session: Quiet) -> None:
    assert edit_region(session, "helsinki-1", city="Helsinki").city == "Helsinki"
    assert edit_region(session, "helsinki-1", country="Finland").city == "Helsinki"


def pin(server: str, ca_fingerprint: str = "") -> RegionPin:
    return RegionPin("other", "/elsewhere", server, ca_fingerprint)


def test_two_regions_cannot_be_led_to_one_cluster(session: Quiet) -> None:
    before = rows(session.connection)
    with pytest.raises(BadInput, match="the same cluster as region virginia-1"):
        edit_region(session, "helsinki-1", pin=pin("https://VIRGINIA-1.invalid/"))
    assert rows(session.connection) == before


@pytest.mark.parametrize(
    ("there", "known"),
    [
        (pin("https://helsinki-1.invalid"), True),
        (pin("https://new.invalid"), False),
        (pin("https://helsinki-1.invalid", "ab"), False),
    ],
)
def test_what_was_known_of_namespaces_holds_for_the_same_cluster_only(
    session: Quiet, there: RegionPin, known: bool
) -> None:
    with session.store.write() as tx:
        for region in ("helsinki-1", "virginia-1"):
            regions.note_namespace(tx, region, "shop")

    edit_region(session, "helsinki-1", pin=there)

    assert regions.namespace_known(session.connection, "helsinki-1", "shop") is known
    assert regions.namespace_known(session.connection, "virginia-1", "shop")


def test_the_secret_of_a_registry_used_before_goes_too(session: Quiet) -> None:
    deployed(session, "web")
    accept(session, "second")
    edit_container(session, "shop", "web", registry="second")
    (plan,) = plan_deployment(session, "shop", ["web"])
    end(session, start_deployment(session, plan))

    edit_container(session, "shop", "web", regions=["falkenstein-1"])

    left = {(region, name) for region, kind, name in going(session) if kind == "Secret"}
    names = ("bahriya-team-v1", "bahriya-second-v1")
    assert left == {(region, name) for region in ("helsinki-1", "virginia-1") for name in names}


def test_a_secret_that_came_before_a_cancelled_workload_goes_too(session: Quiet) -> None:
    define(session, "web")
    team = registries.get(session.connection, "shop", "team")
    with session.store.write() as tx:
        secret = AppliedSecret("shop", "helsinki-1", "bahriya-team-v1", team.id, "team", 1, "u-1")
        secrets.note(tx, secret)

    edit_container(session, "shop", "web", regions=["falkenstein-1"])

    assert going(session) == {("helsinki-1", "Secret", "bahriya-team-v1")}
