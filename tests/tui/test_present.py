"""Words and cells: what comes from outside is harmless, and times are told as people tell them."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model import clock, drift
from bahriya_tui.model.container import AppliedSecret, Container, InitJob, Placement
from bahriya_tui.model.deletion import Deletion
from bahriya_tui.model.deployment import REGION_MOVES, Deployment, Isolation, RegionRun, RegionState, Spec
from bahriya_tui.model.expiry import DECLARED, Due
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.inspect import World
from bahriya_tui.tui.present import containers, deployments, expiry, matrix, registries, text
from bahriya_tui.tui.present import run as running
from bahriya_tui.tui.present.text import Fact, Note
from bahriya_tui.tui.view import view_of
from tests.tui.world import NOW


@given(st.text())
def test_no_control_or_invisible_character_survives(raw: str) -> None:
    assert not {unicodedata.category(char) for char in text.literal(raw)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_harmless_text_is_left_as_it_is(raw: str) -> None:
    assert text.literal(raw) == raw


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "now"),
        (12, "12 s ago"),
        (61, "1 min ago"),
        (7199, "1 h ago"),
        (90000, "25 h ago"),
        (200000, "2 d ago"),
    ],
)
def test_ages_are_told_in_the_unit_people_use(seconds: int, told: str) -> None:
    assert text.ago(clock.later(NOW, -seconds), NOW) == told


REGISTRY = Registry(
    id="0" * 32,
    project="shop",
    handle="ghcr",
    name="",
    server="ghcr.io",
    username="u",
    version=1,
    expires=None,
    plain_http=False,
    ca_file=None,
    created_at=NOW,
    updated_at=NOW,
)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (None, [("-", "dim")]),
        ("2026-11-21T23:59:59.999Z", [("expired 46 h ago", "bad")]),
        ("2026-11-23T23:59:59.999Z", [("in 1 h", "warn")]),
        ("2026-11-30T22:14:12.000Z", [("in 7 d", "warn")]),
        ("2026-11-30T22:14:12.001Z", [("2026-11-30", "")]),
    ],
)
def test_an_end_within_a_week_is_told_by_word(at: str | None, told: list[tuple[str, str]]) -> None:
    assert list(expiry.end(Due(at, DECLARED) if at else None, NOW)) == told


@pytest.mark.parametrize("state", REGION_MOVES)
def test_every_state_of_a_region_has_a_word_and_a_bar_of_one_length(state: RegionState) -> None:
    run = RegionRun("oslo-1", 0, state, "", 1, 2, NOW, None)
    (mark, _) = running.region_cells(run, None, NOW)[2][0]
    assert len(mark.split(" ", 1)[1]) > 3
    assert sum(len(part) for part, _ in running.bar(run)) == running.BAR


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_bar_of_a_rolling_region_never_shrinks_with_more_replicas(updated: int, replicas: int) -> None:
    def full(done: int) -> int:
        return len(running.bar(RegionRun("oslo-1", 0, "rolling", "", done, replicas, NOW, None))[0][0])

    assert full(updated) <= full(updated + 1) <= running.BAR


@pytest.mark.parametrize("isolation", ["full", "partial", "process only", None])
def test_a_deployment_tells_how_its_credential_was_isolated(isolation: Isolation | None) -> None:
    spec = Spec("shop", "api", "nginx:1", "worker", 1, None, ())
    what = (1, "shop", "api", "0" * 32, 1, "deploy", "done", spec, (), 1, False, 1)
    run = Deployment(*what, "mira", NOW, NOW, NOW, 84.0, isolation)  # type: ignore[arg-type]
    parts = deployments.sheet(run, NOW).parts
    facts = {part.label: part.value[0][0] for part in parts if isinstance(part, Fact)}
    assert facts["Plaintext"].startswith("84 ms")
    assert facts.get("Isolation") == (f"{isolation}, of the opener" if isolation else None)


def test_a_registry_tells_who_pulls_with_which_version_and_whose_token_a_secret_holds() -> None:
    registry = replace(REGISTRY, version=2)

    def placed(container: str, region: str, version: int) -> Placement:
        secret = f"bahriya-ghcr-v{version}"
        return Placement("shop", container, region, 1, "ghcr.io/a:1", secret, registry.id, version, "u", None)

    applied = AppliedSecret("shop", "helsinki-1", "bahriya-ghcr-v1", registry.id, "ghcr", 1, "u", 2)
    world = World(
        projects=(),
        registries=(registry,),
        containers=(),
        regions=(),
        deployments=(),
        removals=(),
        secrets=(applied,),
        placements=(placed("api", "helsinki-1", 1), placed("web", "oslo-1", 2), placed("web", "rome-1", 2)),
        checks={},
        audit=(),
        reentry={},
    )
    view = view_of(world, "shop")
    sheet = registries.sheet(registry, view, NOW)
    facts = {one.label: one.value for one in sheet.parts if isinstance(one, Fact)}
    # There may be very many placements: they are counted with the picture, not whenever the cursor moves.
    assert sheet == registries.sheet(registry, replace(view, world=replace(world, placements=())), NOW)
    assert facts["helsinki-1"] == (("v1 with the token of v2", ""),)
    assert facts["v1"] == (("api in 1 region", "warn"),)
    assert facts["v2"] == (("web in 2 regions", "good"),)


def test_a_registry_tells_when_the_token_in_a_region_ends_and_is_replaced() -> None:
    ends, half = clock.later(NOW, 9.5 * 3600), clock.later(NOW, 3.5 * 3600)
    secret = AppliedSecret(
        "shop", "helsinki-1", "bahriya-ghcr-v1", REGISTRY.id, "ghcr", 1, "u", expires_at=ends, refresh_at=half
    )
    world = World((), (REGISTRY,), (), (), (), (), (secret,), (), {}, (), {})
    parts = registries.sheet(REGISTRY, view_of(world, "shop"), NOW).parts
    facts = {one.label: one.value for one in parts if isinstance(one, Fact)}
    words = f"v1, token ends in 9 h 30 m, refreshed at {half[11:16]} UTC"
    assert facts["helsinki-1"] == ((words, ""),)

    assert facts["Password"][0][0] == "sealed; it can be replaced, never read"
    key = replace(
        REGISTRY, server="123456789012.dkr.ecr.eu-central-1.amazonaws.com", username="AKIAIOSFODNN7EXAMPLE"
    )
    parts = registries.sheet(key, view_of(world, "shop"), NOW).parts
    assert "regions get tokens made with it" in str(parts)

    facts_of_cell = drift.Facts("ghcr", "helsinki-1", 1, frozenset({1}), (secret,), (), ())
    place = drift.judge(facts_of_cell)
    assert place is not None
    assert place.expires_at == ends
    spot = matrix.Spot(place, facts_of_cell, None, False)
    told = "".join(words for words, _ in matrix.sentence(spot, "ghcr", "helsinki-1", NOW))
    assert f"Its token ends in 9 h 30 m, refreshed at {half[11:16]} UTC (bahriya-ghcr-v1)." in told


def test_a_container_tells_its_schedule_and_its_init_jobs_with_their_registries() -> None:
    jobs = (
        InitJob("migrate", "ghcr.io/m:1", (), "ghcr", "1" * 32),
        InitJob("seed", "quay.io/s:1", (), "quay", None, "bahriya-quay-v1"),
    )
    nightly = Container(
        id="2" * 32,
        project="shop",
        handle="nightly",
        name="",
        image="nginx:1",
        type="cronjob",
        registry=None,
        registry_id=None,
        secret=None,
        replicas=1,
        port=None,
        env=(),
        regions=("helsinki-1",),
        status="running",
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        schedule="0 2 * * *",
        init_jobs=jobs,
    )
    view = view_of(World((), (REGISTRY,), (nightly,), (), (), (), (), (), {}, (), {}), "shop")
    told = {
        part.label: "".join(words for words, _ in part.value)
        for part in containers.sheet(nightly, view, NOW).parts
        if isinstance(part, Fact)
    }
    assert told["Schedule"] == "0 2 * * *"
    assert "Replicas" not in told
    assert told["migrate"] == "ghcr.io/m:1, ghcr"
    assert told["seed"] == "quay.io/s:1, quay (missing)"
    assert view.links == {"1" * 32: (nightly,)}


def test_a_registry_that_is_being_deleted_says_so_and_how_far_it_is() -> None:
    leaving = replace(REGISTRY, deleting_since=NOW, deleting_by="mira\x1b[31m")
    far = Deletion(("helsinki-1", "oslo-1"), (), ("rome-1",))
    world = World((), (leaving,), (), (), (), (), (), (), {}, (), {}, {leaving.id: far})
    view = view_of(world, "shop")
    line = [span for cell in registries.cells(leaving, view, NOW) for span in cell]
    assert {("being deleted", "warn"), ("2 of 3 regions", "warn")} <= set(line)
    parts = registries.sheet(leaving, view, NOW).parts
    facts = {one.label: one.value for one in parts if isinstance(one, Fact)}
    assert facts["Being deleted"] == (("2 of 3 regions confirmed", "warn"),)
    assert facts["Password"] == (("destroyed", "dim"),)
    notes = [one.text for one in parts if isinstance(one, Note)]
    assert any("by mira" in note and "\x1b" not in note for note in notes)
    assert view.usable == ()


def test_a_soaking_canary_counts_down_and_says_what_comes_then() -> None:
    spec = Spec("shop", "api", "nginx:1", "worker", 1, None, ())
    first = RegionRun("oslo-1", 0, "running", "", 1, 1, NOW, clock.later(NOW, -68))
    regions = (first, RegionRun("rome-1", 1, "queued", "", None, None, None, None))
    what = (1, "shop", "api", "0" * 32, 1, "deploy", "running", spec, regions, 1, False, 1)
    run = Deployment(*what, "mira", NOW, NOW, None, None, None, "oslo-1", 300, "closed")  # type: ignore[arg-type]
    ((told, _),) = running.waiting(run, NOW)
    assert told == "Canary oslo-1 soaks: 3:52 left of 5 min, then waits for approval."
    assert running.waiting(replace(run, soak_seconds=0), NOW) == ()
