"""Every opening of a credential is in the audit log, whatever becomes of it, and regions remember the log."""

import os
import signal

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Entry, Head, verify
from bahriya_tui.store import audit, checks, regions
from tests.hostile.processes import locked_in
from tests.processes import children, read
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until

NAMESPACE = "bahriya-shop"
HEAD = "bahriya.cloud/audit-head"


def openings(desk: Desk) -> list[tuple[str, str]]:
    return [(entry.action, entry.outcome) for entry in log(desk)]


def log(desk: Desk) -> list[Entry]:
    return audit.since(desk.store.connection)


def openers(desk: Desk) -> list[int]:
    """Find the openers of the desk's worker, as the kernel tells of them."""
    assert desk.worker is not None
    return [pid for pid in children(desk.worker.process.pid) if b"bahriya_tui.opener" in read(pid, "cmdline")]


def remembered(desk: Desk, region: str) -> list[str]:
    secrets = desk.world.objects(region, "secrets", NAMESPACE)
    return [one["metadata"]["annotations"][HEAD] for one in secrets]


def test_a_deployment_opens_its_credential_once_and_says_so(desk: Desk, canary: str) -> None:
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start(gathering=True)
    assert desk.ended(number).state == "done", desk.told(number)
    desk.openings_ended()

    assert openings(desk) == [("credential.opening", "started"), ("credential.opened", "done")]
    for entry in log(desk):
        assert (entry.user, entry.project, entry.registry, entry.container) == ("ops", "shop", "team", "app")
        assert (entry.deployment, entry.versions) == (number, "1")
        assert sorted(entry.regions.split()) == sorted(REGIONS)
    assert verify(log(desk), []) == ()
    assert canary not in str(log(desk))
    assert desk.deployment(number).isolation in ("full", "partial", "process only")


def test_every_region_remembers_the_log_as_it_was_when_its_secret_was_written(
    desk: Desk, canary: str
) -> None:
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start(gathering=True)
    desk.ended(number)
    head = str(Head(1, log(desk)[0].hash))
    assert {region: remembered(desk, region) for region in REGIONS} == {key: [head] for key in REGIONS}


def test_a_region_that_is_down_makes_the_opening_partial_or_not_needed(desk: Desk, canary: str) -> None:
    desk.world.stop(REGIONS[0])
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start()
    assert desk.ended(number).state == "partial"
    desk.openings_ended()
    opened = log(desk)[-1]
    assert opened.outcome == "done"
    assert REGIONS[0] not in opened.regions.split()


@pytest.mark.parametrize(("prefix", "outcome"), [("", "accepted"), ("not-", "rejected")])
def test_a_check_is_an_opening_too(desk: Desk, canary: str, prefix: str, outcome: str) -> None:
    registry = desk.registry("team", prefix + canary)
    with desk.store.write() as tx:
        number = checks.request(tx, registry.id, 1, [], clock.now(), "mira")
    desk.start()
    until(lambda: checks.get(desk.store.connection, number).state == "done")
    desk.openings_ended()
    assert openings(desk) == [("credential.opening", "started"), ("credential.opened", outcome)]
    assert {(entry.user, entry.registry, entry.versions) for entry in log(desk)} == {("mira", "team", "1")}


def test_a_credential_that_cannot_be_opened_was_still_asked_for(desk: Desk, canary: str) -> None:
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    for key in desk.places.private_keys.glob("*.key"):
        key.chmod(0o644)
    desk.start()
    assert desk.ended(number).state == "failed"
    desk.openings_ended()
    assert [entry.outcome for entry in log(desk)][:2] == ["started", "locked"]


def test_an_opener_that_is_killed_has_its_entries(desk: Desk, canary: str) -> None:
    held(desk, canary)
    assert desk.worker is not None
    worker = desk.worker.process.pid
    # One that has not locked itself in yet may be one that stands by, which the worker replaces unasked.
    until(lambda: locked_in([worker]) != [])
    for opener in locked_in([worker]):
        os.kill(opener, signal.SIGKILL)
    until(lambda: len(log(desk)) >= 2)
    assert openings(desk)[:2] == [("credential.opening", "started"), ("credential.opened", "no answer")]
    assert desk.ended(1).state == "done", "another opener was to come through"


def test_an_opening_is_in_the_log_before_there_is_an_opener(desk: Desk, canary: str) -> None:
    held(desk, canary)
    assert openings(desk) == [("credential.opening", "started")]
    assert desk.worker is not None
    desk.worker.kill()
    assert openings(desk) == [("credential.opening", "started")]


def held(desk: Desk, canary: str) -> None:
    """Deploy to regions that take long to answer, until an opener waits for them."""
    for region in desk.world.regions.values():
        region.latency = 1.5
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start(gathering=True)
    until(lambda: openers(desk) != [] and log(desk) != [], say=lambda: desk.told(number))


@pytest.fixture
def deployed(desk: Desk, canary: str) -> Desk:
    """A desk whose container runs everywhere."""
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary)))
    desk.start(gathering=True)
    assert desk.ended(number).state == "done", desk.told(number)
    desk.openings_ended()
    return desk


def check(desk: Desk, *asked: str) -> None:
    with desk.store.write() as tx:
        for region in asked:
            regions.request_check(tx, region, clock.now())
    until(lambda: regions.to_check(desk.store.connection) == [])


def test_a_region_check_reads_back_what_the_region_remembers(deployed: Desk) -> None:
    assert audit.anchors(deployed.store.connection) == []
    check(deployed, *REGIONS)
    found = audit.anchors(deployed.store.connection)
    assert [(one.region, one.secret, one.seq) for one in found] == [
        (region, "bahriya-team-v1", 1) for region in REGIONS
    ]
    assert {one.hash for one in found} == {log(deployed)[0].hash}


@pytest.mark.parametrize("annotation", ["", "rubbish", "7:short", "<gone>"])
def test_an_annotation_that_somebody_spoiled_is_no_anchor_and_no_error(
    deployed: Desk, annotation: str
) -> None:
    (secret,) = deployed.world.objects(REGIONS[0], "secrets", NAMESPACE)
    metadata = {**secret["metadata"], "annotations": {HEAD: annotation} if annotation != "<gone>" else None}
    deployed.world.put(REGIONS[0], "secrets", {**secret, "metadata": metadata})
    check(deployed, REGIONS[0])
    assert audit.anchors(deployed.store.connection) == []
    assert regions.get(deployed.store.connection, REGIONS[0]).status == "active"
