"""Deployments that go carefully: canary, soak, gate, approval; and taking fields over from other managers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.outside import Outside, outside
from tests.operator import Operator


@pytest.fixture
def world(tmp_path: Path, canary: str) -> Iterator[Outside]:
    with outside(tmp_path, canary) as started:
        yield started


@pytest.fixture
def web(operator: Operator, world: Outside) -> Operator:
    """Project `shop` with container `web`, of a public image, in all three regions."""
    operator.run("project", "add", "shop")
    operator.run("region", "import", "--kubeconfig", str(world.kubeconfig), "--yes")
    regions = [argument for region in world.regions for argument in ("--region", region)]
    operator.run(
        "container", "add", "web", "--image", f"{world.registry.address}/library/nginx:1.27", *regions
    )
    return operator


def test_a_gated_deployment_is_approved_by_resuming_it(web: Operator, world: Outside) -> None:
    first, *others = world.regions
    careful = ["--canary", first, "--soak", "1s", "--gate", "--max-failures", "50%"]

    held = web.run("deploy", "web", *careful, "--json", code=1)

    error = json.loads(held.err)["error"]
    number = held.lines[0]["deployment"]
    assert "is held" in error["message"]
    assert f"bahriya deployment resume {number}" in error["hint"]
    phases = [(one["region"], one["phase"]) for one in held.lines]
    assert phases.index((first, "running")) < phases.index((first, "soaking"))
    shown = web.run("deployment", "show", str(number), "--json").json
    known = {
        key: shown[key] for key in ("state", "canary", "soak_seconds", "gate", "max_failures", "take_over")
    }
    assert known == {
        "state": "held",
        "canary": first,
        "soak_seconds": 1,
        "gate": "closed",
        "max_failures": 1,
        "take_over": False,
    }
    assert all(world.objects(region, "deployments") == {} for region in others)

    web.run("deployment", "resume", str(number))

    shown = web.run("deployment", "show", str(number), "--json").json
    assert (shown["state"], shown["gate"]) == ("done", "open")
    assert all("web" in world.objects(region, "deployments") for region in others)
