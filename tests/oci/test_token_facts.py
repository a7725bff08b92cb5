"""What a token shows of itself, and that no part of it is told."""

import base64
import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.oci.token_facts import look


def jwt(claims: object) -> bytes:
    """Write a JSON Web Token that nobody signed."""
    parts = (json.dumps({"alg": "none"}), json.dumps(claims), "signature")
    return b".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=") for part in parts)


def test_a_web_token_says_when_it_ends() -> None:
    assert look(jwt({"exp": 1_800_000_000})).expires_at == "2027-01-15T08:00:00.000Z"


@pytest.mark.parametrize("end", [True, "soon", None, 1e300, -1e300, float("nan"), [1]])
def test_an_end_that_is_no_time_is_none(end: object) -> None:
    assert look(jwt({"exp": end})).expires_at is None


@given(st.binary(max_size=200))
def test_nothing_that_a_token_may_be_is_too_much(token: bytes) -> None:
    look(token)


def test_no_part_of_a_token_is_told(canary: str) -> None:
    token = jwt({"exp": 1_800_000_000, "sub": canary})
    assert canary not in json.dumps(asdict(look(token)))
