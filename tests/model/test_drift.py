"""The rule of the matrix: every way in which a registry in a region can be, and what is said of it."""

import dataclasses
import itertools
from typing import Any

import pytest

from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.model.drift import STATES, Facts, judge
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack

NOW = "2026-11-24T17:00:00.000Z"


def applied(version: int, uid: str | None = "") -> AppliedSecret:
    uid = f"uid-{version}" if uid == "" else uid
    return AppliedSecret("shop", "helsinki-1", f"bahriya-team-v{version}", "id", "team", version, uid)


def placed(version: int, container: str = "app") -> Placement:
    secret = f"bahriya-team-v{version}"
    return Placement("shop", container, "helsinki-1", 1, "image", secret, "id", version, "w", None)


def there(number: int, **changes: Any) -> ObservedSecret:
    name, uid = f"bahriya-team-v{number}", f"uid-{number}"
    seen = ObservedSecret("shop", "helsinki-1", name, uid, number, number, "", NOW)
    return dataclasses.replace(seen, **changes)


def runs(*versions: int, name: str = "app") -> ObservedWorkload:
    secrets = " ".join(f"bahriya-team-v{version}" for version in versions)
    return ObservedWorkload("shop", "helsinki-1", name, "w", "image", secrets, 1, 1, NOW)


def facts(**changes: Any) -> Facts:
    """Version 2 deployed, written and seen, unless told otherwise."""
    good = {
        "registry": "team",
        "region": "helsinki-1",
        "current": 2,
        "versions": frozenset({1, 2}),
        "applied": (applied(2),),
        "placements": (placed(2),),
        "leaving": (),
        "read": ReadBack("shop", "helsinki-1", None, NOW, ""),
        "secrets": (there(2),),
        "workloads": (runs(2),),
    }
    return Facts(**{**good, **changes})


OLD = {"applied": (applied(1),), "placements": (placed(1),), "secrets": (there(1),), "workloads": (runs(1),)}
PUSHED = {
    **OLD,
    "applied": (dataclasses.replace(applied(1), holds=2),),
    "secrets": (there(1, holds=2),),
}
REPAIR = "bahriya matrix --repair --registry team --region helsinki-1"
DEPLOY = "bahriya deploy --all-using team"
UNREAD = ReadBack("shop", "helsinki-1", NOW, None, "")
DOWN = ReadBack("shop", "helsinki-1", None, NOW, "connection refused")


@pytest.mark.parametrize(
    ("changes", "state", "version", "detail", "hint"),
    [
        pytest.param({}, "in sync", 2, "", "", id="as it should be"),
        pytest.param(
            OLD, "stale", 1, "app pulls with v1, current is v2", DEPLOY, id="not deployed since the rotation"
        ),
        pytest.param(
            {**OLD, "current": 1}, "in sync", 1, "", "", id="returned to an earlier version, and deployed"
        ),
        pytest.param(
            {"current": 1},
            "stale",
            2,
            "app pulls with v2, current is v1",
            DEPLOY,
            id="returned, not deployed",
        ),
        pytest.param(PUSHED, "in sync", 1, "", "", id="the new token was pushed into v1"),
        pytest.param(
            {**PUSHED, "secrets": (there(1),)},
            "stale",
            1,
            "bahriya-team-v1 holds v1, but was to hold v2; app pulls with v1, current is v2",
            REPAIR,
            id="the old token was brought back into v1",
        ),
        pytest.param(
            {"secrets": ()},
            "missing",
            2,
            "bahriya-team-v2 is not there, so app cannot pull",
            REPAIR,
            id="the secret was deleted",
        ),
        pytest.param(
            {"secrets": (), "placements": (), "workloads": ()},
            "missing",
            2,
            "bahriya-team-v2 is not there",
            REPAIR,
            id="the secret was deleted and nothing runs",
        ),
        pytest.param(
            {"secrets": (), "workloads": ()},
            "missing",
            2,
            "bahriya-team-v2 is not there, so app cannot pull",
            REPAIR,
            id="secret and workload were deleted",
        ),
        pytest.param(
            {"workloads": (runs(1),), "secrets": (there(2),)},
            "missing",
            1,
            "bahriya-team-v1 is not there, so app cannot pull",
            DEPLOY,
            id="rolled back by hand to a secret that is gone",
        ),
        pytest.param(
            {"workloads": (runs(1),), "applied": (applied(1), applied(2)), "secrets": (there(1), there(2))},
            "stale",
            1,
            "app pulls with v1, current is v2",
            DEPLOY,
            id="rolled back by hand",
        ),
        pytest.param(
            {"secrets": (there(2, edited_by="kubectl-edit"),)},
            "edited",
            2,
            "bahriya-team-v2 was changed by kubectl-edit",
            REPAIR,
            id="edited",
        ),
        pytest.param(
            {"secrets": (there(2, uid="another"),)},
            "edited",
            2,
            "bahriya-team-v2 was replaced by another secret of that name",
            REPAIR,
            id="deleted and made anew",
        ),
        pytest.param(
            {"secrets": (there(2, version=None),)},
            "edited",
            2,
            "bahriya-team-v2 no longer says which version it is",
            REPAIR,
            id="its mark is gone",
        ),
        pytest.param(
            {"workloads": (runs(),)},
            "edited",
            2,
            "app no longer names a pull secret of it",
            DEPLOY,
            id="the workload lost its pull secret",
        ),
        pytest.param(
            {"read": DOWN, "secrets": ()},
            "unreachable",
            2,
            "connection refused",
            "bahriya region check helsinki-1",
            id="the region does not answer",
        ),
        pytest.param(
            {"read": UNREAD, "secrets": ()}, "not read", 2, "it was not read back yet", "", id="not read"
        ),
        pytest.param({"read": None}, "not read", 2, "it was not read back yet", "", id="never asked"),
        pytest.param(
            {"placements": (), "leaving": ("bahriya-team-v2",), "read": DOWN},
            "pending removal",
            2,
            "bahriya-team-v2 is to be removed",
            "",
            id="on its way out of a region that is down",
        ),
        pytest.param(
            {"applied": (applied(1), applied(2)), "leaving": ("bahriya-team-v1",)},
            "pending removal",
            2,
            "bahriya-team-v1 is to be removed",
            "",
            id="an old version is on its way out",
        ),
        pytest.param(
            {"applied": (applied(2, None),)}, "in sync", 2, "", "", id="arrived although nobody confirmed it"
        ),
        pytest.param(
            {"applied": (applied(1), applied(2)), "versions": frozenset({2})},
            "in sync",
            2,
            "",
            "",
            id="an old secret that nothing needs is gone",
        ),
        pytest.param(
            {"placements": (placed(2), placed(2, "web")), "workloads": (runs(2), runs(1, name="web"))},
            "missing",
            1,
            "bahriya-team-v1 is not there, so web cannot pull",
            DEPLOY,
            id="one of two workloads",
        ),
        pytest.param(
            {"secrets": (), "versions": frozenset()},
            "missing",
            2,
            "bahriya-team-v2 is not there, so app cannot pull",
            DEPLOY,
            id="missing, and its token is not kept any more",
        ),
        pytest.param(
            {"workloads": (runs(2), dataclasses.replace(runs(), name="other", secrets="their-own"))},
            "in sync",
            2,
            "",
            "",
            id="a workload with somebody else's secret",
        ),
    ],
)
def test_a_cell_says_what_is_wrong_and_what_to_do(
    changes: dict[str, Any], state: str, version: int, detail: str, hint: str
) -> None:
    cell = judge(facts(**changes))
    assert cell is not None
    assert (cell.state, cell.version, cell.detail, cell.hint) == (state, version, detail, hint)


