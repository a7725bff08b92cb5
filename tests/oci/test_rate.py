"""Rate limits, as registries tell them."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.check import RateLimit
from bahriya_tui.oci.rate import read, wait

USER = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("limit", "remaining", "source", "found"),
    [
        ("100;w=21600", "76;w=21600", "192.0.2.1", RateLimit(100, 76, 21600, "address")),
        ("200;w=21600", "0;w=21600", USER, RateLimit(200, 0, 21600, "login")),
        ("200 ; w=60", "1", "2001:db8::1", RateLimit(200, 1, 60, "address")),
        ("100", "7", "", RateLimit(100, 7, 21600, "")),
        ("100", "7;w=60", "somebody", RateLimit(100, 7, 60, "")),
        ("100;w=21600", "", "", None),
        ("", "7", "", None),
        ("100;w=x", "7", "", None),
        ("-1", "7", "", None),
        ("٣", "7", "", None),
        ("9" * 10, "7", "", None),
        ("100, 100", "7", "", None),
    ],
)
def test_the_headers_of_docker_hub_are_read(
    limit: str, remaining: str, source: str, found: RateLimit | None
) -> None:
    headers = {
        "ratelimit-limit": limit,
        "ratelimit-remaining": remaining,
        "docker-ratelimit-source": source,
    }
    assert read(headers) == found


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (RateLimit(100, 76, 21600, "address"), "76 of 100 pulls in 6 h are left to this address"),
        (RateLimit(200, 3, 5400, "login"), "3 of 200 pulls in 90 min are left to this login"),
        (RateLimit(10, 0, 7), "0 of 10 pulls in 7 s are left"),
        (RateLimit(10, 0, 0), "0 of 10 pulls are left"),
    ],
)
def test_a_limit_says_what_is_left_and_to_whom(limit: RateLimit, words: str) -> None:
    assert limit.words == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("37", "for 37 seconds"),
        ("007", "for 7 seconds"),
        ("", "for a while"),
        ("soon", "for a while"),
        ("-5", "for a while"),
        ("9999999", "for a while"),
        ("Fri, 01 Jan 1999 00:00:00 GMT", "for a while"),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "for a while"),
        ("Fri, 99 Jan 2100 99:00:00 GMT", "for a while"),
        ("Fri, 01 Jan 2100 00:00:00", "for a while"),
    ],
)
def test_the_time_to_stay_away_is_read(value: str, words: str) -> None:
    assert wait({"retry-after": value}) == words


def test_a_date_to_come_back_is_told_in_seconds() -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    assert int(wait({"retry-after": until}).split()[1]) in range(7000, 7201)


@given(st.text())
def test_no_header_is_an_error(value: str) -> None:
    headers = dict.fromkeys(
        ("retry-after", "ratelimit-limit", "ratelimit-remaining", "docker-ratelimit-source"), value
    )
    assert wait(headers).startswith("for ")
    read(headers)
