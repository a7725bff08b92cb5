"""Refusals, in words that name the object, the reason and what to do."""

import pytest

from bahriya_tui.cluster.transport import Answer
from bahriya_tui.cluster.words import no_replica, refusal


def test_a_conflict_names_the_other_manager_and_its_fields() -> None:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "kubectl-edit" using apps/v1',
            "field": ".spec.replicas",
        },
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "argocd-controller" using apps/v1',
            "field": '.spec.template.spec.containers[name="api"].image',
        },
    ]
    body = {"message": "Apply failed with 2 conflicts", "reason": "Conflict", "details": {"causes": causes}}
    words = refusal(Answer(409, body), "deployment api")
    assert words.startswith(
        "deployment api: kubectl-edit owns .spec.replicas and argocd-controller owns .spec"
    )
    assert "\n" not in words


def test_a_refusal_keeps_the_regions_own_words_on_one_line() -> None:
    body = {"message": 'secrets "bahriya-x-v1" is forbidden:\n User "ci" cannot patch'}
    words = refusal(Answer(403, body), "pull secret bahriya-x-v1")
    assert 'User "ci" cannot patch' in words
    assert "\n" not in words


def test_rejected_credentials_of_the_kubeconfig_say_so() -> None:
    words = refusal(Answer(401, {"message": "Unauthorized"}), "namespace bahriya-shop")
    assert "kubeconfig's credentials" in words


def test_an_answer_without_a_status_object_still_has_words() -> None:
    assert "502" in refusal(Answer(502, {}), "deployment api")


WEBHOOK = 'admission webhook "policy.example" denied the request'


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (
            403,
            'deployments.apps "api" is forbidden: exceeded quota: small, requested: count/deployments.apps=1',
            "the quota there does not allow it",
        ),
        (
            403,
            'deployments.apps "api" is forbidden: unable to create new content in namespace bahriya-shop'
            " because it is being terminated",
            "its namespace is being deleted there",
        ),
        (403, f"{WEBHOOK}: no latest tags", "admission webhook policy.example denied it: no latest tags;"),
        (400, f"{WEBHOOK}: no latest tags", "admission webhook policy.example denied it: no latest tags;"),
        (403, WEBHOOK, "admission webhook policy.example denied it: it gives no reason;"),
        (
            500,
            'Internal error occurred: failed calling webhook "policy.example": connection refused',
            "admission webhook policy.example does not answer there",
        ),
        (403, 'User "ci" cannot patch resource "deployments"', "not permitted there"),
        (503, "etcd leader changed", "the region failed with 503 (etcd leader changed); deploy again later"),
        (422, "spec.replicas: Invalid value", "refused with 422: spec.replicas: Invalid value"),
    ],
)
def test_each_reason_to_refuse_has_words_of_its_own(status: int, said: str, words: str) -> None:
    told = refusal(Answer(status, {"message": said}), "deployment api")
    assert told.startswith(f"deployment api: {words}")


def test_a_region_that_asks_to_wait_says_how_long_if_it_said_so() -> None:
    body = {"message": "too many requests", "details": {"retryAfterSeconds": 40}}
    assert "asks to wait 40 s (429)" in refusal(Answer(429, body), "deployment api")
    assert "asks to wait (429)" in refusal(Answer(429, {}), "deployment api")


@pytest.mark.parametrize(
    ("said", "words", "hint"),
    [
        ("exceeded quota: small", "the quota there allows no further replica", "have it raised"),
        (f"{WEBHOOK}: no root", "no replica can be created: admission webhook policy.example denied it", ""),
        (
            'violates PodSecurity "restricted"',
            "no replica can be created: violates PodSecurity",
            "in the region",
        ),
    ],
)
def test_why_a_region_creates_no_pods_is_told_with_what_to_do(said: str, words: str, hint: str) -> None:
    told, next_step = no_replica(said)
    assert told.startswith(words)
    assert hint in next_step
