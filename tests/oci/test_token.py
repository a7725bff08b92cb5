"""What a token shows: whom it names, and what it may do."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.oci.token import Token, read
from tests.oci.mutations import jwt


def token(said: object) -> Token:
    found = read(json.dumps({"token": jwt(said)}).encode())
    assert found is not None
    return found


def granted(
    *actions: object, path: object = "team/api", kind: object = "repository"
) -> dict[str, list[dict[str, object]]]:
    return {"access": [{"type": kind, "name": path, "actions": list(actions)}]}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (granted("pull", "push"), {"pull", "push"}),
        (granted("pull", 3, None, ["push"]), {"pull"}),
        (granted("pull", path="team/web"), set()),
        (granted("pull", path=3), set()),
        (granted("pull", kind="registry"), set()),
        ({"access": [*granted("pull")["access"], *granted("push")["access"]]}, {"pull", "push"}),
        ({"access": None}, set()),
        ({"access": []}, set()),
        ({"access": [None, 3, "x", {}, []]}, set()),
        ({"access": "pull"}, set()),
        ({"sub": "op"}, None),
        ([], None),
        (None, None),
    ],
)
def test_what_was_granted_is_read(said: object, found: set[str] | None) -> None:
    assert token(said).granted("team/api") == found


@pytest.mark.parametrize(
    ("said", "subject", "anonymous"),
    [
        ({"sub": "op"}, "op", False),
        ({"sub": ""}, "", True),
        ({"sub": "(anonymous)"}, "(anonymous)", True),
        ({"sub": None}, None, False),
        ({"sub": 3}, None, False),
        ({}, None, False),
    ],
)
def test_whom_it_names_is_read(said: object, subject: str | None, anonymous: bool) -> None:
    found = token(said)
    assert (found.subject, found.anonymous) == (subject, anonymous)


@pytest.mark.parametrize("value", ["opaque", "a.b", "a.b.c.d", "a.A.c", "e30.W10.c", "..", "a.e30"])
def test_a_token_that_cannot_be_read_shows_nothing(value: str) -> None:
    found = read(json.dumps({"access_token": value}).encode())
    assert found is not None
    assert (found.subject, found.granted("team/api")) == (None, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.fixed_dictionaries({"sub": JSON, "access": JSON | st.lists(
    st.fixed_dictionaries({"type": JSON | st.just("repository"), "name": JSON, "actions": JSON}), max_size=3
)})  # fmt: skip


@given(CLAIMS)
def test_any_claims_are_read(said: object) -> None:
    found = token(said)
    assert found.granted("team/api") is not None
