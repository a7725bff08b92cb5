"""Containers that are deployed together share what a region needs once, and nothing of each other's fate."""

from collections import Counter
from urllib.parse import parse_qs

from bahriya_tui.model import clock
from bahriya_tui.store import audit, deployments
from bahriya_tui.worker.loop import MOST_CLAIMS
from tests.worker.conftest import REGIONS
from tests.worker.desk import Desk, until

SECRET = "/api/v1/namespaces/bahriya-shop/secrets/bahriya-team-v1"
WORKLOADS = "/apis/apps/v1/namespaces/bahriya-shop/deployments"


def asked(desk: Desk, region: str) -> Counter[tuple[str, str]]:
    lines = [line.split() for line in desk.world.regions[region].requests]
    return Counter((method, target.partition("?")[0]) for method, target, *_ in lines)


def forget_requests(desk: Desk) -> None:
    for region in desk.world.regions.values():
        region.requests.clear()


def expected(names: list[str]) -> Counter[tuple[str, str]]:
    patches = [("PATCH", f"{WORKLOADS}/{name}") for name in names]
    return Counter([("PATCH", SECRET), *patches, ("GET", WORKLOADS)])


def test_five_containers_of_a_registry_take_one_secret_and_one_watch_in_each_region(
    desk: Desk, canary: str
) -> None:
    team = desk.registry("team", canary)
    names = [f"app-{number}" for number in range(5)]
    apps = [desk.container(name, registry=team) for name in names]
    numbers = [desk.deploy(app) for app in apps]
    desk.start()
    for number in numbers:
        assert desk.ended(number).state == "done", desk.told(number)
    assert desk.worker is not None
    desk.worker.end()
    forget_requests(desk)

    numbers = [desk.deploy(app) for app in apps]
    desk.start()

    for number in numbers:
        ended = desk.ended(number)
        assert ended.state == "done", desk.told(number)
        assert desk.states(number) == dict.fromkeys(REGIONS, "running")
    for region in REGIONS:
        assert asked(desk, region) == expected(names)
    desk.openings_ended()
    opened = [desk.deployment(number).plaintext_ms for number in numbers]
    assert [bool(milliseconds) for milliseconds in opened] == [True, False, False, False, False]


def test_many_that_are_queued_at_once_begin_in_batches_and_each_is_taken_once(desk: Desk) -> None:
    names = [f"app-{number}" for number in range(2 * MOST_CLAIMS + 1)]
    numbers = [desk.deploy(desk.container(name, image="nginx:1.27", places=REGIONS[:1])) for name in names]
    desk.start()
    for number in numbers:
        assert desk.ended(number).state == "done", desk.told(number)
    assert {desk.deployment(number).fence for number in numbers} == {1}
    # Those that begin together are watched together.
    watched = [parse_qs(line.partition("?")[2]) for line in desk.world.regions[REGIONS[0]].requests]
    assert len({one["labelSelector"][0] for one in watched if "watch" in one}) == 3


