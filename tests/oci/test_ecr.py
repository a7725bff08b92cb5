"""What is asked of ECR's API, and what its answers mean."""

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.ecr import NotMinted, Place, place_of
from bahriya_tui.oci import ecr
from bahriya_tui.oci.connect import Route, trust
from bahriya_tui.oci.deadline import Deadline
from bahriya_tui.oci.wire import Answer, ask
from tests.oci.certificates import Authority
from tests.oci.fake_ecr import KEY_ID, SERVER
from tests.oci.test_sigv4 import NO_BOTOCORE

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
HERE = "api.ecr.eu-central-1.amazonaws.com"


def answer(status: int, said: Any, **headers: str) -> Answer:
    return Answer(status, headers, said if isinstance(said, bytes) else json.dumps(said).encode())


def data(token: str = "AWS:secret", **changes: Any) -> dict[str, Any]:
    encoded = base64.b64encode(token.encode()).decode()
    return {"authorizationData": [{"authorizationToken": encoded, **changes}]}


def refusal(said: Answer) -> NotMinted:
    with pytest.raises(NotMinted) as refused:
        ecr.read(said, NOW)
    return refused.value


def test_a_token_is_read_with_its_end_and_never_shown() -> None:
    ends = NOW + timedelta(hours=12)
    minted = ecr.read(answer(200, data("AWS:s3cret:t", expiresAt=ends.timestamp())), NOW)
    assert minted.token == b"s3cret:t"
    assert minted.expires_at == "2026-11-29T22:00:00.000Z"
    assert "s3cret" not in repr(minted)


@pytest.mark.parametrize(
    "end", [None, "soon", True, 0, 1420070400, -1e300, 1e300, float("inf"), float("nan")]
)
def test_an_end_that_cannot_be_true_is_the_usual_one(end: Any) -> None:
    assert ecr.read(answer(200, data(expiresAt=end)), NOW).expires_at == "2026-11-29T22:00:00.000Z"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"<html>",
        b"[" * 100_000,
        [],
        {},
        {"authorizationData": []},
        {"authorizationData": {}},
        {"authorizationData": ["x"]},
        {"authorizationData": [{"authorizationToken": "!"}]},
        {"authorizationData": [{"authorizationToken": 5}]},
        data("bob:secret"),
        data("AWS:"),
        data("AWS"),
        data("AWS:with\nline"),
        data("AWS:ünicode"),
    ],
)
def test_an_answer_without_a_token_is_none(said: Any) -> None:
    told = refusal(answer(200, said))
    assert told.reason == "no token could be minted: AWS answered without a token"
    assert not told.refused


@pytest.mark.parametrize(
    ("status", "kind", "words", "refused"),
    [
        (400, "UnrecognizedClientException", "does not know this access key", True),
        (403, "InvalidClientTokenId", "does not know this access key", True),
        (400, "InvalidSignatureException", "secret access key is not the one", True),
        (403, "SignatureDoesNotMatch", "secret access key is not the one", True),
        (400, "AccessDeniedException", "ecr:GetAuthorizationToken; allow that in its policy", True),
        (400, "ExpiredTokenException", "has expired", True),
        (400, "ThrottlingException", "asks to wait", False),
        (429, "", "asks to wait", False),
        (500, "ServerException", "failed with 500", False),
        (503, "", "failed with 503", False),
        (301, "", "redirect", False),
        (400, "InvalidParameterException", "refused with 400", True),
        (418, "", "refused with 418", False),
    ],
)
def test_every_refusal_says_what_to_do(status: int, kind: str, words: str, refused: bool) -> None:
    secret = "what-was-sent"
    for said in (
        answer(status, {"__type": f"com.amazon.coral.service#{kind}", "message": secret}),
        answer(status, {"message": secret}, **{"x-amzn-errortype": f"{kind}:http://internal.amazon.com/"}),
    ):
        told = refusal(said)
        assert words in told.reason
        assert told.refused is refused
        assert secret not in told.reason


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (timedelta(minutes=-20), "this machine's clock is 20 min ahead of that of AWS; set it"),
        (timedelta(minutes=20), "this machine's clock is 20 min behind that of AWS; set it"),
        (timedelta(minutes=1), "secret access key is not the one"),
    ],
)
def test_a_clock_that_is_wrong_is_not_taken_for_a_wrong_key(theirs: timedelta, words: str) -> None:
    date = format_datetime(NOW + theirs, usegmt=True)
    told = refusal(answer(403, {"__type": "InvalidSignatureException"}, date=date))
    assert words in told.reason
    assert told.refused == ("key" in words)


@given(st.binary(max_size=300), st.integers(100, 599), st.text(max_size=40))
def test_whatever_is_answered_is_read_or_refused(body: bytes, status: int, date: str) -> None:
    try:
        ecr.read(answer(status, body, date=date), NOW)
    except NotMinted as error:
        assert error.reason.startswith("no token could be minted: ")  # noqa: PT017


def test_the_secret_is_in_no_header(canary: str) -> None:
    place = place_of(SERVER)
    assert place is not None
    sent = ecr.headers(place, KEY_ID, canary.encode(), NOW)
    assert canary not in str(sent)
    assert f"Credential={KEY_ID}/20261129/eu-central-1/ecr/aws4_request" in sent["Authorization"]


def test_api_hosts_are_those_of_botocore() -> None:
    loader = pytest.importorskip("botocore.loaders", reason=NO_BOTOCORE).Loader()
    provider = pytest.importorskip("botocore.endpoint_provider").EndpointProvider(
        loader.load_service_model("ecr", "endpoint-rule-set-1"), loader.load_data("partitions")
    )
    for region, domain in (("eu-central-1", "com"), ("us-gov-west-1", "com"), ("cn-north-1", "com.cn")):
        for fips in (False, True):
            ending = "-fips" if fips else ""
            named = place_of(f"123456789012.dkr.ecr{ending}.{region}.amazonaws.{domain}")
            theirs = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=False)
            assert named is not None
            assert f"https://{named.api_host}" == theirs.url
            if domain == "com":
                both = place_of(f"123456789012.dkr-ecr{ending}.{region}.on.aws")
                theirs = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=True)
                assert both is not None
                assert f"https://{both.api_host}" == theirs.url


def test_moto_takes_the_request_for_one_of_an_aws_client(tmp_path: Path) -> None:
    pytest.importorskip("flask", reason=NO_BOTOCORE)
    server = pytest.importorskip("moto.server", reason=NO_BOTOCORE)
    place = Place("123456789012", "eu-central-1", HERE)
    here = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    here.start()
    try:
        host, port = here.get_host_and_port()
        said = ask(
            "POST",
            f"http://{host}:{port}/",
            Route(trust(Authority(tmp_path).ca_file), Deadline(60)),
            headers=ecr.headers(place, KEY_ID, b"secret", datetime.now(UTC)),
            body=ecr.BODY,
        )
    finally:
        here.stop()
    minted = ecr.read(said, NOW)
    assert minted.token
    # Moto's tokens ended in 2015.
    assert minted.expires_at == "2026-11-29T22:00:00.000Z"
