"""An ECR registry with an IAM key: regions get tokens, and the next one at half life; the key stays here."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.push import push_now
from bahriya_tui.store import audit, containers, registries, removals, secret_writes, secrets, work
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker import opener_batch
from bahriya_tui.worker.loop import POLL_SECONDS
from bahriya_tui.worker.openers import Standby
from bahriya_tui.worker.refresh import ask_for_next_tokens
from bahriya_tui.worker.shared_store import SharedStore
from bahriya_tui.worker.shift import work_off
from tests.oci.fake_ecr import API, KEY_ID, SERVER, FakeEcr, fake_ecr
from tests.operations.conftest import Quiet
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until
from tests.worker.gathering import AS_LONG_AS_IT_TAKES

NAMESPACE = "bahriya-shop"
NAME = "bahriya-team-v1"
IMAGE = f"{SERVER}/team/app:v1"


class Watch:
    """A clock that runs until it is stopped, and can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.stopped: datetime | None = None

    def now(self) -> datetime:
        return (self.stopped or datetime.now(UTC)) + self.ahead

    def stop(self) -> None:
        self.stopped = datetime.now(UTC)

    def on(self, hours: float) -> None:
        self.ahead += timedelta(hours=hours)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(clock, "now", lambda: clock.stamp(made.now()))
    return made


@pytest.fixture
def aws(tmp_path: Path, canary: str, desk: Desk, watch: Watch) -> Iterator[FakeEcr]:
    """An ECR whose one access key has the canary as its secret, and whose registry takes its last token."""
    with fake_ecr(tmp_path / "aws", canary) as here:
        here.now = watch.now
        here.on_token = lambda token: desk.world.do(lambda: desk.world.registry.users.update(AWS=token))
        yield here


@contextmanager
def working(desk: Desk, idle_seconds: float = 60.0) -> Iterator[threading.Thread]:
    """Run a worker in this process, by the clock of the test."""
    stop, standby = threading.Event(), Standby()
    # An opener ends with the thread that started it.
    thread = threading.Thread(target=lambda: work_off(desk.places, standby, stop, idle_seconds))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(120)
        assert not thread.is_alive()
        standby.take().end()


def team(desk: Desk, aws: FakeEcr, secret: str) -> Registry:
    with desk.store.write() as tx:
        made = registries.insert(
            tx,
            PROJECT,
            "team",
            name="",
            server=SERVER,
            username=KEY_ID,
            expires=None,
            plain_http=False,
            ca_file=aws.authority.ca_file,
            proxy=aws.proxy,
            now=clock.now(),
        )
    return desk.rotate(made, secret)


def login_in(desk: Desk, region: str) -> dict[str, Any]:
    (secret,) = [s for s in desk.world.objects(region, "secrets", NAMESPACE) if s["metadata"]["name"] == NAME]
    (login,) = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))["auths"].items()
    return {"server": login[0], "username": login[1]["username"], "password": login[1]["password"]}


def passwords(desk: Desk) -> set[str]:
    return {login_in(desk, region)["password"] for region in REGIONS}


def known(desk: Desk) -> dict[str, Any]:
    return {one.region: one for one in secrets.applied(desk.store.connection, project=PROJECT)}


