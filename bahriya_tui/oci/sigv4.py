"""AWS Signature Version 4 of one POST request to `/`.

Source: IAM User Guide, "Create a signed AWS API request". The secret is given and used as bytes, and is in
nothing that this gives back.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature is good for, beside its day."""

    region: str
    service: str


def signed(
    headers: Mapping[str, str],
    body: bytes,
    *,
    key_id: str,
    secret: bytes | bytearray,
    scope: Scope,
    at: datetime,
) -> dict[str, str]:
    """Give `headers`, `Host` among them, with those that sign them and `body`, at the instant `at`."""
    instant = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "X-Amz-Date": instant}
    canonical = {name.lower(): " ".join(value.split()) for name, value in sent.items()}
    names = ";".join(sorted(canonical))
    lines = [f"{name}:{canonical[name]}\n" for name in sorted(canonical)]
    request = "\n".join(["POST", "/", "", "".join(lines), names, hashlib.sha256(body).hexdigest()])
    of = f"{instant[:8]}/{scope.region}/{scope.service}/aws4_request"
    text = "\n".join([_ALGORITHM, instant, of, hashlib.sha256(request.encode()).hexdigest()])
    key = b"AWS4" + secret
    for part in of.split("/"):
        key = _mac(key, part)
    signature = _mac(key, text).hex()
    sent["Authorization"] = (
        f"{_ALGORITHM} Credential={key_id}/{of}, SignedHeaders={names}, Signature={signature}"
    )
    return sent


def _mac(key: bytes | bytearray, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
