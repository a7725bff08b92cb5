"""Amazon ECR: which logins are tokens that end, and which are IAM keys that tokens are made with.

A private registry of ECR takes the user name `AWS` with a token that lives for 12 hours. Where the user name
is an access key id of IAM instead, the secret is that key's, and a token is made whenever one is needed.
Sources: the endpoint rules of ECR's service model in botocore; Amazon ECR API Reference,
GetAuthorizationToken; IAM User Guide, unique identifiers.
"""

import re
from dataclasses import dataclass

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BadInput, Failed
from bahriya_tui.model.registry import CredentialVersion

TOKEN_USER = "AWS"  # noqa: S105
"""The user name of every token."""
LIFETIME_SECONDS = 12 * 3600.0
SHORTEST_WAIT_SECONDS = 300.0
"""Between two tokens of one secret, however soon the first one ends."""
_PRIVATE = re.compile(
    r"(?P<account>[0-9]{12})\.(?:"
    r"dkr\.ecr(?P<fips>-fips)?\.(?P<region>[a-z0-9-]+)\.(?P<domain>amazonaws\.com(?:\.cn)?)"
    r"|dkr-ecr(?P<dual_fips>-fips)?\.(?P<dual_region>[a-z0-9-]+)\.on\.aws)"
)
_ACCESS_KEY = re.compile(r"AKIA[A-Z0-9]{16}")
_TEMPORARY = re.compile(r"ASIA[A-Z0-9]{16}")


class NotMinted(Exception):
    """There is no token; `reason` says why, and holds nothing that was sent or answered."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = f"no token could be minted: {reason}"
        self.refused = refused
        """Whether AWS spoke against the key; else it could not be asked, or not now."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a private registry is, and who makes tokens for it."""

    account: str
    region: str
    api_host: str


def place_of(server: str) -> Place | None:
    """Read the stored server of a private registry; None where it is none of ECR."""
    found = _PRIVATE.fullmatch(server)
    if found is None:
        return None
    account, region = found["account"], found["region"]
    if region is None:
        region = found["dual_region"]
        return Place(account, region, f"ecr{found['dual_fips'] or ''}.{region}.api.aws")
    return Place(account, region, f"api.ecr{found['fips'] or ''}.{region}.{found['domain']}")


def mints(server: str, username: str) -> bool:
    """Tell whether this login is an IAM key, with which a token is made for each deployment."""
    return _ACCESS_KEY.fullmatch(username) is not None and place_of(server) is not None


def is_temporary(server: str, username: str) -> bool:
    """Tell whether this login is a temporary IAM key: it ends, and is none without its session token."""
    return _TEMPORARY.fullmatch(username) is not None and place_of(server) is not None


def refuse_temporary(server: str, username: str) -> None:
    """Raise `BadInput` for a temporary IAM key."""
    if is_temporary(server, username):
        raise BadInput(
            "an access key that begins with ASIA is temporary: it ends, and needs a session token beside it",
            f"give the long-lived key of an IAM user (AKIA…), or user name {TOKEN_USER} and a token",
        )


def end_of(server: str, username: str, said: str | None, entered_at: str) -> str | None:
    """Give when a secret ends: as it `said` itself, or as every token of ECR does."""
    if said is None and username == TOKEN_USER and place_of(server) is not None:
        return clock.later(entered_at, LIFETIME_SECONDS)
    return said


def refuse_ended(handle: str, version: CredentialVersion, now: str) -> None:
    """Raise `Failed` for a pasted token with which nobody can pull any more."""
    place = place_of(version.server)
    end = end_of(version.server, version.username, version.expires_at, version.created_at)
    if place is None or version.username != TOKEN_USER or end is None or end > now:
        return
    raise Failed(
        f"the ECR token of registry {handle} ended at {clock.minute(end)}: nothing can be pulled with it",
        f"give it a new one: aws ecr get-login-password --region {place.region}"
        f" | bahriya registry rotate {handle} --password-stdin;"
        f" or an IAM key, of which tokens are made: bahriya registry edit {handle} --username AKIA…",
    )


def refresh_at(expires_at: str, now: str) -> str:
    """Give when a token that was made `now` is to be replaced: in the middle of its life."""
    left = clock.seconds_between(now, expires_at)
    return clock.later(now, max(left / 2, SHORTEST_WAIT_SECONDS))


def ending(expires_at: str, refresh_at: str | None, now: str) -> str:
    """Say when a token ends and is replaced: `token ends in 9 h 12 m, refreshed at 16:00 UTC`."""
    if expires_at <= now:
        return f"token ended at {clock.minute(expires_at)}"
    then = "" if refresh_at is None else f", refreshed at {refresh_at[11:16]} UTC"
    return f"token ends in {left(expires_at, now)}{then}"


def left(until: str, now: str) -> str:
    """Write the time until an instant: `9 h 12 m`, `12 m`, and `less than a minute`, also when it is past."""
    hours, minutes = divmod(int(max(clock.seconds_between(now, until), 0) // 60), 60)
    if hours:
        return f"{hours} h {minutes} m"
    return f"{minutes} m" if minutes else "less than a minute"
