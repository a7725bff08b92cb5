"""Init jobs with registries of their own, through a real worker and real openers, into embedded regions."""

import secrets as random
from dataclasses import dataclass, replace

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.container import Container, InitJob, PlacedSecret
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import audit, containers, registries, removals, secrets
from tests.worker.conftest import REGIONS
from tests.worker.desk import PROJECT, Desk, until

NAMESPACE = "bahriya-shop"


@dataclass(frozen=True)
class Migrating:
    """A container whose init job pulls from a repository that only another account may see."""

    desk: Desk
    app: Container
    team: Registry
    jobs: Registry
    password: str

    def secrets(self, region: str) -> set[str]:
        found = self.desk.world.objects(region, "secrets", NAMESPACE)
        return {one["metadata"]["name"] for one in found}


def migrating(desk: Desk, canary: str, **more: object) -> Migrating:
    password = f"canary-{random.token_hex(16)}"
    oci = desk.world.registry
    oci.users["migrator"] = password
    oci.private["team/migrate"] = ["v1"]
    oci.grants.update(op={"team/app"}, migrator={"team/migrate"})
    team, jobs = desk.registry("team", canary), desk.registry("jobs", password, "migrator")
    image = f"{oci.address}/team/migrate:v1"
    migrate = InitJob("migrate", image, ("migrate", "--up"), jobs.handle, jobs.id)
    wait = InitJob("wait", "nginx:1.27")
    app = desk.container("app", registry=team, init_jobs=[migrate, wait], **more)  # type: ignore[arg-type]
    return Migrating(desk, app, team, jobs, password)


@pytest.fixture
def shop(desk: Desk, canary: str) -> Migrating:
    return migrating(desk, canary)


def test_an_init_job_is_pulled_with_a_registry_of_its_own(shop: Migrating, canary: str) -> None:
    desk = shop.desk
    number = desk.deploy(shop.app)
    worker = desk.start()

    assert desk.ended(number).state == "done", desk.told(number)

    for region in REGIONS:
        assert shop.secrets(region) == {"bahriya-team-v1", "bahriya-jobs-v1"}
        (pod,) = desk.world.objects(region, "pods", NAMESPACE)
        assert pod["spec"]["imagePullSecrets"] == [{"name": "bahriya-team-v1"}, {"name": "bahriya-jobs-v1"}]
        migrate, wait = pod["spec"]["initContainers"]
        assert (migrate["name"], migrate["command"]) == ("migrate", ["migrate", "--up"])
        assert (migrate["imagePullPolicy"], "command" in wait) == ("Always", False)
        assert [one["state"]["terminated"]["reason"] for one in pod["status"]["initContainerStatuses"]] == [
            "Completed",
            "Completed",
        ]
        (placed,) = containers.placements(desk.store.connection, PROJECT, "app", region)
        assert placed.more == (PlacedSecret("bahriya-jobs-v1", shop.jobs.id, 1),)
    applied = secrets.applied(desk.store.connection, registry_id=shop.jobs.id)
    assert {one.region for one in applied if one.uid} == set(REGIONS)
    worker.end()
    written = b"".join(path.read_bytes() for path in desk.places.store.parent.rglob("*") if path.is_file())
    assert not any(one.encode() in written for one in (canary, shop.password))


def test_each_credential_is_opened_once_for_all_regions_and_audited_with_its_own_registry(
    shop: Migrating,
) -> None:
    desk = shop.desk
    number = desk.deploy(shop.app)
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    desk.openings_ended()

    log = [one for one in audit.since(desk.store.connection) if one.action == "credential.opened"]

    assert {(one.registry, one.versions, one.outcome) for one in log} == {
        ("team", "1", "done"),
        ("jobs", "1", "done"),
    }
    for registry in ("team", "jobs"):
        regions = " ".join(one.regions for one in log if one.registry == registry).split()
        assert sorted(regions) == sorted(REGIONS)


