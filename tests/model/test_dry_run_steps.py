"""What would become of an object, from what is known of its region."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.model.deployment import Pull, Spec
from bahriya_tui.model.dry_run import REDACTED, Step
from bahriya_tui.model.dry_run_steps import Former, Shown, There, removed, secret_step, workload_steps
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload
from bahriya_tui.model.region import Region

AT = "2026-11-29T22:00:00.000Z"
PULL = Pull("team", "r1", "registry.example", "bot", 2, "bahriya-team-v2")
SECRET = AppliedSecret("shop", "helsinki-1", "bahriya-team-v2", "r1", "team", 2, "u2")
WEB = Spec(
    "shop", "web", "registry.example/web:1", "http", 2, 8080, (), "team", "r1", secret="bahriya-team-v2"
)
PLACED = Placement("shop", "web", "helsinki-1", 7, WEB.image, WEB.secret, "r1", 2, "w", "s")
FORMER = Former(PLACED, (7, 1), WEB, arrived=True)


def there(*known: AppliedSecret, **more: Any) -> There:
    region = Region(
        "helsinki-1", "", "", "", "", "/k", "", "", "active", "", AT, AT, **more.pop("region", {})
    )
    more = {"leaving": frozenset(), **more}
    return There(region, namespace=True, secrets={one.name: one for one in known}, **more)


def shown(edited: str = "", **workload: Any) -> Shown:
    name = SECRET.name
    secret = ObservedSecret("shop", "helsinki-1", name, "u2", 2, 2, edited, AT)
    seen: Mapping[str, Any] = {"image": WEB.image, "secrets": name, "deployment": 7, "replicas": 2}
    one = ObservedWorkload("shop", "helsinki-1", "web", "w", read_at=AT, **{**seen, **workload})
    return Shown(AT, {name: secret}, {"web": one})


def test_a_pull_secret_that_is_not_there_is_created_and_its_data_is_not_shown() -> None:
    step = secret_step("shop", PULL, 2, there())
    assert (step.phase, step.act, step.name) == ("pull_secret", "create", "bahriya-team-v2")
    assert step.manifest is not None
    assert step.manifest["data"] == {".dockerconfigjson": REDACTED}


def test_one_that_holds_the_token_already_is_unchanged_although_it_is_sent_again() -> None:
    assert secret_step("shop", PULL, 2, there(SECRET)).act == "unchanged"


def test_one_whose_token_was_withdrawn_gets_another() -> None:
    step = secret_step("shop", PULL, 3, there(SECRET))
    assert step.act == "change"
    assert ("metadata.annotations[bahriya.cloud/holds]", "2", "3") in step.fields
    assert ("data[.dockerconfigjson]", REDACTED, REDACTED) in step.fields


def test_where_tokens_are_made_each_deployment_brings_another() -> None:
    server = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    ecr = replace(PULL, server=server, username="AKIA0123456789ABCDEF")
    step = secret_step("shop", ecr, 2, there(SECRET))
    assert (step.act, step.why) == ("change", "a new token is made for it")


def test_one_whose_arrival_was_not_confirmed_counts_as_new() -> None:
    step = secret_step("shop", PULL, 2, there(replace(SECRET, uid=None)))
    assert (step.act, "not confirmed" in step.why) == ("create", True)


def test_what_was_to_go_and_is_wanted_again_stays() -> None:
    step = secret_step("shop", PULL, 2, there(SECRET, leaving=frozenset({("Secret", SECRET.name)})))
    assert (step.act, step.why) == ("unchanged", "its pending removal is called off")


def test_a_secret_that_was_missing_at_the_last_look_is_created() -> None:
    gone = replace(shown(), secrets={})
    step = secret_step("shop", PULL, 2, there(SECRET, shown=gone))
    assert (step.act, step.why) == ("create", "it was missing when it was read back, 2026-11-29 22:00 UTC")


def test_a_secret_that_somebody_edited_may_refuse_the_deployment_and_the_mend_is_named() -> None:
    step = secret_step("shop", PULL, 2, there(SECRET, shown=shown("kubectl-edit")))
    assert step.why == (
        "kubectl-edit changed it, so the region may refuse this;"
        " first: bahriya matrix --repair --registry team --region helsinki-1"
    )


def steps(spec: Spec, former: Former | None, known: There) -> dict[str, Step]:
    return {one.kind: one for one in workload_steps(spec, (8, 1), former, known)}


def test_a_workload_is_created_where_nothing_of_it_is() -> None:
    found = steps(WEB, None, there())
    assert [(kind, one.act) for kind, one in found.items()] == [
        ("Service", "create"),
        ("Deployment", "create"),
    ]


def test_a_deployment_always_changes_as_its_pods_are_new_and_its_service_does_not() -> None:
    found = steps(WEB, FORMER, there())
    assert (found["Service"].act, found["Deployment"].act) == ("unchanged", "change")


def test_what_differs_from_the_deployment_before_is_named() -> None:
    found = steps(replace(WEB, image="registry.example/web:2"), FORMER, there())
    path = "spec.template.spec.containers[web].image"
    assert (path, "registry.example/web:1", "registry.example/web:2") in found["Deployment"].fields


def test_what_somebody_changed_is_told_from_what_the_region_showed() -> None:
    found = steps(WEB, FORMER, there(shown=shown(image="evil:1")))
    assert ("spec.template.spec.containers[web].image", "evil:1", WEB.image) in found["Deployment"].fields
    assert "unless fields are taken over" in found["Deployment"].why
    assert found["Service"].why == ""


def test_a_workload_that_was_missing_at_the_last_look_is_created() -> None:
    found = steps(WEB, FORMER, there(shown=replace(shown(), workloads={})))
    assert (found["Deployment"].act, "missing" in found["Deployment"].why) == ("create", True)


@pytest.mark.parametrize(
    ("former", "act", "words"),
    [
        (replace(FORMER, arrived=False), "change", "deployment 7 may not have reached it"),
        (replace(FORMER, spec=None), "change", "deployment 7, which made it, is not known any more"),
        (
            replace(FORMER, placement=replace(PLACED, workload_uid=None), arrived=False),
            "create",
            "it was sent before, and its arrival was not confirmed",
        ),
    ],
)
def test_what_is_not_known_for_sure_is_said(former: Former, act: str, words: str) -> None:
    step = steps(WEB, former, there())["Deployment"]
    assert step.act == act
    assert words in step.why


def test_another_kind_of_workload_comes_first_and_the_old_one_goes_then() -> None:
    job = replace(WEB, type="cronjob", port=None, schedule="@daily")
    found = workload_steps(job, (8, 1), FORMER, there(region={"cron_api": "batch/v1beta1"}))
    assert [(one.act, one.kind) for one in found] == [
        ("create", "CronJob"),
        ("remove", "Service"),
        ("remove", "Deployment"),
    ]
    assert found[0].manifest is not None
    assert found[0].manifest["apiVersion"] == "batch/v1beta1"


def test_a_removal_that_was_asked_for_says_so() -> None:
    leaving = frozenset({("Secret", SECRET.name)})
    step = removed("removing", "Secret", "shop", SECRET.name, "why", there(SECRET, leaving=leaving))
    assert step.why == "why; its removal was asked for before"


def test_a_region_that_is_out_of_reach_is_said_to_be() -> None:
    known = there()
    away = replace(known, region=replace(known.region, status="unreachable", last_error="connection refused"))
    assert away.plan(0, []).note == "out of reach: connection refused"
