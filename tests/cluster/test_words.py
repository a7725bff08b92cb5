"""Refusals, in words that name the object, the reason and what to do."""

from bahriya_tui.cluster.transport import Answer
from bahriya_tui.cluster.words import refusal


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
