"""The rule of `kubectl rollout status`, case by case."""

from typing import Any

import pytest

from bahriya_tui.cluster.rollout import PAUSED, assess
from tests.cluster.objects import deployment


@pytest.mark.parametrize(
    ("shown", "state", "words"),
    [
        (deployment(generation=3, observed=2, updatedReplicas=3), "waiting", "notice the new revision"),
        (deployment(replicas=3, updatedReplicas=1), "waiting", "1 of 3 new replicas started"),
        (deployment(replicas=3), "waiting", "0 of 3 new replicas started"),
        (deployment(updatedReplicas=3, replicas=3) | {}, "waiting", "0 of 3 new replicas available"),
    ],
)
def test_an_unfinished_rollout_says_what_it_waits_for(shown: dict[str, Any], state: str, words: str) -> None:
    judged = assess(shown)
    assert judged.state == state
    assert words in judged.message


def test_old_replicas_that_still_stop_keep_the_rollout_open() -> None:
    shown = deployment(updatedReplicas=3, availableReplicas=3)
    shown["status"]["replicas"] = 4
    judged = assess(shown)
    assert (judged.state, judged.message) == ("waiting", "3 of 3 new replicas started, 1 old still running")


def test_a_paused_deployment_is_told_as_such_unless_its_rollout_was_done() -> None:
    paused = deployment(replicas=3, updatedReplicas=1)
    paused["spec"]["paused"] = True
    assert assess(paused).message == PAUSED
    finished = deployment(updatedReplicas=3, availableReplicas=3)
    finished["spec"]["paused"] = True
    finished["status"]["replicas"] = 3
    assert assess(finished).state == "done"


def test_a_rollout_is_done_when_all_new_replicas_are_available_and_alone() -> None:
    shown = deployment(updatedReplicas=3, availableReplicas=3)
    shown["status"]["replicas"] = 3
    assert assess(shown).state == "done"


def test_a_deployment_without_replicas_is_done_once_it_was_noticed() -> None:
    assert assess(deployment(replicas=0)).state == "done"
    assert assess(deployment(replicas=0, generation=2, observed=1)).state == "waiting"


def test_a_passed_deadline_is_a_failure_in_the_regions_words() -> None:
    condition = {"status": "False", "reason": "ProgressDeadlineExceeded", "message": "it timed out"}
    judged = assess(deployment(updatedReplicas=1, conditions={"Progressing": condition}))
    assert judged.state == "failed"
    assert "600 s" in judged.message
    assert "it timed out" in judged.message


def test_the_deadline_of_an_older_revision_does_not_count() -> None:
    condition = {"status": "False", "reason": "ProgressDeadlineExceeded", "message": "it timed out"}
    assert (
        assess(deployment(generation=3, observed=2, conditions={"Progressing": condition})).state == "waiting"
    )


def test_refused_replicas_are_told_but_are_no_failure_yet() -> None:
    condition = {"status": "True", "reason": "FailedCreate", "message": "exceeded quota: pods"}
    judged = assess(deployment(updatedReplicas=1, conditions={"ReplicaFailure": condition}))
    assert judged.state == "waiting"
    assert judged.blocked == "exceeded quota: pods"