def test_one_registry_for_container_and_init_job_takes_one_secret(desk: Desk, canary: str) -> None:
    team = desk.registry("team", canary)
    job = InitJob("migrate", f"{desk.world.registry.address}/team/app:v2", (), team.handle, team.id)
    number = desk.deploy(desk.container("app", registry=team, init_jobs=[job], places=REGIONS[:1]))
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    (pod,) = desk.world.objects(REGIONS[0], "pods", NAMESPACE)
    assert pod["spec"]["imagePullSecrets"] == [{"name": "bahriya-team-v1"}]
    patches = [one for one in desk.world.regions[REGIONS[0]].requests if "/secrets/" in one]
    assert len(patches) == 1


def test_a_wrong_password_of_the_init_jobs_registry_fails_in_words_that_name_the_job(
    shop: Migrating,
) -> None:
    desk = shop.desk
    desk.world.registry.users["migrator"] = "changed"
    number = desk.deploy(shop.app)
    desk.start()

    assert desk.ended(number).state == "failed"

    for region in REGIONS:
        message = desk.region(number, region).message
        assert message.startswith("image pull of init job migrate failed: ")
        assert "several logins were tried" in message
        assert "the login was refused: its token is wrong" in message
        assert "bahriya registry check jobs --image" in message
        assert "team/migrate:v1" in message
        assert "401 Unauthorized" in message
    assert shop.password not in str(desk.told())


def test_a_wrong_password_of_the_containers_own_registry_does_not_blame_the_init_job(
    shop: Migrating,
) -> None:
    desk = shop.desk
    desk.world.registry.users["op"] = "changed"
    number = desk.deploy(shop.app)
    desk.start()
    assert desk.ended(number).state == "failed"
    message = desk.region(number, REGIONS[0]).message
    assert message.startswith("image pull failed: ")
    assert "team/app:v1" in message


def test_a_cronjob_has_init_jobs_too(desk: Desk, canary: str) -> None:
    shop = migrating(desk, canary, schedule="@daily", places=REGIONS[:1])
    number = desk.deploy(shop.app)
    desk.start()
    assert desk.ended(number).state == "done", desk.told(number)
    (cronjob,) = desk.world.objects(REGIONS[0], "cronjobs", NAMESPACE)
    pod = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert [one["name"] for one in pod["initContainers"]] == ["migrate", "wait"]
    assert shop.secrets(REGIONS[0]) == {"bahriya-team-v1", "bahriya-jobs-v1"}


def test_a_secret_stays_for_the_init_job_of_another_container_and_goes_with_the_last_one(
    shop: Migrating,
) -> None:
    desk = shop.desk
    public = f"{desk.world.registry.address}/team/migrate:v1"
    other = desk.container("other", image=public, registry=shop.jobs, places=REGIONS[:1])
    first, second = desk.deploy(shop.app), desk.deploy(other)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    assert desk.ended(second).state == "done", desk.told(second)

    assert desk.ended(desk.deploy(other, kind="terminate")).state == "done"
    assert shop.secrets(REGIONS[0]) == {"bahriya-team-v1", "bahriya-jobs-v1"}

    assert desk.ended(desk.deploy(shop.app, kind="terminate")).state == "done"
    until(lambda: not removals.pending(desk.store.connection))
    assert [shop.secrets(region) for region in REGIONS] == [set()] * 3


def test_an_init_job_whose_registry_was_deleted_says_so(shop: Migrating) -> None:
    desk = shop.desk
    first = desk.deploy(shop.app)
    desk.start()
    assert desk.ended(first).state == "done", desk.told(first)
    job = replace(shop.app.init_jobs[0], registry_id=None, secret="bahriya-jobs-v1")
    with desk.store.write() as tx:
        now = containers.get(tx.conn, PROJECT, "app")
        containers.update(tx, replace(now, init_jobs=(job,)))
        for secret in secrets.applied(tx.conn, registry_id=shop.jobs.id):
            removals.add(
                tx,
                project=PROJECT,
                region=secret.region,
                kind="Secret",
                name=secret.name,
                uid=secret.uid,
                reason="registry jobs was deleted",
                now=clock.now(),
            )
        registries.delete(tx, shop.jobs.id)
    until(lambda: not removals.pending(desk.store.connection))

    second = desk.ended(desk.deploy(shop.app))

    assert second.state == "failed"
    message = desk.region(second.id, REGIONS[0]).message
    assert "image pull of init job migrate failed" in message
    assert 'registry "jobs" was deleted; pull secret bahriya-jobs-v1 is missing' in message
