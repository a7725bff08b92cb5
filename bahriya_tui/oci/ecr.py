"""Asks Amazon ECR for a token, and reads what it answers; the sending is its caller's.

Source: Amazon ECR API Reference, GetAuthorizationToken and Common Errors. No word of an answer is repeated.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bahriya_tui.model import clock
from bahriya_tui.model.ecr import LIFETIME_SECONDS, TOKEN_USER, NotMinted, Place
from bahriya_tui.oci.sigv4 import Scope, signed
from bahriya_tui.oci.wire import Answer

BODY = b"{}"
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
}
_SKEW_SECONDS = 240.0
"""AWS takes signatures that are up to five minutes old or early."""
_AGAIN = "make a new key in IAM, then rotate this registry with it"
_REFUSALS = {
    "UnrecognizedClientException": f"AWS does not know this access key, or it is inactive; {_AGAIN}",
    "InvalidClientTokenId": f"AWS does not know this access key, or it is inactive; {_AGAIN}",
    "InvalidSignatureException": f"the secret access key is not the one of this access key; {_AGAIN}",
    "SignatureDoesNotMatch": f"the secret access key is not the one of this access key; {_AGAIN}",
    "AccessDeniedException": "its IAM user may not call ecr:GetAuthorizationToken; allow that in its policy",
    "AccessDenied": "its IAM user may not call ecr:GetAuthorizationToken; allow that in its policy",
    "ExpiredTokenException": f"this access key has expired; {_AGAIN}",
    "ExpiredToken": f"this access key has expired; {_AGAIN}",
    "OptInRequired": "the AWS account of this access key is not enabled for ECR there",
}
_SIGNATURE = frozenset(
    ["InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"]
)
_THROTTLED = frozenset(
    ["ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"]
)


@dataclass(frozen=True, slots=True)
class Minted:
    """A token for `TOKEN_USER`, and when it ends."""

    token: bytearray = field(repr=False)
    expires_at: str


def headers(place: Place, key_id: str, secret: bytes | bytearray, at: datetime) -> dict[str, str]:
    """Give the headers of the request with `BODY` for a token, but for the `Host`."""
    named = {"Host": place.api_host, **_HEADERS}
    sent = signed(named, BODY, key_id=key_id, secret=secret, scope=Scope(place.region, "ecr"), at=at)
    del sent["Host"]
    return sent


def read(answer: Answer, at: datetime) -> Minted:
    """Read the answer to what was signed `at`; raises `NotMinted` where it holds no token."""
    said = _document(answer.body)
    if answer.status != 200:
        raise _refusal(answer, said, at)
    try:
        (data, *_) = said["authorizationData"]
        user, _, token = base64.b64decode(data["authorizationToken"], validate=True).partition(b":")
    except (ValueError, KeyError, TypeError):
        user, token = b"", b""
    if user != TOKEN_USER.encode() or not token or not all(0x21 <= byte <= 0x7E for byte in token):
        raise NotMinted("AWS answered without a token")
    return Minted(bytearray(token), _end(data, at))


def _end(data: Mapping[str, Any], at: datetime) -> str:
    """Give when a token ends, as told in seconds since 1970; where that cannot be true, its usual end."""
    said, now = data.get("expiresAt"), at.timestamp()
    if isinstance(said, int | float) and now < said <= now + 4 * LIFETIME_SECONDS:
        return clock.stamp(datetime.fromtimestamp(said, UTC))
    return clock.later(clock.stamp(at), LIFETIME_SECONDS)


def _refusal(answer: Answer, said: Mapping[str, Any], at: datetime) -> NotMinted:
    kind = str(said.get("__type") or answer.headers.get("x-amzn-errortype") or "")
    kind = kind.rpartition("#")[2].partition(":")[0]
    if answer.redirect:
        return NotMinted("AWS answered with a redirect, which is not followed")
    if answer.status == 429 or kind in _THROTTLED:
        return NotMinted("AWS asks to wait before the next token")
    if kind in _SIGNATURE and (skewed := _skew(answer, at)):
        return NotMinted(skewed)
    if kind in _REFUSALS:
        return NotMinted(_REFUSALS[kind], refused=True)
    if answer.status >= 500:
        return NotMinted(f"AWS failed with {answer.status}")
    return NotMinted(f"AWS refused with {answer.status}", refused=answer.status in (400, 401, 403))


def _skew(answer: Answer, at: datetime) -> str:
    """Say how far this machine's clock is from that of AWS; nothing where it is near enough."""
    try:
        theirs = parsedate_to_datetime(answer.headers["date"])
        ahead = (at - theirs).total_seconds()
    except (KeyError, ValueError, TypeError):
        return ""
    if abs(ahead) < _SKEW_SECONDS:
        return ""
    minutes, where = round(abs(ahead) / 60), "ahead of" if ahead > 0 else "behind"
    return f"this machine's clock is {minutes} min {where} that of AWS; set it (timedatectl set-ntp true)"


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        # Of bytes it would guess the encoding, whose codec a locked-in process can no longer load.
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
