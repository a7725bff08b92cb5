"""The API of a region: verbs, errors in the API server's words, forms of answers."""

import base64
import json
from typing import Any

import pytest

from bahriya_tui.sim.region import Region
from tests.sim.client import METADATA, METADATA_LIST, Client, deployment, docker_config, pull_secret, until

SECRETS = "/api/v1/namespaces/default/secrets"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"


def opaque(name: str, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": labels}, "stringData": {"key": "value"}}


async def test_what_was_created_can_be_read_listed_replaced_and_deleted(client: Client) -> None:
    made = await client.make(SECRETS, opaque("one"))
    assert made["kind"] == "Secret"
    assert made["type"] == "Opaque"
    assert made["data"] == {"key": base64.b64encode(b"value").decode()}
    assert await client.get(f"{SECRETS}/one") == made
    listed = await client.get(SECRETS)
    assert listed["kind"] == "SecretList"
    assert [item["metadata"]["name"] for item in listed["items"]] == ["one"]
    replaced = await client.ask("PUT", f"{SECRETS}/one", made | {"data": {}})
    assert replaced.code == 200
    assert "data" not in replaced.body
    assert replaced.body["metadata"]["uid"] == made["metadata"]["uid"]
    assert int(replaced.body["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    gone = await client.ask("DELETE", f"{SECRETS}/one")
    assert gone.body["details"] == {"name": "one", "kind": "secrets", "uid": made["metadata"]["uid"]}
    assert (await client.ask("GET", f"{SECRETS}/one")).code == 404


NO_PATH = "the server could not find the requested resource"


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "reason", "message"),
    [
        ("GET", f"{SECRETS}/x", None, 404, "NotFound", 'secrets "x" not found'),
        ("GET", f"{DEPLOYMENTS}/x", None, 404, "NotFound", 'deployments.apps "x" not found'),
        ("DELETE", f"{DEPLOYMENTS}/x", None, 404, "NotFound", 'deployments.apps "x" not found'),
        ("POST", SECRETS, opaque("taken"), 409, "AlreadyExists", 'secrets "taken" already exists'),
        ("POST", "/api/v1/namespaces/x/secrets", opaque("a"), 404, "NotFound", 'namespaces "x" not found'),
        ("GET", "/api/v1/gadgets", None, 404, "NotFound", NO_PATH),
        ("GET", "/apis/apps/v1/secrets", None, 404, "NotFound", NO_PATH),
        ("POST", SECRETS, opaque("Big"), 422, "Invalid", 'Secret "Big" is invalid: metadata.name'),
        ("POST", SECRETS, {"metadata": {}}, 400, "BadRequest", "name is required"),
        ("POST", SECRETS, b"{not json", 400, "BadRequest", "the object provided is unrecognized"),
        ("POST", SECRETS, deployment("a", "b:1"), 400, "BadRequest", "the API version in the data"),
        ("PUT", f"{SECRETS}/taken", opaque("other"), 400, "BadRequest", "does not match the name on the URL"),
        ("GET", f"{SECRETS}?labelSelector=a%20b", None, 400, "BadRequest", "unable to parse requirement"),
        ("GET", f"{SECRETS}?fieldSelector=data.x%3D1", None, 400, "BadRequest", "field label not"),
    ],
)  # fmt: skip
async def test_a_refusal_is_a_status_in_the_words_of_the_api_server(
    client: Client, method: str, path: str, body: Any, code: int, reason: str, message: str
) -> None:
    await client.make(SECRETS, opaque("taken"))
    answer = await client.ask(method, path, body)
    assert (answer.code, answer.body["code"], answer.body["reason"]) == (code, code, reason)
    assert answer.body["kind"] == "Status"
    assert message in answer.body["message"]


async def test_a_wrong_token_is_unauthorised_everywhere(client: Client) -> None:
    for path in ("/version", SECRETS, "/nowhere"):
        answer = await client.ask("GET", path, token="wrong")
        assert (answer.code, answer.body["message"]) == (401, "Unauthorized")


async def test_a_write_against_an_old_version_is_a_conflict(client: Client) -> None:
    made = await client.make(SECRETS, opaque("one"))
    await client.patch(f"{SECRETS}/one", {"metadata": {"labels": {"a": "b"}}})
    answer = await client.ask("PUT", f"{SECRETS}/one", made)
    assert answer.code == 409
    assert answer.body["reason"] == "Conflict"
    assert "the object has been modified" in answer.body["message"]


async def test_a_change_that_changes_nothing_keeps_the_version(client: Client) -> None:
    made = await client.make(SECRETS, opaque("one", a="b"))
    answer = await client.patch(f"{SECRETS}/one", {"metadata": {"labels": {"a": "b"}}})
    assert answer.body["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({}, "data[.dockerconfigjson]: Required value"),
        ({".dockerconfigjson": "CANARY, not JSON"}, 'Invalid value: "<secret contents redacted>"'),
        ({".dockerconfigjson": '["CANARY"]'}, 'Invalid value: "<secret contents redacted>"'),
        ({".dockerconfigjson": ""}, "unexpected end of JSON input"),
    ],
)
async def test_a_pull_secret_that_is_no_json_object_is_invalid_and_redacted(
    client: Client, content: dict[str, str], field: str
) -> None:
    secret = {"metadata": {"name": "p"}, "type": "kubernetes.io/dockerconfigjson", "stringData": content}
    answer = await client.ask("POST", SECRETS, secret)
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    assert field in answer.body["message"]
    assert "CANARY" not in answer.text
    assert answer.body["details"]["causes"][0]["field"] == "data[.dockerconfigjson]"


