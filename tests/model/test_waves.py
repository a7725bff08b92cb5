"""Waves: every region in exactly one, the canary first and alone; who is held, and for how long it soaks."""

import random
from dataclasses import replace

import pytest

from bahriya_tui.model.clock import later
from bahriya_tui.model.deployment import Deployment, RegionRun, RegionState, Spec
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.waves import (
    canaries,
    elsewhere,
    failures_allowed,
    parse_soak,
    plan_waves,
    soak_left,
    why_held,
)

START = "2026-11-24T10:00:00.000Z"
SPEC = Spec("shop", "web", "nginx:1.27", "worker", 1, None, ())


def region(name: str, wave: int, state: RegionState, finished: str | None = START) -> RegionRun:
    begun = None if state == "queued" else START
    return RegionRun(name, wave, state, "", None, None, begun, finished)


def deployment(*regions: RegionRun, **manner: object) -> Deployment:
    made = Deployment(
        7,
        "shop",
        "web",
        "c1",
        1,
        "deploy",
        "running",
        SPEC,
        regions,
        9,
        False,
        1,
        "ops",
        START,
        START,
        None,
        None,
        None,
    )
    return replace(made, **manner)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(200))
def test_every_region_is_in_exactly_one_wave_and_the_canary_first_and_alone(seed: int) -> None:
    chance = random.Random(seed)
    regions = [f"region-{number}" for number in range(chance.randint(1, 40))]
    canary = chance.choice([None, *regions])
    batch = chance.choice([None, str(chance.randint(1, 50)), f"{chance.randint(1, 100)}%"])

    waves = plan_waves(regions, canary, batch)

    assert sorted(region for wave in waves for region in wave) == sorted(regions)
    assert all(waves)
    rest = waves
    if canary is not None:
        assert waves[0] == (canary,)
        rest = waves[1:]
    assert [region for wave in rest for region in wave] == [one for one in regions if one != canary]
    if batch is not None and "%" not in batch:
        assert all(len(wave) <= int(batch) for wave in rest)
    elif batch is not None:
        share = len(regions[canary is not None :]) * int(batch[:-1]) // 100
        assert all(len(wave) <= max(1, share) for wave in rest)
    else:
        assert len(rest) <= 1


def test_a_container_that_does_not_run_in_the_canary_has_its_own_first_region_as_canary() -> None:
    places = {"api": ("helsinki-1", "virginia-1"), "eu": ("virginia-1", "helsinki-1"), "us": ("virginia-1",)}

    assert canaries(places, "helsinki-1") == {"api": "helsinki-1", "eu": "helsinki-1", "us": "virginia-1"}
    assert elsewhere("api", "helsinki-1", "helsinki-1") == elsewhere("api", None, None) == ""
    told = elsewhere("us", "helsinki-1", "virginia-1")
    assert told == "container us does not run in helsinki-1: its canary is virginia-1"


@pytest.mark.parametrize("names", [("web",), ("web", "us")])
def test_a_canary_that_none_of_them_runs_in_is_refused_with_their_names(names: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as refusal:
        canaries(dict.fromkeys(names, ("virginia-1",)), "helsinki-1")
    assert all(name in refusal.value.message for name in (*names, "helsinki-1"))
    assert "virginia-1" in refusal.value.hint


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("30", 30), ("30s", 30), ("5m", 300), ("1h", 3600), ("24h", 86400)]
)
def test_a_soak_time_is_read_in_seconds_minutes_and_hours(text: str, seconds: int) -> None:
    assert parse_soak(text) == seconds


@pytest.mark.parametrize("text", ["", "-1", "5 m", "m", "1d", "25h", "1.5m", "٣", "99999999"])
def test_what_is_no_soak_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_soak(text)


def test_a_share_of_failures_is_of_the_regions_after_the_canary_and_rounded_down() -> None:
    assert [failures_allowed(text, 19) for text in ("0", "3", "10%", "100%", "5%")] == [0, 3, 1, 19, 0]
    for wrong in ("", "-1", "101%", "two", "1.5"):
        with pytest.raises(BadInput):
            failures_allowed(wrong, 19)


@pytest.mark.parametrize("seed", range(200))
def test_regions_are_held_exactly_when_more_failed_than_may(seed: int) -> None:
    chance = random.Random(seed)
    states: list[RegionState] = ["running", "failed", "unreachable"]
    done = [region(f"r{number}", 1, chance.choice(states)) for number in range(chance.randint(0, 8))]
    limit = chance.randint(0, 8)
    bad = sum(one.state != "running" for one in done)
    canary = region("canary", 0, "running")
    made = deployment(canary, *done, region("next", 1, "queued"), canary="canary", max_failures=limit)

    words = why_held(made, 1, START)

    assert bool(words) == (bad > limit)
    if words:
        assert words.startswith(f"{bad} region{'s' if bad > 1 else ''} failed, {limit} may: ")


def test_without_a_limit_a_wave_goes_to_its_end_and_one_failure_holds_the_next() -> None:
    made = deployment(region("a", 0, "failed"), region("b", 0, "queued"), region("c", 1, "queued"))
    assert why_held(made, 0, START) == ""
    assert why_held(made, 1, START) == "an earlier wave failed"


@pytest.mark.parametrize(("state", "word"), [("failed", "failed"), ("unreachable", "could not be reached")])
def test_a_canary_that_failed_holds_the_rest_however_many_may_fail(state: RegionState, word: str) -> None:
    made = deployment(region("a", 0, state), region("b", 1, "queued"), canary="a", max_failures=99)
    assert why_held(made, 1, START) == f"the canary a {word}"


def test_what_failed_before_the_deployment_was_resumed_does_not_hold_it_again() -> None:
    seen = later(START, 60)
    made = deployment(
        region("a", 0, "failed"), region("b", 1, "failed"), region("c", 2, "queued"), canary="a"
    )
    assert why_held(made, 2, START) != ""
    assert why_held(made, 2, seen) == ""


def test_a_closed_gate_holds_what_comes_after_the_canary_and_an_open_one_does_not() -> None:
    made = deployment(region("a", 0, "running"), region("b", 1, "queued"), canary="a", gate="closed")
    assert why_held(made, 0, START) == ""
    assert "waits for approval" in why_held(made, 1, START)
    assert why_held(replace(made, gate="open"), 1, START) == ""


def test_the_soak_counts_from_when_the_canary_ran() -> None:
    made = deployment(region("a", 0, "running"), region("b", 1, "queued", None), canary="a", soak_seconds=300)
    assert soak_left(made, START) == 300
    assert soak_left(made, later(START, 100)) == 200
    assert soak_left(made, later(START, 300)) == 0
    assert soak_left(made, later(START, 9999)) == 0
    assert soak_left(made, later(START, -9999)) == 300


@pytest.mark.parametrize(
    "changes",
    [
        {"soak_seconds": 0},
        {"canary": None},
        {"gate": "open"},
        {"regions": (region("a", 0, "failed"), region("b", 1, "queued"))},
        {"regions": (region("a", 0, "queued", None), region("b", 1, "queued"))},
        {"regions": (region("a", 0, "running"), region("b", 1, "connecting"))},
    ],
)
def test_nothing_soaks_twice_or_without_a_canary_that_runs(changes: dict[str, object]) -> None:
    made = deployment(region("a", 0, "running"), region("b", 1, "queued"), canary="a", soak_seconds=300)
    assert soak_left(made, START) is not None
    assert soak_left(replace(made, **changes), START) is None  # type: ignore[arg-type]
