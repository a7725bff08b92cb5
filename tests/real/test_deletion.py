"""Deletion while a region does not answer: the registry goes last, that region's secret when it can."""

from tests.operator import Operator
from tests.real.app import run_app
from tests.real.cluster import Cluster, Control
from tests.worker.desk import until


def test_a_registry_goes_when_every_region_has_answered_and_the_secret_of_a_frozen_one_follows(
    cluster: Cluster, operator: Operator, project: str, control: Control, canary: str
) -> None:
    run_app(operator, cluster, canary)
    frozen, *others = cluster.contexts
    control.freeze(frozen)

    deleted = operator.run("registry", "delete", "team", "--unlink", "--yes", "--json").json

    assert deleted["deleted"] is True
    (pending,) = deleted["pending_removals"]
    assert (pending["region"], pending["name"]) == (frozen, "bahriya-team-v1")
    assert "cannot be reached" in pending["last_error"]
    for region in others:
        assert cluster.pull_secrets(region, project) == []
    assert operator.run("registry", "list", "--json").json == []
    log = operator.run("audit", "list", "--registry", "team", "--limit", "2", "--json").json
    assert [(one["action"], one["outcome"], one["regions"]) for one in log] == [
        ("registry.deleted", "partial", [frozen]),
        ("registry.deleting", "started", []),
    ]

    control.bring_back(frozen)
    until(
        lambda: not operator.run("region", "show", frozen, "--json").json["pending_removals"],
        seconds=60,
    )
    assert cluster.pull_secrets(frozen, project) == []
    operator.stop_worker()
    assert canary.encode() not in operator.written()
