"""What a monitoring system reads, parsed by Prometheus' own client."""

from prometheus_client.parser import text_string_to_metric_families

from bahriya_tui.model.metrics import Family, Sample, text
from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator


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


def test_an_installation_with_nothing_in_it_is_measured(bahriya: Commands) -> None:
    assert measured(bahriya.good("worker", "metrics").out)["bahriya_worker_work_waits",] == 0


def test_names_are_written_so_that_they_are_read_back() -> None:
    name = 'a"b\\c\nd'
    (family,) = text_string_to_metric_families(
        text([Family("x", "gauge", "X.", (Sample({"n": name}, 1.5),))])
    )
    assert [(one.labels, one.value) for one in family.samples] == [({"n": name}, 1.5)]