@pytest.fixture(autouse=True)
def one_opener(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one opener serve all regions, however slow this machine is."""
    monkeypatch.setattr(opener_batch, "GATHER_SECONDS", AS_LONG_AS_IT_TAKES)
    monkeypatch.setattr(opener_batch, "LONGEST_GATHER_SECONDS", AS_LONG_AS_IT_TAKES)


def deploy(desk: Desk, registry: Registry) -> int:
    return desk.deploy(desk.container("app", image=IMAGE, registry=registry))


def deployed(desk: Desk, registry: Registry) -> None:
    number = deploy(desk, registry)
    assert desk.ended(number).state == "done", desk.told(number)


def settled(desk: Desk) -> None:
    until(lambda: secret_writes.pending(desk.store.connection) == [], say=desk.told)


def naive_forms(secret: str) -> list[bytes]:
    raw = secret.encode()
    shifted = [base64.b64encode(bytes(n) + raw)[4 if n else 0 : -4] for n in range(3)]
    return [raw, raw.hex().encode(), raw[::-1], *shifted]


def found(secret: str, places: list[bytes]) -> bool:
    return any(form in place for form in naive_forms(secret) for place in places)


def test_regions_get_tokens_made_with_the_key_and_the_key_is_nowhere(
    desk: Desk, aws: FakeEcr, canary: str, tmp_path: Path
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
    (token,) = aws.tokens
    for region in REGIONS:
        assert login_in(desk, region) == {"server": SERVER, "username": "AWS", "password": token}
    assert aws.asked == [f"{API}:443"]
    for one in known(desk).values():
        assert 0 <= 12 * 3600 - clock.seconds_between(clock.now(), one.expires_at) < 600
        assert 0 <= 6 * 3600 - clock.seconds_between(clock.now(), one.refresh_at) < 600
    here = [file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file()]
    here += [str(desk.told()).encode(), str(audit.since(desk.store.connection)).encode()]
    there = [json.dumps(desk.world.objects(one, kind)).encode() for one in REGIONS for kind in KINDS]
    assert not found(canary, here + there)
    assert not found(token, here)
    # The look finds what is there.
    assert found(token, there)


KINDS = ("secrets", "deployments", "pods", "events")


def test_at_half_life_every_region_gets_the_next_token_from_one_opener(
    desk: Desk, aws: FakeEcr, canary: str, watch: Watch
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
        desk.openings_ended()
        before = {region: desk.world.objects(region, "pods", NAMESPACE) for region in REGIONS}
        openings = len(audit.since(desk.store.connection))
        watch.on(hours=5.9)
        assert work.next_due(desk.store.connection) is not None
        watch.on(hours=0.2)
        until(lambda: len(aws.tokens) == 2 and passwords(desk) == {aws.tokens[1]}, say=desk.told)
        settled(desk)
        until(lambda: len(audit.since(desk.store.connection)) == openings + 2)
    told = audit.since(desk.store.connection)[openings:]
    assert [(one.action, one.user, one.outcome) for one in told] == [
        ("credential.opening", "bahriya worker", "started"),
        ("credential.opened", "bahriya worker", "done"),
    ]
    assert sorted(told[-1].regions.split()) == sorted(REGIONS)
    assert {region: desk.world.objects(region, "pods", NAMESPACE) for region in REGIONS} == before
    words = [message for _, phase, message in desk.told() if phase == "secret.written"]
    assert len(words) == len(REGIONS)
    assert all("its token ends at " in one for one in words)
    for one in known(desk).values():
        assert clock.seconds_between(clock.now(), one.refresh_at) > 5.8 * 3600


def test_when_aws_is_down_the_old_token_stays_an_event_says_so_and_it_is_tried_again(
    desk: Desk, aws: FakeEcr, canary: str, watch: Watch
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
        old = aws.tokens[0]
        ends = known(desk)["helsinki-1"].expires_at
        aws.let_through = False
        desk.openings_ended()
        openings = len(audit.since(desk.store.connection))
        watch.stop()
        watch.on(hours=6.1)
        tried = secret_writes.pending
        until(lambda: [one.attempts > 0 for one in tried(desk.store.connection)] == [True] * 3, say=desk.told)
        assert passwords(desk) == {old}
        # All at the same time, so that one opener does for them.
        assert len({one.next_try_at for one in tried(desk.store.connection)}) == 1
        words = [message for _, phase, message in desk.told() if phase == "secret.pending"]
        assert len(words) == len(REGIONS)
        assert (
            f"{NAME} keeps the token that ends at {clock.minute(ends)}: no token could be minted: {API}"
            in words[0]
        )
        desk.openings_ended()
        assert {one.outcome for one in audit.since(desk.store.connection)[openings:]} == {
            "started",
            "not opened",
        }
        aws.let_through = True
        watch.on(hours=0.1)
        until(lambda: len(aws.tokens) == 2 and passwords(desk) == {aws.tokens[1]}, say=desk.told)
        settled(desk)


def test_a_key_that_is_refused_is_not_opened_again_for_half_an_hour(
    desk: Desk, aws: FakeEcr, canary: str, watch: Watch
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
        aws.refusal = (400, "UnrecognizedClientException")
        watch.stop()
        watch.on(hours=6.1)
        pending = secret_writes.pending
        until(lambda: [one.attempts for one in pending(desk.store.connection)] == [1] * 3, say=desk.told)
        again = {one.next_try_at for one in pending(desk.store.connection)}
        assert again == {clock.later(clock.now(), 1800)}
        assert secret_writes.due(desk.store.connection, clock.now()) == []
        assert passwords(desk) == {aws.tokens[0]}
        aws.refusal = None
        watch.on(hours=0.5)
        until(lambda: len(aws.tokens) == 2 and passwords(desk) == {aws.tokens[1]}, say=desk.told)
        settled(desk)


def test_a_deployment_without_a_token_fails_everywhere_and_leaves_what_is_there(
    desk: Desk, aws: FakeEcr, canary: str
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
        before = known(desk)
        aws.refusal = (400, "UnrecognizedClientException")
        number = desk.deploy(containers.get(desk.store.connection, PROJECT, "app"))
        assert desk.ended(number).state == "failed", desk.told(number)
    for region in REGIONS:
        message = desk.region(number, region).message
        assert message.startswith("no token could be minted: AWS does not know this access key")
        assert canary not in message
    assert passwords(desk) == {aws.tokens[0]}
    after = known(desk)
    for region in REGIONS:
        kept = (after[region].expires_at, after[region].refresh_at)
        assert kept == (before[region].expires_at, before[region].refresh_at)


def test_a_worker_stays_while_there_are_tokens_to_refresh_and_goes_when_there_are_none(
    desk: Desk, aws: FakeEcr, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = team(desk, aws, canary)
    looks: list[str | None] = []
    next_due = work.next_due

    def look(c: Connection) -> str | None:
        looks.append(next_due(c))
        return looks[-1]

    monkeypatch.setattr(work, "next_due", look)
    number = deploy(desk, registry)
    with working(desk, idle_seconds=POLL_SECONDS) as worker:
        assert desk.ended(number).state == "done", desk.told(number)
        first = min(one.refresh_at for one in known(desk).values())
        until(lambda: looks.count(first) > 12)
        assert worker.is_alive()
        with desk.store.write() as tx:
            for one in secrets.applied(tx.conn):
                secrets.refresh_asked(tx, one)
        until(lambda: not worker.is_alive())


def test_what_nothing_pulls_with_gets_no_next_token(
    desk: Desk, aws: FakeEcr, canary: str, watch: Watch
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
        with desk.store.write() as tx:
            tx.execute("DELETE FROM placement")
        watch.on(hours=6.1)
        until(lambda: {one.refresh_at for one in known(desk).values()} == {None})
        assert work.next_due(desk.store.connection) is None
    assert len(aws.tokens) == 1


def test_what_is_to_be_removed_gets_no_next_token(
    desk: Desk, aws: FakeEcr, canary: str, watch: Watch
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
    here = known(desk)["helsinki-1"]
    with desk.store.write() as tx:
        removals.add(
            tx,
            project=PROJECT,
            region="helsinki-1",
            kind="Secret",
            name=NAME,
            uid=here.uid,
            reason="registry team was deleted",
            now=clock.later(clock.now(), 86400),
        )
    watch.on(hours=6.1)
    ask_for_next_tokens(SharedStore(desk.store))
    asked = secret_writes.pending(desk.store.connection)
    assert [one.region for one in asked] == ["falkenstein-1", "virginia-1"]
    assert {one.refresh_at for one in known(desk).values()} == {None}


def test_a_token_that_was_withdrawn_does_not_come_back_at_half_life(
    desk: Desk, aws: FakeEcr, canary: str, watch: Watch
) -> None:
    registry = team(desk, aws, canary)
    with working(desk):
        deployed(desk, registry)
    desk.rotate(registry, canary)
    # The worker that follows has the clock of the test.
    push_now(Quiet(desk.store, desk.places, Actor("mira")), PROJECT, "team")
    watch.on(hours=6.1)
    with working(desk):
        settled(desk)
    assert {one.holds for one in known(desk).values()} == {2}
    assert passwords(desk) == {aws.tokens[-1]}
    assert "its token ends at" not in str(desk.told())
