"""Pods that stay pending for other reasons than their image, told in plain words with a next step."""

from typing import Any

import pytest

from bahriya_tui.cluster.pull_judge import QUIET_LOOKS, PullJudge
from bahriya_tui.cluster.scheduling import why_no_node
from tests.cluster.objects import Object, waiting_pod

NO_VICTIMS = " preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod."


def without_node(message: str, name: str = "api-1") -> Object:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return {"metadata": {"name": name}, "status": {"phase": "Pending", "conditions": [condition]}}


def ended_pod(
    code: int, reason: str, restarts: int = 0, message: str = "", waits: bool = True, name: str = "api-1"
) -> Object:
    ended = {"exitCode": code, "reason": reason, "message": message}
    waiting = {
        "waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"}
    }
    state: Any = waiting if waits else {"running": {"startedAt": "2026-11-23T22:00:00Z"}}
    one = {"name": "api", "state": state, "lastState": {"terminated": ended}, "restartCount": restarts}
    return {"metadata": {"name": name}, "status": {"containerStatuses": [one]}}


def starting_pod(name: str = "api-1") -> Object:
    one = {"name": "api", "state": {"waiting": {"reason": "ContainerCreating"}}}
    conditions = [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}]
    return {"metadata": {"name": name}, "status": {"conditions": conditions, "containerStatuses": [one]}}


def told(*pods: Object) -> str:
    judge = PullJudge()
    assert judge.look(pods) is None
    return judge.note


def test_pods_without_a_node_are_counted_and_the_scarce_thing_is_named() -> None:
    message = f"0/3 nodes are available: 3 Insufficient memory.{NO_VICTIMS}"
    assert told(without_node(message, "api-1"), without_node(message, "api-2")) == (
        "2 pods wait for a node: insufficient memory; free some there, or add a node"
    )


@pytest.mark.parametrize(
    ("message", "words", "step"),
    [
        ("0/1 nodes are available: 1 Insufficient cpu.", "insufficient cpu", "free some"),
        (
            "0/4 nodes are available: 1 node(s) had untolerated taint "
            "{node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu, 3 Insufficient memory."
            + NO_VICTIMS,
            "insufficient cpu, insufficient memory, taint node-role.kubernetes.io/control-plane",
            "free some",
        ),
        (
            "0/1 nodes are available: 1 node(s) had taint {team: db}, that the pod didn't tolerate.",
            "taint team=db",
            "remove the taint",
        ),
        (
            "0/2 nodes are available: 2 node(s) had untolerated taint(s).",
            "nodes have taints",
            "remove the taint",
        ),
        (
            "0/1 nodes are available: 1 node(s) had taint {node.kubernetes.io/not-ready: }, "
            "that the pod didn't tolerate.",
            "a node is not ready",
            "have it looked at",
        ),
        ("0/1 nodes are available: 1 node(s) were unschedulable.", "cordoned", "uncordon"),
        (
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
            "no node has the labels it asks for",
            "label a node",
        ),
        ("0/1 nodes are available: 1 Too many pods.", "no node takes further pods", "free some"),
        (
            'persistentvolumeclaim "data" not found',
            'persistentvolumeclaim "data" not found',
            "see to the claim",
        ),
        ("no nodes available to schedule pods", "no nodes available to schedule pods", "look at the nodes"),
    ],
)
def test_the_schedulers_message_of_any_version_becomes_words_and_a_step(
    message: str, words: str, step: str
) -> None:
    found, next_step = why_no_node(message)
    assert found.endswith(words)
    assert next_step.startswith(step)


def test_a_missing_secret_or_config_map_is_named() -> None:
    assert told(waiting_pod("CreateContainerConfigError", 'secret "db" not found')) == (
        '1 pod lacks configuration: secret "db" not found; '
        "put it there, or take out of the workload what names it"
    )


def test_a_crash_tells_exit_code_signal_restarts_and_last_words() -> None:
    said = told(ended_pod(139, "Error", restarts=3), ended_pod(139, "Error", restarts=1, name="api-2"))
    assert said == (
        "2 pods keep crashing: exit code 139 (SIGSEGV), 3 restarts; "
        "its log there says more (kubectl logs --previous)"
    )
    assert "exit code 1, last words: no database, 1 restart;" in told(ended_pod(1, "Error", 1, "no database"))


def test_a_crash_is_told_also_in_the_moment_between_two_of_them() -> None:
    assert "1 pod keeps crashing: exit code 1, 1 restart;" in told(ended_pod(1, "Error", 1, waits=False))


def test_a_container_killed_for_its_memory_says_so() -> None:
    assert told(ended_pod(137, "OOMKilled", restarts=2)) == (
        "1 pod ran out of memory: OOMKilled, exit code 137 (SIGKILL), 2 restarts; "
        "raise its memory limit there, or have it use less"
    )


def test_a_container_that_ends_well_is_told_that_it_has_to_stay() -> None:
    assert told(ended_pod(0, "Completed", restarts=1)).startswith(
        "1 pod ends by itself: exit code 0, 1 restart; a container has to keep running"
    )


def test_a_command_that_is_not_in_the_image_is_told_without_the_runtimes_layers() -> None:
    layers = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start"
    message = f'{layers} container process: exec: "nope": executable file not found in $PATH: unknown'
    words = (
        '1 pod cannot be started: exec: "nope": executable file not found in $PATH; check image and command'
    )
    assert told(waiting_pod("RunContainerError", message)) == words
    assert told(ended_pod(128, "StartError", message=message)) == words


def test_an_init_job_that_crashes_is_named_and_one_that_is_done_is_not() -> None:
    crashed = ended_pod(2, "Error", restarts=1)
    crashed["status"]["initContainerStatuses"] = crashed["status"].pop("containerStatuses")
    assert told(crashed).startswith("init job api: 1 pod keeps crashing: exit code 2, 1 restart;")
    (one,) = crashed["status"]["initContainerStatuses"]
    one["state"] = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    assert told(crashed) == ""


def test_a_pod_that_its_node_turned_away_says_why() -> None:
    status = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    assert "1 pod was turned away: The node was low on" in told({"metadata": {"name": "a"}, "status": status})


def test_different_reasons_are_told_beside_each_other_and_pulls_first() -> None:
    said = told(
        without_node("0/1 nodes are available: 1 Insufficient cpu."),
        waiting_pod("ErrImagePull", "dial tcp 10.0.0.1:443: i/o timeout", name="api-2"),
    )
    assert said.startswith("ErrImagePull: dial tcp 10.0.0.1:443: i/o timeout; 1 pod waits for a node:")


@pytest.mark.parametrize(
    ("reason", "message", "words"),
    [
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "x" : secret "y" not found',
            "waits for a volume",
        ),
        ("FailedCreatePodSandBox", "Failed to create pod sandbox: no IP addresses", "gets no sandbox"),
        ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "is not ready"),
    ],
)
def test_a_pod_that_stays_unready_without_a_word_is_explained_by_its_events(
    reason: str, message: str, words: str
) -> None:
    judge = PullJudge()
    asked = []
    for _ in range(QUIET_LOOKS):
        judge.look([starting_pod("api-7")])
        asked.append(judge.unexplained)
    assert asked == [None] * (QUIET_LOOKS - 1) + ["api-7"]

    assert judge.explain([{"reason": "Scheduled"}, {"reason": reason, "message": message}]) is None
    judge.look([starting_pod("api-7")])

    assert judge.note.startswith(f"1 pod {words}: {message}; ")
    judge.look([])
    assert judge.note == ""
