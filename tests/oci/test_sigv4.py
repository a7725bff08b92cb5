"""Signatures are as AWS wants them: as it publishes them, and as its own library makes them."""

from datetime import UTC, datetime
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.oci.sigv4 import Scope, signed

NO_BOTOCORE = "botocore is not installed: it asks for another dateutil than kubernetes does"
WORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
LABEL = st.from_regex(r"[a-z][a-z0-9-]{1,20}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
HEADERS = st.dictionaries(st.from_regex(r"X-[A-Za-z]{1,12}", fullmatch=True), VALUES, max_size=4)
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


def test_it_signs_as_the_published_example_does() -> None:
    """`post-vanilla` of the AWS Signature Version 4 test suite."""
    sent = signed(
        {"Host": "example.amazonaws.com"},
        b"",
        key_id="AKIDEXAMPLE",
        secret=b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        scope=Scope("us-east-1", "service"),
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    assert sent["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        " SignedHeaders=host;x-amz-date,"
        " Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    )


@given(
    secret=WORDS,
    key_id=st.from_regex(r"A[KS]IA[A-Z0-9]{16}", fullmatch=True),
    region=LABEL,
    service=LABEL,
    more=HEADERS,
    body=st.binary(max_size=200),
    at=MOMENTS,
)
def test_it_signs_as_botocore_does(
    secret: str,
    key_id: str,
    region: str,
    service: str,
    more: dict[str, str],
    body: bytes,
    at: datetime,
) -> None:
    names = {name.lower(): name for name in more}
    headers = {"Host": f"api.{service}.{region}.amazonaws.com", **{n: more[n] for n in names.values()}}
    ours = signed(
        headers,
        body,
        key_id=key_id,
        secret=bytearray(secret.encode()),
        scope=Scope(region, service),
        at=at,
    )
    assert ours == _botocore(headers, body, key_id, secret, Scope(region, service), at)


def _botocore(
    headers: dict[str, str],
    body: bytes,
    key_id: str,
    secret: str,
    scope: Scope,
    at: datetime,
) -> dict[str, str]:
    auth = pytest.importorskip("botocore.auth", reason=NO_BOTOCORE)
    requests = pytest.importorskip("botocore.awsrequest")
    credentials = pytest.importorskip("botocore.credentials")
    request = requests.AWSRequest("POST", f"https://{headers['Host']}/", headers=headers, data=body)
    login = credentials.Credentials(key_id, secret)
    with mock.patch.object(auth, "get_current_datetime", return_value=at.replace(tzinfo=None)):
        auth.SigV4Auth(login, scope.service, scope.region).add_auth(request)
    return {name: str(value) for name, value in request.headers.items()}