def test_a_registry_that_nothing_there_needs_has_no_cell() -> None:
    assert judge(facts(applied=(), placements=())) is None
    never_arrived = (applied(2, None),)
    assert judge(facts(applied=never_arrived, placements=(), secrets=(), workloads=())) is None


def test_of_a_deleted_registry_only_what_is_still_there_counts() -> None:
    gone: dict[str, Any] = {"current": None, "versions": frozenset()}
    cell = judge(facts(**gone, leaving=("bahriya-team-v2",)))
    assert cell is not None
    assert (cell.state, cell.deleted, cell.rewrite) == ("pending removal", True, ())
    assert judge(facts(**gone, applied=())) is None


def test_what_repair_writes_again_are_the_secrets_that_are_missing_or_edited() -> None:
    both = {"applied": (applied(1), applied(2)), "placements": (placed(1), placed(2, "web"))}
    cell = judge(facts(**both, workloads=(), secrets=(there(1, edited_by="kubectl"),)))
    assert cell is not None
    assert [one.name for one in cell.rewrite] == ["bahriya-team-v1", "bahriya-team-v2"]
    assert cell.state == "missing"
    stale = judge(facts(**OLD))
    assert stale is not None
    assert stale.rewrite == ()


def test_whatever_is_known_a_cell_comes_out_of_it_and_says_why_it_is_not_in_sync() -> None:
    """Walk through all combinations of what can be known; none may raise, and none may be silent."""
    choices: dict[str, list[Any]] = {
        "current": [None, 1, 2],
        "versions": [frozenset(), frozenset({1, 2})],
        "applied": [(), (applied(1),), (applied(2, None),), (applied(1), applied(2))],
        "placements": [(), (placed(1),), (placed(2),)],
        "leaving": [(), ("bahriya-team-v1",)],
        "read": [None, DOWN, ReadBack("shop", "helsinki-1", None, NOW, "")],
        "secrets": [(), (there(1),), (there(2),), (there(1), there(2, edited_by="x"))],
        "workloads": [(), (runs(),), (runs(1),), (runs(2),)],
    }
    seen = set()
    for values in itertools.product(*choices.values()):
        known = facts(**dict(zip(choices, values, strict=True)))
        cell = judge(known)
        if cell is None:
            continue
        seen.add(cell.state)
        assert bool(cell.detail) == (cell.state != "in sync")
        assert set(cell.rewrite) <= set(known.applied)
        if known.read == DOWN and cell.state not in ("pending removal", "in sync"):
            assert cell.state == "unreachable"
        if cell.state in ("missing", "edited", "stale"):
            assert cell.hint
    assert seen == set(STATES)
