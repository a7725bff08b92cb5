"""Label and field selectors."""

import pytest

from bahriya_tui.sim.selectors import selector
from bahriya_tui.sim.status import StatusError

OBJECT = {
    "metadata": {
        "name": "web",
        "namespace": "shop",
        "labels": {"app": "web", "tier": "front", "x.io/y": "1"},
    },
    "involvedObject": {"kind": "Pod", "uid": "u-1"},
}


@pytest.mark.parametrize(
    ("labels", "matches"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app=api", False),
        ("app!=api", True),
        ("app!=web", False),
        ("none!=x", True),
        ("app", True),
        ("none", False),
        ("!none", True),
        ("!app", False),
        ("app in (web, api)", True),
        ("app in (api)", False),
        ("app notin (api)", True),
        ("none notin (a)", True),
        ("app=web,tier=front", True),
        ("app=web,tier=back", False),
        ("app in (web,api),!none", True),
        ("x.io/y=1", True),
        ("app=", False),
    ],
)
def test_labels_are_selected_as_kubernetes_does(labels: str, matches: bool) -> None:
    assert selector(labels, "")(OBJECT) is matches


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ("metadata.name=web", True),
        ("metadata.name=api", False),
        ("metadata.namespace!=other", True),
        ("involvedObject.uid=u-1,involvedObject.kind=Pod", True),
        ("involvedObject.uid=u-2", False),
    ],
)
def test_fields_are_selected_by_their_path(fields: str, matches: bool) -> None:
    assert selector("", fields)(OBJECT) is matches


@pytest.mark.parametrize(
    ("labels", "fields"), [("a b", ""), ("app in web", ""), ("=x", ""), ("", "name"), ("", "spec.x=1")]
)
def test_a_selector_that_cannot_be_read_is_a_bad_request(labels: str, fields: str) -> None:
    with pytest.raises(StatusError) as refused:
        selector(labels, fields)
    assert refused.value.code == 400
