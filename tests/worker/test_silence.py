"""A region that falls silent in the middle of a rollout is waited for as long as a restart may take."""

from collections.abc import Callable

import pytest

from tests.cluster.embedded import World
from tests.worker.desk import Desk, until

REGION = "helsinki-1"


@pytest.mark.parametrize(
    ("away", "back", "words"),
    [
        (World.freeze, lambda world, region: world.freeze(region, frozen=False), "no answer within 2.5 s"),
        (World.stop, World.start, "connection refused"),
    ],
)
def test_a_region_that_comes_back_gets_there(
    slow_desk: Desk,
    canary: str,
    away: Callable[[World, str], None],
    back: Callable[[World, str], None],
    words: str,
) -> None:
    desk = slow_desk
    number = desk.deploy(desk.container("app", registry=desk.registry("team", canary), replicas=3))
    desk.start()
    until(lambda: desk.region(number, REGION).state == "rolling")

    away(desk.world, REGION)
    until(lambda: f"the region is silent: {words}" in desk.region(number, REGION).message)
    back(desk.world, REGION)

    assert desk.ended(number).state == "done", desk.told(number)
