"""Old pull secrets and old versions go when nothing refers to them any more, and not before."""

from bahriya_tui.model.registry import Registry
from bahriya_tui.store import containers, history, registries, secrets
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"
V1, V2 = "bahriya-team-v1", "bahriya-team-v2"


def names(desk: Desk, region: str) -> set[str]:
    return {one["metadata"]["name"] for one in desk.world.objects(region, "secrets", NAMESPACE)}


def asked_to_go(desk: Desk) -> set[str]:
    """Whatever was ever asked to go: that is written down before it happens."""
    return {row["name"] for row in desk.store.connection.execute("SELECT name FROM removal")}


def deploy(desk: Desk, handle: str = "app") -> int:
    number = desk.deploy(containers.get(desk.store.connection, PROJECT, handle))
    desk.ended(number)
    return number


def deployed(desk: Desk, canary: str, *handles: str) -> Registry:
    team = desk.registry("team", canary)
    for handle in handles:
        desk.container(handle, registry=team)
    desk.start()
    for handle in handles:
        number = deploy(desk, handle)
        assert desk.deployment(number).state == "done", desk.told(number)
    return desk.rotate(team, canary)


def test_the_old_secret_goes_once_the_new_revision_runs_everywhere(desk: Desk, canary: str) -> None:
    deployed(desk, canary, "app")
    assert {region: names(desk, region) for region in REGIONS} == {key: {V1} for key in REGIONS}
    deploy(desk)
    until(lambda: all(names(desk, region) == {V2} for region in REGIONS))
    until(lambda: {one.name for one in secrets.applied(desk.store.connection)} == {V2})


def test_a_secret_that_another_container_pulls_with_stays_until_that_is_deployed(
    desk: Desk, canary: str
) -> None:
    deployed(desk, canary, "app", "other")
    deploy(desk)
    desk.container("third", registry=registries.get(desk.store.connection, PROJECT, "team"))
    deploy(desk, "third")
    assert {region: names(desk, region) for region in REGIONS} == {key: {V1, V2} for key in REGIONS}
    assert asked_to_go(desk) == set()
    deploy(desk, "other")
    until(lambda: all(names(desk, region) == {V2} for region in REGIONS))


def test_old_pods_keep_their_secret_where_the_new_revision_does_not_come_up(desk: Desk, canary: str) -> None:
    team = deployed(desk, canary, "app")
    desk.world.do(lambda: desk.world.registry.users.update(op=f"{canary}-changed"))
    number = deploy(desk)
    assert desk.deployment(number).state == "failed"
    desk.container("other", registry=desk.rotate(team, f"{canary}-changed"))
    assert desk.deployment(deploy(desk, "other")).state == "done"
    assert {region: names(desk, region) for region in REGIONS} == {
        key: {V1, V2, "bahriya-team-v3"} for key in REGIONS
    }
    assert asked_to_go(desk) == set()
    assert desk.deployment(deploy(desk)).state == "done"
    until(lambda: all(names(desk, region) == {"bahriya-team-v3"} for region in REGIONS))


def test_a_region_that_was_missed_keeps_what_it_pulls_with(desk: Desk, canary: str) -> None:
    deployed(desk, canary, "app")
    desk.world.stop("helsinki-1")
    deploy(desk)
    until(lambda: names(desk, "virginia-1") == {V2})
    desk.world.start("helsinki-1")
    assert names(desk, "helsinki-1") == {V1}
    assert {one.name for one in secrets.applied(desk.store.connection, region="helsinki-1")} >= {V1}


def test_the_version_itself_goes_when_no_rollback_would_use_it_any_more(desk: Desk, canary: str) -> None:
    team = deployed(desk, canary, "app")
    with desk.store.write() as tx:
        registries.edit(tx, team.id, max_versions=1, now="")

    def kept() -> list[int]:
        return [one.version for one in history.all(desk.store.connection, team.id)]

    assert kept() == [1, 2]
    deploy(desk)
    until(lambda: all(names(desk, region) == {V2} for region in REGIONS))
    assert kept() == [1, 2]
    deploy(desk)
    assert kept() == [2]
    assert "v1 of registry team is not kept any more: nothing needs it" in [
        message for _, _, message in desk.told()
    ]
