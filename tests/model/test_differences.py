"""What differs between two manifests, in the paths that operators know."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.manifests.differences import differences, is_stamp
from bahriya_tui.model.manifests.workload import applied_by

WEB = Spec("shop", "web", "nginx:1.27", "http", 2, 8080, (("MODE", "live"),), secret="bahriya-ghcr-v1")
SPECS = st.builds(
    Spec,
    project=st.just("shop"),
    container=st.just("web"),
    image=st.sampled_from(["nginx:1.27", "nginx:1.28"]),
    type=st.sampled_from(["http", "worker", "cronjob"]),
    replicas=st.integers(1, 3),
    port=st.sampled_from([None, 80, 8080]),
    env=st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("12")), unique_by=lambda one: one[0]).map(
        tuple
    ),
    secret=st.sampled_from([None, "bahriya-ghcr-v1", "bahriya-ghcr-v2"]),
    schedule=st.sampled_from(["@daily", "@hourly"]),
    init_jobs=st.sampled_from([(), (InitRun("migrate", "tool:1", ("up",)),)]),
)


def between(one: Spec, other: Spec) -> dict[str, tuple[object, object]]:
    pairs = zip(applied_by((7, 1), one), applied_by((8, 1), other), strict=True)
    found = [field for before, after in pairs for field in differences(before, after)]
    return {path: (old, new) for path, old, new in found if not is_stamp(path)}


def test_each_field_is_named_by_its_path_and_elements_by_their_names() -> None:
    job = InitRun("migrate", "tool:1", ("up",))
    after = replace(
        WEB,
        image="nginx:1.28",
        port=80,
        env=(("LOG", "debug"),),
        secret="bahriya-ghcr-v2",
        init_jobs=(job,),
    )
    pod = "spec.template.spec."
    assert between(WEB, after) == {
        "spec.ports[http].port": (8080, 80),
        "spec.ports[http].targetPort": (8080, 80),
        "spec.progressDeadlineSeconds": (300, 600),
        f"{pod}containers[web].image": ("nginx:1.27", "nginx:1.28"),
        f"{pod}containers[web].ports[0].containerPort": (8080, 80),
        f"{pod}containers[web].env[MODE].value": ("live", None),
        f"{pod}containers[web].env[LOG].value": (None, "debug"),
        f"{pod}initContainers[migrate].image": (None, "tool:1"),
        f"{pod}initContainers[migrate].command": (None, ["up"]),
        f"{pod}imagePullSecrets": (["bahriya-ghcr-v1"], ["bahriya-ghcr-v2"]),
    }


def test_between_two_deployments_of_the_same_only_stamps_differ() -> None:
    assert between(WEB, WEB) == {}
    stamps = differences(*(applied_by((number, 1), WEB)[-1] for number in (7, 8)))
    assert {(old, new) for _, old, new in stamps} == {("7", "8"), ("7.1", "8.1")}


@given(SPECS, SPECS)
def test_nothing_differs_only_where_nothing_does(one: Spec, other: Spec) -> None:
    before, after = (applied_by((7, 1), spec) for spec in (one, other))
    if len(before) == len(after):
        same = all(not differences(*pair) for pair in zip(before, after, strict=True))
        assert same == (before == after)
