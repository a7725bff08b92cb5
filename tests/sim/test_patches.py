"""Merge, strategic merge and JSON patches."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.sim.patches import json_patch, merge_patch, strategic_patch
from bahriya_tui.sim.status import StatusError

JSON = st.recursive(
    st.none() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches_follow_the_table_of_rfc_7386(value: Any, patch: Any, expected: Any) -> None:
    assert merge_patch(value, patch) == expected


@given(JSON, JSON)
def test_merging_twice_is_merging_once(value: Any, patch: Any) -> None:
    once = merge_patch(value, patch)
    assert merge_patch(once, patch) == once


def containers(*items: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(items)}}


@pytest.mark.parametrize(
    ("value", "patch", "expected"),
    [
        (
            containers({"name": "a", "image": "1"}, {"name": "b"}),
            containers({"name": "a", "image": "2"}),
            containers({"name": "a", "image": "2"}, {"name": "b"}),
        ),
        (
            containers({"name": "a"}, {"name": "b"}),
            containers({"name": "a", "$patch": "delete"}),
            containers({"name": "b"}),
        ),
        (
            containers({"name": "a"}),
            containers({"$patch": "replace"}, {"name": "c"}),
            containers({"name": "c"}),
        ),
        (
            containers({"name": "a", "args": ["1", "2"]}),
            containers({"name": "a", "args": ["3"]}),
            containers({"name": "a", "args": ["3"]}),
        ),
        (
            containers({"name": "a"}, {"name": "b"}),
            {"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}},
            containers({"name": "b"}, {"name": "a"}),
        ),
        (
            {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}},
            {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}},
            {"spec": {"strategy": {"type": "Recreate"}}},
        ),
        ({"data": {"a": "1", "b": "2"}}, {"data": {"$patch": "replace", "c": "3"}}, {"data": {"c": "3"}}),
        ({"data": {"a": "1"}}, {"data": {"a": None}}, {"data": {}}),
    ],
)
def test_strategic_patches_join_keyed_lists_and_obey_directives(
    value: Any, patch: Any, expected: Any
) -> None:
    assert strategic_patch(value, patch) == expected


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([{"op": "add", "path": "/b", "value": 1}], {"a": ["x", "y"], "b": 1}),
        ([{"op": "add", "path": "/a/-", "value": "z"}], {"a": ["x", "y", "z"]}),
        ([{"op": "add", "path": "/a/0", "value": "z"}], {"a": ["z", "x", "y"]}),
        ([{"op": "replace", "path": "/a/1", "value": "z"}], {"a": ["x", "z"]}),
        ([{"op": "remove", "path": "/a/0"}], {"a": ["y"]}),
        ([{"op": "move", "from": "/a/0", "path": "/b"}], {"a": ["y"], "b": "x"}),
        ([{"op": "copy", "from": "/a/0", "path": "/b~1c"}], {"a": ["x", "y"], "b/c": "x"}),
        ([{"op": "test", "path": "/a/0", "value": "x"}], {"a": ["x", "y"]}),
    ],
)
def test_json_patches_edit_by_pointer(operations: list[dict[str, Any]], expected: Any) -> None:
    assert json_patch({"a": ["x", "y"]}, operations) == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a/0", "value": "other"},
        {"op": "remove", "path": "/b"},
        {"op": "remove", "path": "/a/9"},
        {"op": "replace", "path": "/b/c", "value": 1},
        {"op": "add", "path": "/a/b", "value": 1},
        {"op": "add", "path": "/a/3", "value": 1},
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "replace", "path": "", "value": 1},
        {"op": "add", "path": "/a/0/x", "value": 1},
    ],
)
def test_a_json_patch_that_does_not_fit_is_refused(operation: dict[str, Any]) -> None:
    with pytest.raises(StatusError) as refused:
        json_patch({"a": ["x", "y"]}, [operation])
    assert refused.value.code == 422
