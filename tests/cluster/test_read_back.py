"""What a region shows of a project: marks and names, who changed a secret, and never what is in it."""

import base64
from typing import Any

import pytest

from bahriya_tui.cluster import namespace, objects
from bahriya_tui.cluster.apply import APPLY_PATCH, apply
from bahriya_tui.cluster.read_back import SOMEBODY, edited_by, read_secrets, read_workloads
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.manifests import marks
from tests.cluster.scripted import Scripted, says

NOW = "2026-11-24T17:00:00.000Z"
NAME = "bahriya-team-v2"
WHERE = objects.path("Secret", "bahriya-shop", NAME)
DATA = base64.b64encode(b'{"auths": {}}').decode()
MERGE = "application/merge-patch+json"


def secret(**annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {
            "name": NAME,
            "namespace": "bahriya-shop",
            "labels": marks.labels("shop", registry="team"),
            "annotations": {marks.VERSION: "2", **annotations},
        },
        "data": {".dockerconfigjson": DATA},
    }


@pytest.fixture
def there(transport: Transport) -> Transport:
    """A region with a pull secret of ours."""
    namespace.ensure(transport, "shop")
    assert apply(transport, secret()).ok
    return transport


def change(transport: Transport, body: dict[str, Any], manager: str = "kubectl-edit") -> None:
    query = {"fieldManager": manager}
    assert transport.request("PATCH", WHERE, query=query, body=body, content_type=MERGE).ok


def editors(transport: Transport) -> list[str]:
    return [one.edited_by for one in read_secrets(transport, "shop", "falkenstein-1", NOW)]


def test_a_secret_that_we_wrote_is_seen_with_its_marks(there: Transport) -> None:
    (seen,) = read_secrets(there, "shop", "falkenstein-1", NOW)
    assert (seen.name, seen.version, seen.holds, seen.edited_by) == (NAME, 2, 2, "")
    assert seen.uid
    assert apply(there, secret(**{marks.HOLDS: "3"})).ok
    assert [one.holds for one in read_secrets(there, "shop", "falkenstein-1", NOW)] == [3]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"data": {".dockerconfigjson": base64.b64encode(b'{"auths":{"x":{}}}').decode()}}, "kubectl-edit"),
        ({"data": {"more": DATA}}, ""),
        ({"metadata": {"annotations": {marks.VERSION: "1"}}}, "kubectl-edit"),
        ({"metadata": {"labels": {marks.REGISTRY: "other"}}}, "kubectl-edit"),
        ({"metadata": {"labels": {"team": "payments"}, "annotations": {"note": "theirs"}}}, ""),
    ],
)
def test_who_changes_our_data_or_marks_is_named_and_what_others_add_is_theirs(
    there: Transport, body: dict[str, Any], told: str
) -> None:
    change(there, body)
    assert editors(there) == [told]


def test_our_own_clean_up_is_no_edit(there: Transport) -> None:
    change(there, {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}}})
    change(
        there,
        {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": None}}},
        manager=marks.MANAGER,
    )
    assert editors(there) == [""]


def test_a_secret_made_by_somebody_else_with_our_marks_is_an_edited_one(there: Transport) -> None:
    there.request("DELETE", WHERE)
    made = there.request(
        "POST",
        objects.path("Secret", "bahriya-shop"),
        query={"fieldManager": "velero"},
        body=secret(),
    )
    assert made.ok
    assert editors(there) == ["velero"]


def test_data_that_nobody_owns_was_taken_by_somebody() -> None:
    assert edited_by({}) == SOMEBODY
    ours = {"manager": "bahriya", "fieldsV1": {"f:metadata": {"f:labels": {"f:bahriya.cloud/project": {}}}}}
    assert edited_by({"managedFields": [ours]}) == SOMEBODY
    assert (
        edited_by({"managedFields": [ours, {"manager": "bahriya", "fieldsV1": {"f:data": {}}}]}) == SOMEBODY
    )


def test_who_says_the_same_as_we_do_changed_nothing(there: Transport) -> None:
    query = {"fieldManager": "flux", "force": "false"}
    assert there.request("PATCH", WHERE, query=query, body=secret(), content_type=APPLY_PATCH).ok
    assert editors(there) == [""]


def test_what_others_keep_in_the_namespace_is_not_looked_at(there: Transport) -> None:
    theirs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "namespace": "bahriya-shop"}}
    assert there.request("POST", objects.path("Secret", "bahriya-shop"), body=theirs).ok
    other = secret()
    other["metadata"] |= {"name": "of-another-project", "labels": marks.labels("blog", registry="team")}
    assert there.request("POST", objects.path("Secret", "bahriya-shop"), body=other).ok
    assert [one.name for one in read_secrets(there, "shop", "falkenstein-1", NOW)] == [NAME]


def test_a_project_that_was_never_there_is_empty(transport: Transport) -> None:
    assert read_secrets(transport, "shop", "falkenstein-1", NOW) == []
    assert read_workloads(transport, "shop", "falkenstein-1", NOW) == []


def test_a_whole_secret_in_an_answer_is_never_looked_at(scripted: Scripted) -> None:
    scripted.script = [says(200, {"kind": "SecretList", "items": [secret()]})]
    transport = Transport(scripted.endpoint)
    with pytest.raises(Failed, match="did not answer with a list"):
        read_secrets(transport, "shop", "falkenstein-1", NOW)
    transport.close()
    (sent,) = scripted.headers
    assert sent["Accept"] == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    assert scripted.asked == [
        "GET /api/v1/namespaces/bahriya-shop/secrets?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dbahriya"
    ]