async def test_a_secret_of_more_than_a_mebibyte_is_refused(client: Client) -> None:
    fits = {"metadata": {"name": "p"}, "stringData": {"a": "x" * 1024 * 1024}}
    assert (await client.ask("POST", SECRETS, fits)).code == 201
    large = {"metadata": {"name": "q"}, "stringData": {"a": "x" * (1024 * 1024 + 1)}}
    answer = await client.ask("POST", SECRETS, large)
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")


async def test_the_type_of_a_secret_and_an_immutable_one_cannot_change(client: Client) -> None:
    await client.make(SECRETS, opaque("one") | {"immutable": True})
    changed = await client.patch(f"{SECRETS}/one", {"stringData": {"key": "other"}})
    assert changed.code == 422
    typed = await client.patch(f"{SECRETS}/one", {"type": "other"})
    assert "type: Invalid value" in typed.body["message"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "LIST", "TABLE"])
async def test_an_answer_with_metadata_only_never_holds_data(
    client: Client, canary: str, method: str
) -> None:
    coded = base64.b64encode(docker_config("ghcr.io", "op", canary).encode()).decode()
    secret = pull_secret("p", "ghcr.io", "op", canary)
    assert coded in (await client.apply(f"{SECRETS}/p", secret)).text
    if method == "PATCH":
        answer = await client.apply(f"{SECRETS}/p", secret, accept=METADATA)
    elif method == "GET":
        answer = await client.ask("GET", f"{SECRETS}/p", headers={"Accept": METADATA})
    else:
        table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
        accept = METADATA_LIST if method == "LIST" else table
        answer = await client.ask("GET", SECRETS, headers={"Accept": accept})
    assert answer.code == 200
    assert '"name":"p"' in answer.text
    assert canary not in answer.text
    assert coded not in answer.text
    assert '"data":' not in answer.text


async def test_a_metadata_only_answer_has_the_kind_clients_look_for(client: Client) -> None:
    secret = pull_secret("p", "ghcr.io", "op", "pw")
    body = (await client.apply(f"{SECRETS}/p", secret, accept=METADATA)).body
    assert (body["kind"], body["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert body["metadata"]["resourceVersion"]
    listed = (await client.ask("GET", SECRETS, headers={"Accept": METADATA_LIST})).body
    assert listed["kind"] == "PartialObjectMetadataList"
    assert (await client.ask("GET", SECRETS, headers={"Accept": METADATA})).code == 406


async def test_a_dry_run_answers_as_if_and_keeps_nothing(client: Client, region: Region) -> None:
    before = region.objects.version
    made = await client.ask("POST", f"{SECRETS}?dryRun=All", opaque("one"))
    assert made.code == 201
    applied = await client.apply(f"{DEPLOYMENTS}/web", deployment("web", "nginx:1.27"), dryRun="All")
    assert (applied.code, applied.body["spec"]["progressDeadlineSeconds"]) == (201, 600)
    await client.make(SECRETS, opaque("two"))
    assert (await client.ask("DELETE", f"{SECRETS}/two?dryRun=All")).code == 200
    assert region.objects.get("secrets", "default", "two")
    assert region.objects.version == before + 1


async def test_a_deletion_with_another_uid_is_refused(client: Client) -> None:
    made = await client.make(SECRETS, opaque("one"))
    wrong = await client.ask("DELETE", f"{SECRETS}/one", {"preconditions": {"uid": "other"}})
    assert (wrong.code, wrong.body["reason"]) == (409, "Conflict")
    assert "the UID in the precondition (other) does not match the UID in record" in wrong.body["message"]
    right = {"preconditions": {"uid": made["metadata"]["uid"]}}
    assert (await client.ask("DELETE", f"{SECRETS}/one", right)).code == 200


async def test_a_collection_is_deleted_by_label(client: Client) -> None:
    await client.make(SECRETS, opaque("one", team="a"))
    await client.make(SECRETS, opaque("two", team="b"))
    await client.ask("DELETE", SECRETS, labelSelector="team=a")
    assert [item["metadata"]["name"] for item in (await client.get(SECRETS))["items"]] == ["two"]


async def test_a_namespace_takes_its_content_with_it(client: Client, region: Region) -> None:
    await client.make("/api/v1/namespaces", {"metadata": {"name": "shop"}})
    assert region.objects.get("serviceaccounts", "shop", "default")
    await client.make("/api/v1/namespaces/shop/secrets", opaque("one"))
    ending = await client.ask("DELETE", "/api/v1/namespaces/shop")
    assert ending.body["status"]["phase"] == "Terminating"
    await until(region.objects, lambda: not region.objects.get("namespaces", "", "shop"))
    assert region.objects.list("secrets", "shop") == []


async def test_a_namespace_that_is_ending_takes_nothing_new(client: Client, region: Region) -> None:
    metadata = {"name": "shop", "uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z"}
    ending = {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata}
    region.objects.put("namespaces", ending | {"status": {"phase": "Terminating"}})
    refused = await client.ask("POST", "/api/v1/namespaces/shop/secrets", opaque("two"))
    assert refused.code == 403
    assert "because it is being terminated" in refused.body["message"]


async def test_deleting_a_deployment_removes_its_sets_and_pods_unless_orphaned(
    client: Client, region: Region
) -> None:
    for name, policy, left in (("web", "Background", 0), ("kept", "Orphan", 1)):
        await client.make(DEPLOYMENTS, deployment(name, "nginx:1.27", replicas=1))
        await until(region.objects, lambda: region.objects.list("pods"))
        await client.ask("DELETE", f"{DEPLOYMENTS}/{name}", {"propagationPolicy": policy})
        assert len(region.objects.list("replicasets")) == left
        assert len(region.objects.list("pods")) == left


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"selector": {"matchLabels": {"app": "other"}}}, "`selector` does not match template `labels`"),
        ({"selector": None}, "spec.selector: Required value"),
        ({"replicas": -1}, "must be greater than or equal to 0"),
        (
            {"template": {"metadata": {"labels": {"app": "web"}}}},
            "spec.template.spec.containers: Required value",
        ),
    ],
)
async def test_an_impossible_deployment_is_invalid(
    client: Client, change: dict[str, Any], field: str
) -> None:
    body = deployment("web", "nginx:1.27")
    answer = await client.ask("POST", DEPLOYMENTS, body | {"spec": body["spec"] | change})
    assert answer.code == 422
    assert answer.body["message"].startswith('Deployment.apps "web" is invalid: ')
    assert field in answer.body["message"]


