"""Which logins are ECR's, and when their tokens end."""

import pytest

from bahriya_tui.model import ecr
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.model.registry import CredentialVersion

FRANKFURT = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
KEY = "AKIAIOSFODNN7EXAMPLE"
NOW = "2026-11-29T10:00:00.000Z"


@pytest.mark.parametrize(
    ("server", "region", "api"),
    [
        (FRANKFURT, "eu-central-1", "api.ecr.eu-central-1.amazonaws.com"),
        (
            "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
            "us-east-1",
            "api.ecr-fips.us-east-1.amazonaws.com",
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
            "api.ecr.cn-north-1.amazonaws.com.cn",
        ),
        ("123456789012.dkr-ecr.eu-west-1.on.aws", "eu-west-1", "ecr.eu-west-1.api.aws"),
        ("123456789012.dkr-ecr-fips.us-west-2.on.aws", "us-west-2", "ecr-fips.us-west-2.api.aws"),
    ],
)
def test_a_private_registry_says_where_its_tokens_are_made(server: str, region: str, api: str) -> None:
    assert ecr.place_of(server) == ecr.Place("123456789012", region, api)
    assert ecr.mints(server, KEY)


@pytest.mark.parametrize(
    "server",
    [
        "public.ecr.aws",
        "ghcr.io",
        "12345678901.dkr.ecr.eu-central-1.amazonaws.com",
        f"{FRANKFURT}.evil.example",
        f"evil.example/{FRANKFURT}",
        f"{FRANKFURT}:8443",
        "123456789012.dkr.ecr.eu-central-1.evil.amazonaws.com",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.org",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com\n",
    ],
)
def test_no_key_is_used_at_another_server(server: str) -> None:
    assert ecr.place_of(server) is None
    assert not ecr.mints(server, KEY)


@pytest.mark.parametrize(
    "username", ["AWS", "AKIA", KEY.lower(), f"{KEY}X", f"{KEY}\n", "ASIAIOSFODNN7EXAMPLE"]
)
def test_other_user_names_are_no_keys(username: str) -> None:
    assert not ecr.mints(FRANKFURT, username)


def test_a_temporary_key_is_refused_with_the_reason() -> None:
    with pytest.raises(BadInput) as refused:
        ecr.refuse_temporary(FRANKFURT, "ASIAIOSFODNN7EXAMPLE")
    assert "session token" in refused.value.message
    assert "AKIA" in refused.value.hint
    ecr.refuse_temporary(FRANKFURT, KEY)
    ecr.refuse_temporary("ghcr.io", "ASIAIOSFODNN7EXAMPLE")


def test_a_pasted_token_ends_after_twelve_hours_unless_it_says_otherwise() -> None:
    assert ecr.end_of(FRANKFURT, "AWS", None, NOW) == "2026-11-29T22:00:00.000Z"
    assert ecr.end_of(FRANKFURT, "AWS", "2026-11-29T12:00:00.000Z", NOW) == "2026-11-29T12:00:00.000Z"
    assert ecr.end_of(FRANKFURT, KEY, None, NOW) is None
    assert ecr.end_of("ghcr.io", "AWS", None, NOW) is None


@pytest.mark.parametrize(
    ("server", "username", "expires_at", "created_at", "ended"),
    [
        (FRANKFURT, "AWS", "2026-11-29T09:59:59.999Z", NOW, True),
        (FRANKFURT, "AWS", NOW, NOW, True),
        (FRANKFURT, "AWS", "2026-11-29T10:00:00.001Z", NOW, False),
        (FRANKFURT, "AWS", None, "2026-11-28T22:00:00.000Z", True),
        (FRANKFURT, "AWS", None, "2026-11-28T22:00:00.001Z", False),
        (FRANKFURT, KEY, "2026-11-29T09:00:00.000Z", NOW, False),
        (FRANKFURT, KEY, None, "2020-01-01T00:00:00.000Z", False),
        ("ghcr.io", "AWS", "2026-11-29T09:00:00.000Z", NOW, False),
    ],
)
def test_a_pasted_token_is_refused_from_its_end_on(
    server: str, username: str, expires_at: str | None, created_at: str, ended: bool
) -> None:
    version = CredentialVersion("r", 1, server, username, "current", created_at, "ops", expires_at=expires_at)
    if not ended:
        ecr.refuse_ended("team", version, NOW)
        return
    with pytest.raises(Failed) as refused:
        ecr.refuse_ended("team", version, NOW)
    assert "the ECR token of registry team ended at 2026-11-29 " in refused.value.message
    assert "aws ecr get-login-password --region eu-central-1 |" in refused.value.hint


def test_the_end_of_a_token_in_a_region_is_said_with_its_replacement() -> None:
    later, half = "2026-11-29T19:12:30.000Z", "2026-11-29T16:00:00.000Z"
    assert ecr.ending(later, half, NOW) == "token ends in 9 h 12 m, refreshed at 16:00 UTC"
    assert ecr.ending(later, None, NOW) == "token ends in 9 h 12 m"
    assert ecr.ending(NOW, half, NOW) == "token ended at 2026-11-29 10:00 UTC"


@pytest.mark.parametrize(
    ("expires_at", "refresh"),
    [
        ("2026-11-29T22:00:00.000Z", "2026-11-29T16:00:00.000Z"),
        ("2026-11-29T10:00:01.000Z", "2026-11-29T10:05:00.000Z"),
        ("2015-01-01T00:00:00.000Z", "2026-11-29T10:05:00.000Z"),
    ],
)
def test_it_is_replaced_at_half_life_and_never_at_every_moment(expires_at: str, refresh: str) -> None:
    assert ecr.refresh_at(expires_at, NOW) == refresh


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-29T19:12:59.000Z", "9 h 12 m"),
        ("2026-11-29T10:59:59.000Z", "59 m"),
        ("2026-11-29T10:00:59.000Z", "less than a minute"),
        ("2026-11-29T09:00:00.000Z", "less than a minute"),
    ],
)
def test_the_time_left_is_written_for_people(until: str, words: str) -> None:
    assert ecr.left(until, NOW) == words
