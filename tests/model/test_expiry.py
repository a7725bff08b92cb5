"""When credentials end: what tells it first counts, and says so; and how far away that is, in words."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.expiry import Due, due, left, parse_span, past_note
from bahriya_tui.model.registry import CredentialVersion, Registry

NOW = "2026-11-23T22:14:12.000Z"
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
REGISTRY = Registry(
    id="0" * 32,
    project="shop",
    handle="ghcr",
    name="",
    server="ghcr.io",
    username="bot",
    version=1,
    expires=None,
    plain_http=False,
    ca_file=None,
    created_at=NOW,
    updated_at=NOW,
)
VERSION = CredentialVersion(REGISTRY.id, 1, "ghcr.io", "bot", "current", NOW, "mira")
DECLARED = replace(REGISTRY, expires="2026-12-31")


def test_a_declared_date_ends_with_that_day_in_utc() -> None:
    end = due(DECLARED, VERSION)
    assert end == Due("2026-12-31T23:59:59.999Z", "declared")
    assert not end.past("2026-12-31T23:59:59.998Z")
    assert end.past("2027-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("said", "at", "source"),
    [
        ("2026-12-30T08:00:00.000Z", "2026-12-30T08:00:00.000Z", "the token says"),
        ("2027-01-01T08:00:00.000Z", "2026-12-31T23:59:59.999Z", "declared"),
    ],
)
def test_the_earlier_of_what_is_declared_and_what_the_token_says_counts(
    said: str, at: str, source: str
) -> None:
    assert due(DECLARED, replace(VERSION, expires_at=said)) == Due(at, source)


def test_a_pasted_token_of_ecr_ends_twelve_hours_after_it_was_entered() -> None:
    pasted = replace(VERSION, server=ECR, username="AWS", created_at="2026-11-23T20:00:00.000Z")
    end = due(DECLARED, pasted)
    assert end == Due("2026-11-24T08:00:00.000Z", "Amazon ECR tokens live 12 h")
    assert left(end.at, NOW) == "in 9 h"


def test_a_kind_of_token_that_lives_shortly_tells_its_end_wherever_it_is_taken() -> None:
    access = replace(
        VERSION, server="eu-docker.pkg.dev", username="oauth2accesstoken", token_kind="google-access"
    )
    assert due(REGISTRY, access) == Due(clock.later(NOW, 3600), "an access token of Google Cloud lives 1 h")
    assert due(REGISTRY, replace(access, token_kind="google-key")) is None


def test_an_iam_key_lives_on_and_elsewhere_such_a_name_means_nothing() -> None:
    key = replace(VERSION, server=ECR, username="AKIAIOSFODNN7EXAMPLE")
    assert due(REGISTRY, key) is None
    assert due(DECLARED, key) == Due("2026-12-31T23:59:59.999Z", "declared")
    public = replace(key, server="public.ecr.aws", created_at="2026-11-23T20:00:00.000Z")
    assert due(REGISTRY, public) == Due("2026-11-24T08:00:00.000Z", "Amazon ECR Public tokens live 12 h")


def test_nothing_is_due_where_nothing_tells_or_there_are_no_credentials() -> None:
    assert due(REGISTRY, VERSION) is None
    assert due(DECLARED, None) is None
    deleting = replace(DECLARED, deleting_since=NOW, deleting_by="mira")
    assert due(deleting, replace(VERSION, expires_at=NOW)) is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "in 1 s"),
        (59 * 60 + 59, "in 59 min"),
        (9 * 3600, "in 9 h"),
        (47 * 3600, "in 47 h"),
        (6 * 86400 + 3600, "in 6 d"),
        (0, "expired 0 s ago"),
        (-7200, "expired 2 h ago"),
        (-2 * 86400, "expired 2 d ago"),
    ],
)
def test_the_time_that_is_left_is_told_in_the_unit_people_use(seconds: int, told: str) -> None:
    assert left(clock.later(NOW, seconds), NOW) == told


@given(st.integers(-(10**8), 10**8), st.integers(0, 10**8))
def test_what_is_past_is_also_within_any_time_and_told_as_past(seconds: int, within: int) -> None:
    end = Due(clock.later(NOW, seconds), "declared")
    assert end.within(within, NOW) == (seconds <= within)
    assert end.past(NOW) == (seconds <= 0) == left(end.at, NOW).startswith("expired")


@pytest.mark.parametrize(
    ("text", "seconds", "words"),
    [
        ("90m", 5400, "90 min"),
        ("12h", 43200, "12 h"),
        ("72 h", 259200, "72 h"),
        ("7d", 604800, "7 d"),
        ("2w", 1209600, "2 w"),
        ("99999w", 99999 * 604800, "99999 w"),
    ],
)
def test_a_time_is_read_in_the_unit_it_is_written_in(text: str, seconds: int, words: str) -> None:
    span = parse_span(text)
    assert (span.seconds, span.words) == (seconds, words)
    assert not Due("9999-12-31T00:00:00.000Z", "declared").within(span.seconds, NOW)


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-7d", "7 days", "1.5d", "7d\n", "٧d", "100000d", "7D"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="no length of time") as refused:
        parse_span(text)
    assert "12h, 7d or 2w" in refused.value.hint


@given(st.text(max_size=12) | st.from_regex(r"\A[0-9]{1,6}[ \n]?[mhdw]\n?\Z"))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(BadInput):
        span = parse_span(text)
        assert span.seconds >= 60
        assert text.strip(" 0123456789") in ("m", "h", "d", "w")


def test_a_date_that_is_past_is_asked_about() -> None:
    assert past_note(None, "2026-11-23T22:14:12.123Z") == ()
    assert past_note("2026-11-23", "2026-11-23T22:14:12.123Z") == ()
    (note,) = past_note("2026-11-22", "2026-11-23T22:14:12.123Z")
    assert "2026-11-22 is past" in note