def test_what_two_operators_deploy_is_opened_for_each_of_them(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    by = {who: desk.deploy(desk.container(f"of-{who}", registry=team), actor=who) for who in ("ann", "ben")}
    desk.start()
    for number in by.values():
        assert desk.ended(number).state == "done", desk.told(number)
    desk.openings_ended()
    opened = [one for one in audit.since(desk.store.connection) if one.action == "credential.opened"]
    assert {(one.user, one.deployment) for one in opened} == set(by.items())


def test_a_worker_that_takes_over_looks_at_each_workload_once_more(desk: Desk, canary: str) -> None:
    desk.world.registry.silent.add("team/app")
    team = desk.registry("team", canary)
    names = ["app", "api"]
    apps = [desk.container(name, registry=team) for name in names]
    numbers = [desk.deploy(app) for app in apps]
    worker = desk.start()
    until(lambda: all(desk.region(number, one).state == "rolling" for number in numbers for one in REGIONS))
    worker.kill()
    forget_requests(desk)

    desk.start()
    until(lambda: all(asked(desk, one)["GET", WORKLOADS] for one in REGIONS), say=lambda: desk.told())
    desk.world.registry.silent.clear()

    for number in numbers:
        assert desk.ended(number).state == "done", desk.told(number)
    looks = Counter({("GET", f"{WORKLOADS}/{name}"): 1 for name in names})
    for region in REGIONS:
        assert asked(desk, region) - Counter({("GET", "/api/v1/namespaces/bahriya-shop/pods"): 99}) == (
            expected(names) + looks
        )


def test_a_container_that_cannot_be_pulled_fails_alone(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    good = desk.container("good", registry=team)
    bad = desk.container("bad", registry=team, image=f"{desk.world.registry.address}/team/app:v9")
    numbers = [desk.deploy(bad), desk.deploy(good)]
    desk.start()
    assert desk.ended(numbers[0]).state == "failed"
    assert "not found" in desk.region(numbers[0], REGIONS[0]).message
    assert desk.ended(numbers[1]).state == "done", desk.told(numbers[1])


def test_a_deployment_that_is_cancelled_leaves_the_others_alone(slow_desk: Desk, canary: str) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    numbers = [desk.deploy(desk.container(name, registry=team)) for name in ("app", "api")]
    desk.start()
    until(lambda: all(desk.region(number, one).state == "rolling" for number in numbers for one in REGIONS))
    with desk.store.write() as tx:
        deployments.request_cancel(tx, numbers[0], clock.now())
    assert desk.ended(numbers[0]).state == "cancelled"
    assert desk.ended(numbers[1]).state == "done", desk.told(numbers[1])


def test_a_region_that_is_down_is_told_to_each(desk: Desk, canary: str) -> None:
    desk.world.stop(REGIONS[1])
    team = desk.registry("team", canary)
    numbers = [desk.deploy(desk.container(name, registry=team)) for name in ("app", "api")]
    desk.start()
    for number in numbers:
        assert desk.ended(number).state == "partial"
        assert desk.region(number, REGIONS[1]).state == "unreachable"
        assert "connection refused" in desk.region(number, REGIONS[1]).message


def test_a_deployment_that_is_deleted_in_the_region_fails_alone(slow_desk: Desk, canary: str) -> None:
    desk = slow_desk
    team = desk.registry("team", canary)
    numbers = [desk.deploy(desk.container(name, registry=team)) for name in ("app", "api")]
    desk.start()
    until(lambda: all(desk.region(number, one).state == "rolling" for number in numbers for one in REGIONS))
    region = desk.world.regions[REGIONS[0]]
    (app,) = [
        one
        for one in desk.world.objects(REGIONS[0], "deployments", "bahriya-shop")
        if one["metadata"]["name"] == "app"
    ]
    desk.world.do(lambda: region.objects.remove("deployments", app))
    assert desk.ended(numbers[0]).state == "partial"
    assert "was deleted in the region" in desk.region(numbers[0], REGIONS[0]).message
    assert desk.ended(numbers[1]).state == "done", desk.told(numbers[1])


def test_rollouts_in_which_nothing_moves_share_each_look_at_their_pods(desk: Desk, canary: str) -> None:
    desk.world.registry.silent.add("team/app")
    team = desk.registry("team", canary)
    numbers = [desk.deploy(desk.container(name, registry=team)) for name in ("app", "api")]
    both = f"in%20%28{numbers[0]}%2C{numbers[1]}%29"
    desk.start()

    def looks(region: str) -> list[str]:
        asked = [line.replace("+", "%20") for line in desk.world.regions[region].requests]
        return [line for line in asked if line.startswith("GET /api/v1/namespaces/bahriya-shop/pods?")]

    until(lambda: all(len(looks(one)) > 1 for one in REGIONS), say=lambda: desk.told())
    assert [line for one in REGIONS for line in looks(one) if both not in line] == []
    assert [desk.states(number) for number in numbers] == [dict.fromkeys(REGIONS, "rolling")] * 2
