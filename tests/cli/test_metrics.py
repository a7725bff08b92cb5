"""What a monitoring system reads, parsed by Prometheus' own client."""

from prometheus_client.parser import text_string_to_metric_families

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import State
from bahriya_tui.model.metrics import Family, Sample, text
from bahriya_tui.places import places
from bahriya_tui.store import containers, deployments
from bahriya_tui.store.database import Store
from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator
from tests.store.world import LATER, add_container, claim, queue, settled


def measured(said: str) -> dict[tuple[str, ...], float]:
    """Value by name and values of labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def test_what_runs_and_what_is_down_is_measured(deployed: Operator, world: Outside) -> None:
    down, *others = world.regions
    world.stop_region(down)
    deployed.stop_worker()
    deployed.environment["BAHRIYA_WORKER_IDLE"] = "120"
    deployed.run("region", "check", code=1)
    found = measured(deployed.run("worker", "metrics").out)
    assert found["bahriya_worker_up",] == 1
    assert [found["bahriya_region_up", region] for region in world.regions] == [0, 1, 1]
    assert all(0 < found["bahriya_region_connect_seconds", region] < 60 for region in others)
    assert found["bahriya_containers", "shop", "running"] == 1
    assert found["bahriya_deployments_latest", "shop", "done"] == 1
    assert found["bahriya_deployment_seconds", "shop", "app"] > 0
    assert found["bahriya_registry_version", "shop", "team"] == 1
    assert found["bahriya_registry_login_accepted", "shop", "team"] == 1
    assert found["bahriya_removals_pending",] == 0


def test_the_end_of_credentials_is_measured(team: Commands) -> None:
    team.good("registry", "edit", "team", "--expires", "2027-01-15")
    found = measured(team.good("worker", "metrics").out)
    assert found["bahriya_registry_expires_timestamp_seconds", "shop", "team"] == 1_800_057_599.999
    assert found["bahriya_worker_up",] == 0


def went(store: Store, one: Container, state: State) -> None:
    queue(store, one)
    run = claim(store)
    assert run is not None
    with store.write() as tx:
        deployments.move(tx, run.id, run.fence, state, LATER)


def test_a_failure_is_measured_until_its_container_is_deployed_again_or_deleted(bahriya: Commands) -> None:
    with settled(places().database) as store:
        api, web, old = (add_container(store, handle) for handle in ("api", "web", "old"))
        went(store, web, "failed")
        went(store, old, "failed")
        for _ in range(205):
            went(store, api, "done")
        found = measured(bahriya.good("worker", "metrics").out)
        assert found["bahriya_deployments_latest", "shop", "failed"] == 2
        assert found["bahriya_deployments_latest", "shop", "done"] == 1
        assert {name[2] for name in found if name[0] == "bahriya_deployment_seconds"} == {"api", "web", "old"}

        with store.write() as tx:
            containers.delete(tx, old.id)
        found = measured(bahriya.good("worker", "metrics").out)
        assert found["bahriya_deployments_latest", "shop", "failed"] == 1

        # Of the same handle, and never deployed: what failed was another one.
        add_container(store, "old")
        went(store, web, "done")
        found = measured(bahriya.good("worker", "metrics").out)
        assert ("bahriya_deployments_latest", "shop", "failed") not in found


def test_an_installation_with_nothing_in_it_is_measured(bahriya: Commands) -> None:
    assert measured(bahriya.good("worker", "metrics").out)["bahriya_worker_work_waits",] == 0


def test_names_are_written_so_that_they_are_read_back() -> None:
    name = 'a"b\\c\nd'
    (family,) = text_string_to_metric_families(
        text([Family("x", "gauge", "X.", (Sample({"n": name}, 1.5),))])
    )
    assert [(one.labels, one.value) for one in family.samples] == [({"n": name}, 1.5)]
