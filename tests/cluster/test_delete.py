"""What counts as deleted: an API server's word, and nobody else's."""

from typing import Any

import pytest

from bahriya_tui.cluster.delete import delete
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model.errors import Failed
from tests.cluster.scripted import Scripted, Step, says, text

NAME = "bahriya-ghcr-v1"
GONE = {"kind": "Status", "reason": "NotFound", "details": {"kind": "secrets", "name": NAME}}
CONFLICT = {"kind": "Status", "reason": "Conflict", "message": "the UID does not match"}
OURS = {
    "kind": "PartialObjectMetadata",
    "metadata": {
        "uid": "u2",
        "labels": {
            "app.kubernetes.io/managed-by": "bahriya",
            "bahriya.cloud/project": "shop",
            "bahriya.cloud/registry": "ghcr",
        },
        "annotations": {"bahriya.cloud/version": "1"},
    },
}


def deleted(scripted: Scripted, *script: Step, uid: str | None = "u1") -> str:
    scripted.script = list(script)
    transport = Transport(scripted.endpoint, sleep=lambda _seconds: None)
    try:
        return delete(transport, "Secret", "shop", NAME, uid)
    finally:
        transport.close()


@pytest.mark.parametrize("uid", ["u1", None])
@pytest.mark.parametrize("details", [{"kind": "secrets"}, {"kind": "namespaces"}])
def test_what_the_api_server_does_not_find_is_gone(
    scripted: Scripted, uid: str | None, details: dict[str, str]
) -> None:
    assert deleted(scripted, says(404, GONE | {"details": details}), uid=uid) == "gone"


@pytest.mark.parametrize("uid", ["u1", None])
@pytest.mark.parametrize(
    "answer",
    [
        text(404, "<html>404 no backend</html>"),
        text(200, "<html>log in first</html>"),
        says(404),
        says(404, {"reason": "NotFound", "message": "no such cluster"}),
    ],
    ids=["page not found", "login page", "nothing", "no status"],
)
def test_an_answer_of_a_proxy_proves_nothing(scripted: Scripted, uid: str | None, answer: Step) -> None:
    with pytest.raises(Failed, match="none of a Kubernetes API server") as failed:
        deleted(scripted, answer, uid=uid)
    assert "proxy" in failed.value.hint


@pytest.mark.parametrize(
    "status",
    [
        {"kind": "Status", "reason": "NotFound", "message": "the server could not find the resource"},
        GONE | {"details": {"kind": "clusters"}, "message": "no cluster of that name"},
    ],
)
def test_another_thing_that_is_not_found_is_told_in_the_regions_words(
    scripted: Scripted, status: dict[str, Any]
) -> None:
    with pytest.raises(Failed, match=f"secret {NAME}: refused with 404: {status['message']}"):
        deleted(scripted, says(404, status))


def test_an_object_that_a_finalizer_keeps_is_not_deleted(scripted: Scripted) -> None:
    kept = {"kind": "PartialObjectMetadata", "metadata": {"uid": "u1", "deletionTimestamp": "2026-11-23"}}
    with pytest.raises(Failed, match="a finalizer keeps it"):
        deleted(scripted, says(200, kept))


def test_an_object_that_is_answered_without_a_finalizer_is_deleted(scripted: Scripted) -> None:
    assert deleted(scripted, says(200, {"kind": "Secret", "metadata": {"uid": "u1"}})) == "deleted"


def test_a_conflict_that_is_none_of_the_api_server_is_no_replacement(scripted: Scripted) -> None:
    with pytest.raises(Failed, match="refused with 409"):
        deleted(scripted, text(409, "<html>busy</html>"))


def test_a_secret_that_is_replaced_while_it_is_deleted_is_looked_at_again(scripted: Scripted) -> None:
    with pytest.raises(Failed, match="replaced while it was being deleted"):
        deleted(scripted, says(409, CONFLICT), says(200, OURS), says(409, CONFLICT))
    assert [asked.split()[0] for asked in scripted.asked] == ["DELETE", "GET", "DELETE"]