async def test_a_service_gets_an_address_and_its_ports_defaults(client: Client) -> None:
    service = {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}], "selector": {"app": "web"}}}
    made = await client.make("/api/v1/namespaces/default/services", service)
    assert made["spec"]["clusterIP"].startswith("10.96.")
    assert made["spec"]["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    again = await client.patch(
        "/api/v1/namespaces/default/services/web", {"metadata": {"labels": {"a": "b"}}}
    )
    assert again.body["spec"]["clusterIP"] == made["spec"]["clusterIP"]


async def test_the_status_subresource_is_written_apart_from_the_spec(client: Client) -> None:
    await client.make(DEPLOYMENTS, deployment("web", "nginx:1.27", replicas=0))
    ignored = await client.patch(f"{DEPLOYMENTS}/web", {"status": {"collisionCount": 7}})
    assert "collisionCount" not in ignored.body["status"]
    written = await client.patch(
        f"{DEPLOYMENTS}/web/status", {"status": {"collisionCount": 7}, "spec": {"replicas": 9}}
    )
    assert written.body["status"]["collisionCount"] == 7
    assert written.body["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"metadata": []},
        {"metadata": {"name": 7}},
        {"metadata": {"name": "web", "labels": 7}, "spec": []},
        {"metadata": {"name": "web"}, "spec": {"template": 1}},
        {"metadata": {"name": "web"}, "spec": {"template": {"spec": {"containers": [1]}}}},
        {"metadata": {"name": "web"}, "spec": {"strategy": {"rollingUpdate": 1}}},
    ],
)
async def test_an_object_of_the_wrong_shape_is_refused_with_a_status(
    client: Client, region: Region, body: Any
) -> None:
    before = region.objects.version
    for answer in (
        await client.ask("POST", DEPLOYMENTS, body),
        await client.apply(f"{DEPLOYMENTS}/web", body),
        await client.ask("DELETE", f"{DEPLOYMENTS}/web", body),
    ):
        assert answer.code in (400, 404, 422), answer
        assert answer.body["kind"] == "Status"
    assert region.objects.version == before


async def test_a_body_above_three_mebibytes_is_refused(client: Client) -> None:
    answer = await client.ask("POST", SECRETS, b" " * (3 * 1024 * 1024 + 1))
    assert (answer.code, answer.body["reason"]) == (413, "RequestEntityTooLarge")


async def test_requests_are_recorded_without_bodies(client: Client, region: Region, canary: str) -> None:
    secret = pull_secret("p", "ghcr.io", "op", canary)
    await client.apply(f"{SECRETS}/p", secret)
    assert region.requests == [f"PATCH {SECRETS}/p?fieldManager=bahriya"]
    assert canary not in json.dumps(region.requests)
