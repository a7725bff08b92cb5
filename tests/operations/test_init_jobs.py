"""Registries of init jobs count like a container's own: in deployments, deletions, checks and usage."""

from dataclasses import replace

import pytest

from bahriya_tui.model.container import AppliedSecret, Container, PlacedSecret
from bahriya_tui.model.deployment import Deployment, InitRun
from bahriya_tui.model.errors import BadInput, InUse, NotFound
from bahriya_tui.operations.check import linked_images
from bahriya_tui.operations.control import retry, rollback
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.delete import delete_registry, plan_registry_deletion
from bahriya_tui.operations.deploy import plan_deployment, using
from bahriya_tui.operations.edit import edit_container
from bahriya_tui.operations.init_jobs import InitChange
from bahriya_tui.operations.link import jobs_linked, unlink, unlink_from
from bahriya_tui.operations.matrix import matrix
from bahriya_tui.store import audit, containers, registries, secrets
from tests.operations.conftest import REGIONS, Quiet, accept, end, start_deployment
from tests.rows import rows

MIGRATE = InitChange("migrate", "registry.example/migrate:1.0", "migrate --to 'the end'", "jobs")


@pytest.fixture
def shop(session: Quiet) -> Quiet:
    """Container web pulls with registry team, its init job migrate with registry jobs."""
    accept(session, "jobs")
    image = "registry.example/web:1.0"
    add_container(session, "shop", "web", image=image, regions=REGIONS, registry="team", init_jobs=[MIGRATE])
    return session


def web(s: Quiet) -> Container:
    return containers.get(s.connection, "shop", "web")


def deployed(s: Quiet) -> Deployment:
    (plan,) = plan_deployment(s, "shop", ["web"])
    started = start_deployment(s, plan)
    end(s, started)
    return started


def test_an_init_job_comes_back_as_it_was_given(shop: Quiet) -> None:
    (job,) = web(shop).init_jobs
    jobs = registries.get(shop.connection, "shop", "jobs")
    assert (job.name, job.image) == ("migrate", "registry.example/migrate:1.0")
    assert job.command == ("migrate", "--to", "the end")
    assert (job.registry, job.registry_id, job.secret) == ("jobs", jobs.id, None)


def test_an_edit_changes_what_is_named_and_keeps_the_order(shop: Quiet) -> None:
    edit_container(
        shop, "shop", "web", init_jobs=[InitChange("seed", "nginx:1.27"), InitChange("migrate", command="")]
    )
    migrate, seed = web(shop).init_jobs
    assert (migrate.image, migrate.command, migrate.registry) == ("registry.example/migrate:1.0", (), "jobs")
    assert (seed.image, seed.registry) == ("nginx:1.27", None)

    edit_container(shop, "shop", "web", init_jobs=[InitChange("migrate", registry="")], no_init=["seed"])
    (migrate,) = web(shop).init_jobs
    assert (migrate.registry, migrate.registry_id) == (None, None)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (InitChange("seed"), BadInput, "has no init job 'seed' yet"),
        (InitChange("seed", "nginx"), BadInput, "nginx"),
        (InitChange("Seed", "nginx:1"), BadInput, "init job handle 'Seed' is not valid"),
        (InitChange("web", "nginx:1"), BadInput, "has the name of its container"),
        (InitChange("seed", "nginx:1", "echo 'open"), BadInput, "a quote that is not closed"),
        (InitChange("seed", "nginx:1", None, "nope"), NotFound, 'no registry "nope"'),
    ],
)
def test_what_cannot_be_an_init_job_is_refused_and_nothing_is_written(
    shop: Quiet, change: InitChange, kind: type[Exception], words: str
) -> None:
    before = rows(shop.connection)
    with pytest.raises(kind, match=words):
        edit_container(shop, "shop", "web", init_jobs=[change])
    assert rows(shop.connection) == before


def test_an_unknown_init_job_cannot_be_removed(shop: Quiet) -> None:
    with pytest.raises(NotFound, match="has no init job 'seed': it has: migrate"):
        edit_container(shop, "shop", "web", no_init=["seed"])


def test_a_deployment_takes_the_credentials_of_all_its_registries(shop: Quiet) -> None:
    accept(shop, "jobs")
    (plan,) = plan_deployment(shop, "shop", ["web"])
    assert [(pull.registry, pull.version) for pull in plan.spec.pulls] == [("team", 1), ("jobs", 2)]
    assert plan.spec.secrets == ("bahriya-team-v1", "bahriya-jobs-v2")
    stored = start_deployment(shop, plan)
    assert stored.spec == plan.spec


def test_who_uses_a_registry_for_an_init_job_alone_is_found(shop: Quiet) -> None:
    jobs = registries.get(shop.connection, "shop", "jobs")
    assert using(shop, "shop", "jobs") == ["web"]
    assert linked_images(shop, jobs) == ["registry.example/migrate:1.0"]
    assert linked_images(shop, registries.get(shop.connection, "shop", "team")) == [
        "registry.example/web:1.0"
    ]


def test_the_deletion_of_a_registry_names_the_init_job_that_uses_it(shop: Quiet) -> None:
    (use,) = plan_registry_deletion(shop, "shop", "jobs").containers
    assert (use.what, use.image) == ("init job migrate of container web", "registry.example/migrate:1.0")
    with pytest.raises(InUse, match="still used by init job migrate of container web"):
        delete_registry(shop, "shop", "jobs")


