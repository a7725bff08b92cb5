"""Server-side apply: who owns which field, who may change it, and what goes when it is no longer sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.sim.apply import Owner, Share, apply, managed_fields, owned, shares
from bahriya_tui.sim.region import Region
from bahriya_tui.sim.status import StatusError
from tests.sim.client import Client, Json, deployment

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
CONTAINER = '.spec.template.spec.containers[name="app"]'


def applier(name: str) -> Owner:
    return Owner(name, "Apply", "apps/v1")


def applied(live: Json, config: Json, name: str, force: bool = False) -> Json:
    """The object after an apply, with its managed fields as they would be stored."""
    result, held = apply(live, config, applier(name), force)
    timed = {owner: Share(share.paths, share.time or "2026-01-01T00:00:00Z") for owner, share in held.items()}
    return result | {"metadata": result.get("metadata", {}) | {"managedFields": managed_fields(timed)}}


def with_container(**fields: Any) -> Json:
    return {"spec": {"template": {"spec": {"containers": [{"name": "app"} | fields]}}}}


@pytest.mark.parametrize(
    ("first", "second", "fields"),
    [
        ({"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, [".spec.replicas"]),
        (
            {"metadata": {"labels": {"a/b": "1"}}},
            {"metadata": {"labels": {"a/b": "2"}}},
            [".metadata.labels.a/b"],
        ),
        (with_container(image="a:1"), with_container(image="a:2"), [f"{CONTAINER}.image"]),
        (
            with_container(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]),
            with_container(env=[{"name": "B", "value": "2"}]),
            [f'{CONTAINER}.env[name="B"].value'],
        ),
        (
            with_container(ports=[{"containerPort": 80, "name": "web"}]),
            with_container(ports=[{"containerPort": 80, "protocol": "TCP", "name": "http"}]),
            [f'{CONTAINER}.ports[containerPort=80,protocol="TCP"].name'],
        ),
        (with_container(args=["a", "b"]), with_container(args=["a"]), [f"{CONTAINER}.args"]),
        ({"spec": {"selector": {"a": "1"}}}, {"spec": {"selector": {"b": "1"}}}, [".spec.selector"]),
        ({"spec": {"replicas": 1}}, {"spec": {"replicas": 1}}, []),
        ({"metadata": {"labels": {"a": "1"}}}, {"metadata": {"labels": {"b": "1"}}}, []),
        (with_container(image="a:1"), with_container(workingDir="/"), []),
        (
            {"spec": {"template": {"spec": {"imagePullSecrets": [{"name": "theirs"}]}}}},
            {"spec": {"template": {"spec": {"imagePullSecrets": [{"name": "ours"}]}}}},
            [],
        ),
        (
            with_container(ports=[{"containerPort": 53, "protocol": "TCP", "name": "a"}]),
            with_container(ports=[{"containerPort": 53, "protocol": "UDP", "name": "b"}]),
            [],
        ),
    ],
)  # fmt: skip
def test_a_conflict_names_exactly_the_fields_that_another_manager_has_otherwise(
    first: Json, second: Json, fields: list[str]
) -> None:
    live = applied({}, first, "theirs")
    if not fields:
        applied(live, second, "ours")
        return
    with pytest.raises(StatusError) as refused:
        applied(live, second, "ours")
    causes = refused.value.details["causes"]
    assert [cause["field"] for cause in causes] == fields
    assert causes[0]["message"] == 'conflict with "theirs"'
    assert refused.value.message == f'Apply failed with 1 conflict: conflict with "theirs": {fields[0]}'
    assert applied(live, second, "ours", force=True)


def test_several_conflicts_are_listed_by_manager() -> None:
    live = applied({}, {"spec": {"replicas": 1, "paused": True}}, "theirs")
    with pytest.raises(StatusError) as refused:
        applied(live, {"spec": {"replicas": 2, "paused": False}}, "ours")
    expected = 'Apply failed with 2 conflicts: conflicts with "theirs":\n- .spec.paused\n- .spec.replicas'
    assert refused.value.message == expected


def test_forcing_takes_the_field_over_and_leaves_the_rest_with_its_owner() -> None:
    live = applied({}, {"spec": {"replicas": 1, "paused": True}}, "theirs")
    live = applied(live, {"spec": {"replicas": 2}}, "ours", force=True)
    held = shares(live)
    assert held[applier("theirs")].paths == {("f:spec", "f:paused")}
    assert held[applier("ours")].paths == {("f:spec", "f:replicas")}
    assert applied(live, {"spec": {"replicas": 3}}, "ours")["spec"]["replicas"] == 3


def test_a_list_item_goes_when_its_manager_stops_sending_it_and_others_keep_theirs() -> None:
    def pull_secrets(*names: str) -> Json:
        return {"spec": {"template": {"spec": {"imagePullSecrets": [{"name": name} for name in names]}}}}

    live = applied({}, pull_secrets("theirs"), "theirs")
    live = applied(live, pull_secrets("v1", "extra"), "ours")
    live = applied(live, pull_secrets("v2"), "ours")
    found = {each["name"] for each in live["spec"]["template"]["spec"]["imagePullSecrets"]}
    assert found == {"theirs", "v2"}


def test_an_item_that_another_manager_extends_stays_with_what_is_theirs() -> None:
    live = applied({}, with_container(image="a:1", workingDir="/"), "ours")
    live = applied(live, with_container(env=[{"name": "A", "value": "1"}]), "theirs")
    live = applied(live, {"metadata": {"labels": {"a": "b"}}}, "ours")
    containers = live["spec"]["template"]["spec"]["containers"]
    assert containers == [{"name": "app", "env": [{"name": "A", "value": "1"}]}]


VALUES = st.sampled_from(["1", "2", "3"])
NAMES = st.sampled_from(["a", "b", "c"])
CONTAINERS = st.dictionaries(
    NAMES, st.dictionaries(st.sampled_from(["image", "workingDir"]), VALUES), max_size=3
)
CONFIGS = st.builds(
    lambda labels, containers, replicas: _config(labels, containers, replicas),
    st.dictionaries(NAMES, VALUES, max_size=3),
    CONTAINERS,
    st.none() | st.integers(0, 2),
)


def _config(labels: dict[str, str], containers: dict[str, dict[str, str]], replicas: int | None) -> Json:
    items = [{"name": name} | fields for name, fields in containers.items()]
    config: Json = {"metadata": {"labels": labels}} if labels else {}
    spec: Json = {"template": {"spec": {"containers": items}}} if items else {}
    if replicas is not None:
        spec["replicas"] = replicas
    return config | {"spec": spec} if spec else config


@given(st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), CONFIGS), min_size=1, max_size=8))
def test_what_a_manager_sends_is_kept_and_what_nobody_sends_any_more_is_gone(
    steps: list[tuple[str, Json]],
) -> None:
    live: Json = {}
    sent: dict[str, Json] = {}
    for manager, config in steps:
        live = applied(live, config, manager, force=True)
        sent[manager] = config
        present = owned(live)
        wanted = owned(config)
        assert {path: present.get(path) for path in wanted} == wanted
        held = shares(live)
        claimed = {path for share in held.values() for path in share.paths}
        assert set(present) == claimed
        assert held.get(applier(manager), Share(frozenset(), "")).paths == frozenset(wanted)
        assert all(
            held[applier(name)].paths <= set(owned(sent[name])) for name in sent if applier(name) in held
        )
        assert applied(live, config, manager) == live


async def test_applying_makes_what_is_missing_and_changes_what_is_there(client: Client) -> None:
    made = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27"))
    assert (made.code, made.body["metadata"]["generation"]) == (201, 1)
    same = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27"))
    assert (same.code, same.body["metadata"]["generation"]) == (200, 1)
    changed = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:latest"))
    assert changed.body["metadata"]["generation"] == 2
    entry = next(each for each in changed.body["metadata"]["managedFields"] if each["operation"] == "Apply")
    assert (entry["manager"], entry["apiVersion"], entry["fieldsType"]) == ("bahriya", "apps/v1", "FieldsV1")
    container = entry["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"app"}']
    assert container == {".": {}, "f:name": {}, "f:image": {}}


async def test_an_edit_by_hand_is_a_conflict_that_names_the_editor(client: Client) -> None:
    await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27", replicas=2))
    await client.patch(f"{DEPLOYMENTS}/web", {"spec": {"replicas": 5}}, fieldManager="kubectl-edit")
    answer = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27", replicas=2))
    assert (answer.code, answer.body["reason"]) == (409, "Conflict")
    assert 'conflict with "kubectl-edit" using apps/v1 at 20' in answer.body["message"]
    assert answer.body["details"]["causes"][0]["field"] == ".spec.replicas"
    forced = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27", replicas=2), force=True)
    assert forced.body["spec"]["replicas"] == 2


async def test_a_field_no_longer_sent_falls_back_to_its_default(client: Client) -> None:
    await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27", replicas=3))
    without = deployment("web", "nginx:1.27")
    del without["spec"]["replicas"]
    answer = await client.apply(f"{DEPLOYMENTS}/web", without)
    assert answer.body["spec"]["replicas"] == 1


async def test_a_manager_must_give_its_name_and_match_the_url(client: Client, region: Region) -> None:
    unnamed = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27"), manager="")
    assert (unnamed.code, unnamed.body["reason"]) == (400, "BadRequest")
    assert "fieldManager: Required value" in unnamed.body["message"]
    other = await client.apply(f"{DEPLOYMENTS}/other", deployment("web", "nginx:1.27"))
    assert other.code == 400
    lost = await client.apply("/apis/apps/v1/namespaces/no/deployments/web", deployment("web", "nginx:1.27"))
    assert lost.body["message"] == 'namespaces "no" not found'
    assert region.objects.list("deployments") == []


async def test_applying_to_an_object_of_another_uid_is_refused(client: Client) -> None:
    body = deployment("web", "nginx:1.27")
    body["metadata"]["uid"] = "gone"
    missing = await client.apply(f"{DEPLOYMENTS}/web", body)
    assert (missing.code, missing.body["reason"]) == (409, "Conflict")
    await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27"))
    assert (await client.apply(f"{DEPLOYMENTS}/web", body)).code == 409


async def test_yaml_can_be_applied_too(client: Client) -> None:
    text = b"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {a: b}\n"
    answer = await client.apply("/api/v1/namespaces/shop", text)
    assert answer.code == 201
    assert answer.body["metadata"]["labels"] == {"a": "b", "kubernetes.io/metadata.name": "shop"}
