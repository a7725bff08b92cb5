"""Pull failures: told apart from passing disturbances, and reported with their cause."""

import pytest

from bahriya_tui.cluster.pods import troubles
from bahriya_tui.cluster.pull_judge import PATIENT_LOOKS, PullJudge
from tests.cluster.objects import running_pod, waiting_pod

REFUSED = 'failed to resolve reference "reg/app:v1": status code [manifests v1]: 401 Unauthorized'
MISSING = 'failed to resolve reference "reg/app:v9": reg/app:v9: not found'
TIMEOUT = "dial tcp 10.0.0.1:443: i/o timeout"
BACK_OFF = 'Back-off pulling image "reg/app:v1"'


@pytest.mark.parametrize("cause", [REFUSED, MISSING, "denied: requested access", "manifest unknown"])
def test_a_refused_pull_is_a_verdict_at_the_second_look(cause: str) -> None:
    judge = PullJudge()
    assert judge.look([waiting_pod("ErrImagePull", cause)]) is None
    assert judge.look([waiting_pod("ErrImagePull", cause)]) == cause


def test_a_cause_is_told_in_words_as_soon_as_it_is_seen() -> None:
    judge = PullJudge(lambda cause, job: f"{job or 'own'} refused ({cause})")
    judge.look([waiting_pod("ErrImagePull", REFUSED)])
    assert judge.note == f"ErrImagePull: own refused ({REFUSED})"
    judge.look([waiting_pod("ErrImagePull", REFUSED, init=True)])
    assert judge.note == f"init job api: ErrImagePull: api refused ({REFUSED})"


def test_a_failed_pull_of_an_init_job_names_the_job() -> None:
    judge = PullJudge()
    judge.look([waiting_pod("ErrImagePull", REFUSED, init=True)])
    assert judge.note.startswith("init job api: ErrImagePull: ")
    assert judge.look([waiting_pod("ErrImagePull", REFUSED, init=True)]) == REFUSED
    assert judge.init_job == "api"
    judge.look([waiting_pod("InvalidImageName")])
    assert judge.init_job == ""


def test_back_off_keeps_the_cause_seen_before_it() -> None:
    judge = PullJudge()
    judge.look([waiting_pod("ErrImagePull", f"rpc error: code = Unknown desc = {REFUSED}")])
    assert judge.look([waiting_pod("ImagePullBackOff", BACK_OFF)]) == REFUSED
    assert judge.unexplained is None


def test_newer_kubelets_give_the_cause_with_the_back_off() -> None:
    assert (
        PullJudge().look([waiting_pod("ImagePullBackOff", f"{BACK_OFF}: ErrImagePull: {MISSING}")]) == MISSING
    )


def test_back_off_without_a_cause_asks_for_the_pods_events() -> None:
    judge = PullJudge()
    assert judge.look([waiting_pod("ImagePullBackOff", BACK_OFF, name="api-7")]) is None
    assert judge.unexplained == "api-7"
    events = [
        {"reason": "BackOff", "message": BACK_OFF, "lastTimestamp": "2026-11-23T22:00:09Z"},
        {
            "reason": "Failed",
            "message": f'Failed to pull image "reg/app:v1": {MISSING}',
            "lastTimestamp": "2026-11-23T22:00:01Z",
        },
        {
            "reason": "Failed",
            "message": f'Failed to pull image "reg/app:v1": rpc error: code = NotFound desc = {REFUSED}',
            "lastTimestamp": "2026-11-23T22:00:08Z",
        },
        {"reason": "Failed", "message": "Error: ErrImagePull", "lastTimestamp": "2026-11-23T22:00:08Z"},
    ]
    verdict = judge.explain(events)
    assert verdict == f'Failed to pull image "reg/app:v1": {REFUSED}'


def test_a_registry_out_of_reach_gets_more_time_but_not_for_ever() -> None:
    judge = PullJudge()
    verdicts = [judge.look([waiting_pod("ErrImagePull", TIMEOUT)]) for _ in range(PATIENT_LOOKS)]
    assert verdicts[:-1] == [None] * (PATIENT_LOOKS - 1)
    assert verdicts[-1] == TIMEOUT
    assert TIMEOUT in judge.note


def test_one_node_that_stumbles_and_recovers_is_no_verdict() -> None:
    judge = PullJudge()
    assert judge.look([waiting_pod("ErrImagePull", REFUSED)]) is None
    assert judge.look([running_pod()]) is None
    assert judge.look([waiting_pod("ErrImagePull", REFUSED)]) is None


@pytest.mark.parametrize("reason", ["InvalidImageName", "ErrImageNeverPull"])
def test_what_can_never_work_fails_at_the_first_look(reason: str) -> None:
    verdict = PullJudge().look([running_pod(), waiting_pod(reason, "couldn't parse image name")])
    assert verdict is not None
    assert reason in verdict
    assert "couldn't parse" in verdict


def test_a_crashing_container_is_told_but_not_judged() -> None:
    judge = PullJudge()
    for _ in range(PATIENT_LOOKS * 2):
        assert (
            judge.look([waiting_pod("CrashLoopBackOff", "back-off 10s restarting failed container")]) is None
        )
    assert "keeps crashing" in judge.note


def test_init_containers_count_and_pods_on_their_way_out_do_not() -> None:
    leaving = waiting_pod("ErrImagePull", REFUSED)
    leaving["metadata"]["deletionTimestamp"] = "2026-11-23T22:00:00Z"
    assert troubles([leaving]) == []
    judge = PullJudge()
    judge.look([running_pod(), waiting_pod("ErrImagePull", REFUSED, init=True)])
    assert judge.look([running_pod(), waiting_pod("ErrImagePull", REFUSED, init=True)]) == REFUSED