def test_a_registry_used_twice_by_one_container_is_named_twice(shop: Quiet) -> None:
    edit_container(shop, "shop", "web", init_jobs=[InitChange("migrate", registry="team")])
    with pytest.raises(InUse, match="still used by web, init job migrate of container web"):
        delete_registry(shop, "shop", "team")


@pytest.mark.parametrize("named", [(), ("web",)])
def test_unlinking_a_registry_clears_it_in_init_jobs_and_leaves_the_containers_own(
    shop: Quiet, named: tuple[str, ...]
) -> None:
    assert unlink_from(shop, "shop", "jobs", named) == ["web"]
    assert web(shop).init_jobs[0].registry is None
    assert web(shop).registry == "team"
    last = audit.since(shop.connection)[-1]
    assert (last.action, last.container, last.registry) == ("container.unlinked", "web", "jobs")
    delete_registry(shop, "shop", "jobs")


def test_unlinking_the_container_leaves_its_init_jobs(shop: Quiet) -> None:
    (told,) = jobs_linked(unlink(shop, "shop", "web"))
    assert (web(shop).registry, web(shop).init_jobs[0].registry) == (None, "jobs")
    assert "init job migrate of container web still pulls with registry jobs" in told


def test_unlinking_what_is_not_linked_writes_nothing(shop: Quiet) -> None:
    unlink(shop, "shop", "web")
    written = audit.since(shop.connection)
    assert unlink(shop, "shop", "web") == web(shop)
    assert audit.since(shop.connection) == written


def test_a_deletion_that_unlinks_reaches_init_jobs(shop: Quiet) -> None:
    delete_registry(shop, "shop", "jobs", unlink=True)
    (job,) = web(shop).init_jobs
    assert (job.registry, job.registry_id, job.secret) == (None, None, None)


def test_a_forced_deletion_leaves_the_init_job_naming_the_secret_that_is_gone(shop: Quiet) -> None:
    delete_registry(shop, "shop", "jobs", force=True)
    (job,) = web(shop).init_jobs
    assert job.registry_missing
    assert job.secret == "bahriya-jobs-v1"
    (plan,) = plan_deployment(shop, "shop", ["web"])
    assert [pull.registry for pull in plan.spec.pulls] == ["team"]
    assert plan.spec.secrets == ("bahriya-team-v1", "bahriya-jobs-v1")


def test_a_registry_is_not_deleted_while_a_deployment_brings_it_for_an_init_job(shop: Quiet) -> None:
    (plan,) = plan_deployment(shop, "shop", ["web"])
    started = start_deployment(shop, plan)
    with pytest.raises(InUse, match=f"registry jobs is needed by deployment {started.id}"):
        delete_registry(shop, "shop", "jobs", unlink=True)


def test_a_secret_that_an_init_job_pulls_with_is_needed_in_its_region(shop: Quiet) -> None:
    deployed(shop)
    jobs = registries.get(shop.connection, "shop", "jobs")
    secret = AppliedSecret("shop", "helsinki-1", "bahriya-jobs-v1", jobs.id, "jobs", 1, "u1")
    (placed,) = containers.placements(shop.connection, "shop", "web", "helsinki-1")
    with shop.store.write() as tx:
        secrets.note(tx, secret)
        containers.place(tx, replace(placed, more=(PlacedSecret(secret.name, jobs.id, 1),)))
    assert secrets.unneeded(shop.connection, "shop", "helsinki-1") == []
    with shop.store.write() as tx:
        containers.unplace(tx, "shop", "web", "helsinki-1")
    assert secret in secrets.unneeded(shop.connection, "shop", "helsinki-1")


def test_a_registry_that_only_an_init_job_pulls_with_has_its_place_in_the_matrix(shop: Quiet) -> None:
    deployed(shop)
    jobs = registries.get(shop.connection, "shop", "jobs")
    (placed,) = containers.placements(shop.connection, "shop", "web", "helsinki-1")
    with shop.store.write() as tx:
        containers.place(tx, replace(placed, more=(PlacedSecret("bahriya-jobs-v1", jobs.id, 1),)))
    (cell,) = matrix(shop, "shop", registry="jobs", region="helsinki-1")
    assert (cell.state, cell.version) == ("not read", 1)


def test_a_retry_uses_the_init_jobs_of_then_with_the_credentials_of_now(shop: Quiet) -> None:
    (plan,) = plan_deployment(shop, "shop", ["web"])
    failed = start_deployment(shop, plan)
    end(shop, failed, virginia_1="failed")
    accept(shop, "jobs")
    edit_container(shop, "shop", "web", init_jobs=[InitChange("migrate", "registry.example/migrate:2.0")])

    (job,) = retry(shop, failed.id).spec.init_jobs

    assert (job.image, job.version, job.secret) == ("registry.example/migrate:1.0", 2, "bahriya-jobs-v2")


def test_a_rollback_brings_back_the_init_jobs_of_then_with_their_version(shop: Quiet) -> None:
    deployed(shop)
    accept(shop, "jobs")
    edit_container(shop, "shop", "web", no_init=["migrate"])
    second = deployed(shop)

    back = rollback(shop, second.id)

    (job,) = back.spec.init_jobs
    assert isinstance(job, InitRun)
    assert (job.name, job.version) == ("migrate", 1)
    (defined,) = web(shop).init_jobs
    assert (defined.registry, defined.command) == ("jobs", ("migrate", "--to", "the end"))
