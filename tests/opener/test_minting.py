"""An IAM key makes the token that regions get; the key itself goes nowhere."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.opener.minting import Mint
from bahriya_tui.opener.protocol import Request
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.vault.keys import find_public, private_path
from bahriya_tui.vault.record import parse
from bahriya_tui.vault.seal import seal
from bahriya_tui.worker.openers import Closed, check, open_and_apply
from tests.oci.fake_ecr import API, KEY_ID, LIFE, SERVER, FakeEcr, fake_ecr
from tests.opener.conftest import CONTEXT, Vault
from tests.opener.region import Region, deaf, region


@pytest.fixture
def aws(tmp_path: Path, canary: str) -> Iterator[FakeEcr]:
    """An ECR whose one access key has the canary as its secret."""
    with fake_ecr(tmp_path / "aws", canary) as here:
        yield here


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Region]:
    with region(tmp_path / "region") as made:
        yield made


def asked(
    vault: Vault, aws: FakeEcr, secret: str, *targets: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    context = replace(CONTEXT, server=SERVER, username=KEY_ID)
    blob = seal(secret.encode(), context, find_public(vault.public))
    return {
        "mode": "apply",
        "key_path": str(private_path(vault.private, parse(blob).key_id)),
        "sealed": blob.hex(),
        "context": asdict(context),
        "auth_key": SERVER,
        "targets": list(targets),
        "connect_timeout": 60.0,
        "answer_timeout": 60.0,
        "ca_file": aws.authority.ca_file,
        "proxy": aws.proxy,
        **changes,
    }


def told(request: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], Closed]:
    answers: dict[str, dict[str, Any]] = {}
    closed = open_and_apply(request, lambda answer: answers.update({answer["region"]: answer}))
    return answers, closed


def config_in(sent: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(sent["data"][".dockerconfigjson"]))


def test_the_region_gets_a_token_of_which_the_answer_says_when_it_ends(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    answers, closed = told(asked(vault, aws, canary, here.target("a"), here.target("b")))
    (token,) = aws.tokens
    assert {one["result"] for one in answers.values()} == {"applied"}
    (ends,) = {one["expires_at"] for one in answers.values()}
    assert 0 <= LIFE.total_seconds() - clock.seconds_between(clock.now(), ends) < 600
    auth = base64.b64encode(f"AWS:{token}".encode()).decode()
    expected = {"auths": {SERVER: {"username": "AWS", "password": token, "auth": auth}}}
    assert [config_in(sent) for _, _, sent in here.requests] == [expected, expected]
    assert canary not in str(here.requests)
    assert canary not in str(answers)
    assert aws.asked == [f"{API}:443"]
    assert closed.plaintext_ms > 0


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"proxy": "http://127.0.0.1:{closed}"}, "the proxy 127.0.0.1:{closed} cannot be reached"),
        ({"proxy": "http://user@proxy:1"}, "the proxy's URL carries a login"),
        ({"ca_file": None}, "its TLS certificate is from an unknown CA"),
        ({"ca_file": "/dev/null"}, "the CA file cannot be read"),
    ],
)
def test_nothing_is_opened_when_the_maker_of_tokens_is_out_of_reach(
    vault: Vault,
    aws: FakeEcr,
    here: Region,
    canary: str,
    closed_port: int,
    trouble: dict[str, Any],
    words: str,
) -> None:
    changes = {name: value and value.format(closed=closed_port) for name, value in trouble.items()}
    # It would not open.
    blob = asked(vault, aws, canary)["sealed"]
    broken = f"{blob[:-2]}{int(blob[-2:], 16) ^ 1:02x}"
    answers, closed = told(asked(vault, aws, canary, here.target(), sealed=broken, **changes))
    assert answers["falkenstein-1"]["result"] == "not minted"
    message = answers["falkenstein-1"]["message"]
    assert message.startswith(f"no token could be minted: {API}: ")
    assert words.format(closed=closed_port) in message
    assert closed.plaintext_ms == 0
    assert here.requests == []
    assert aws.tokens == []


def test_a_proxy_that_opens_no_tunnel_is_told(vault: Vault, aws: FakeEcr, here: Region, canary: str) -> None:
    aws.let_through = False
    answers, closed = told(asked(vault, aws, canary, here.target()))
    assert "the proxy says that it cannot be reached (502)" in answers["falkenstein-1"]["message"]
    assert closed.plaintext_ms == 0


def test_a_region_that_is_down_says_so_itself(
    vault: Vault, aws: FakeEcr, canary: str, closed_port: int
) -> None:
    target = {"region": "down", "host": "127.0.0.1", "port": closed_port, "namespace": "n", "secret": "s"}
    answers, closed = told(asked(vault, aws, canary, {**target, "labels": {}, "annotations": {}}))
    assert answers["down"]["result"] == "unreachable"
    assert closed.plaintext_ms == 0
    assert aws.tokens == []


def test_a_refusal_of_aws_is_every_regions_answer_and_nothing_is_sent(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    aws.refusal = (400, "AccessDeniedException")
    answers, closed = told(asked(vault, aws, canary, here.target("a"), here.target("b")))
    assert {(one["result"], one["status"]) for one in answers.values()} == {("not minted", 403)}
    assert "ecr:GetAuthorizationToken" in answers["a"]["message"]
    assert canary not in str(answers)
    assert here.requests == []
    assert closed.plaintext_ms > 0


def test_a_wrong_secret_is_told_from_a_wrong_key(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    answers, _ = told(asked(vault, aws, f"not-{canary}", here.target()))
    assert "the secret access key is not the one of this access key" in answers["falkenstein-1"]["message"]
    assert here.requests == []


def test_a_clock_that_is_wrong_is_told_from_inside_the_lock(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    aws.refusal = (403, "InvalidSignatureException")
    aws.now = lambda: datetime.now(UTC) + timedelta(minutes=20)
    answers, _ = told(asked(vault, aws, canary, here.target()))
    assert "this machine's clock is 20 min behind that of AWS" in answers["falkenstein-1"]["message"]
    assert answers["falkenstein-1"]["status"] == 0


def test_a_maker_of_tokens_that_is_cut_off_is_told(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    def cut(_token: str) -> None:
        raise ConnectionAbortedError

    aws.on_token = cut
    answers, _ = told(asked(vault, aws, canary, here.target()))
    assert answers["falkenstein-1"]["result"] == "not minted"
    assert here.requests == []


def test_what_a_region_repeats_of_the_token_is_withheld(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    here.reply = lambda sent: (400, json.dumps({"message": str(config_in(sent))}).encode())
    answers, _ = told(asked(vault, aws, canary, here.target()))
    assert answers["falkenstein-1"]["result"] == "refused"
    assert aws.tokens[0][:12] not in str(answers)


def test_a_token_under_way_is_waited_for_by_all_regions(
    vault: Vault, aws: FakeEcr, here: Region, canary: str
) -> None:
    meeting = threading.Event()
    aws.on_token = lambda _token: meeting.set()
    here.reply = lambda _sent: (200, json.dumps({"metadata": {"uid": str(meeting.is_set())}}).encode())
    answers, _ = told(asked(vault, aws, canary, here.target("a"), here.target("b")))
    assert {one["uid"] for one in answers.values()} == {"True"}


def checked(vault: Vault, aws: FakeEcr, secret: str, **changes: Any) -> dict[str, Any]:
    request = asked(vault, aws, secret, mode="check", images=[f"{SERVER}/team/app:v1"], **changes)
    return check(request)


@pytest.mark.parametrize(
    ("refusal", "login", "words"),
    [
        ((400, "AccessDeniedException"), "rejected", "its IAM user may not call ecr:GetAuthorizationToken"),
        ((429, ""), "not proven", "AWS asks to wait"),
    ],
)
def test_a_check_that_gets_no_token_says_why(
    vault: Vault, aws: FakeEcr, canary: str, refusal: tuple[int, str], login: str, words: str
) -> None:
    aws.refusal = refusal
    result = checked(vault, aws, canary)
    assert result["login"] == login
    assert result["reason"].startswith("no token could be minted: ")
    assert words in result["reason"]
    assert [image["verdict"] for image in result["images"]] == ["not proven"]
    assert canary not in str(result)


def test_a_check_opens_nothing_when_the_maker_of_tokens_is_out_of_reach(
    vault: Vault, aws: FakeEcr, canary: str
) -> None:
    aws.let_through = False
    blob = asked(vault, aws, canary)["sealed"]
    broken = f"{blob[:-2]}{int(blob[-2:], 16) ^ 1:02x}"
    result = checked(vault, aws, canary, sealed=broken)
    assert result["login"] == "not proven"
    assert "no token could be minted" in result["reason"]


def test_the_key_in_use_is_known_also_when_the_maker_of_tokens_is_out_of_reach(
    vault: Vault, aws: FakeEcr, canary: str
) -> None:
    aws.let_through = False
    before = replace(CONTEXT, server=SERVER, username=KEY_ID, version=2)
    for secret, repeats in ((canary, 2), (f"{canary}-", None)):
        blob = seal(secret.encode(), before, find_public(vault.public))
        known = {"sealed": blob.hex(), "context": asdict(before)}
        result = checked(vault, aws, canary, known=[known])
        assert (result["login"], result["repeats"]) == ("not proven", repeats)


@pytest.mark.parametrize("taken", [True, False])
async def test_a_check_logs_in_with_the_token_that_was_minted(
    vault: Vault, aws: FakeEcr, canary: str, taken: bool
) -> None:
    private = {"team/app": ["v1"]}
    async with OciRegistry(private=private, auth="basic", tls=aws.authority.server(SERVER)) as registry:
        aws.registry_port = int(registry.address.rpartition(":")[2])
        aws.on_token = lambda token: registry.users.update(AWS=token if taken else "another")
        result = await asyncio.to_thread(checked, vault, aws, canary)
    assert len(aws.tokens) == 1
    if taken:
        assert (result["login"], [image["verdict"] for image in result["images"]]) == ("accepted", ["ok"])
    else:
        assert result["login"] == "rejected"
        assert result["reason"].startswith("a token was minted, but then: ")
    assert aws.tokens[0] not in str(result)
    assert canary not in str(result)


def test_a_check_says_when_it_was_not_the_minting_that_failed(
    vault: Vault, aws: FakeEcr, canary: str
) -> None:
    result = checked(vault, aws, canary)
    assert len(aws.tokens) == 1
    assert result["reason"].startswith("a token was minted, but then: ")
    assert aws.tokens[0] not in str(result)


@pytest.mark.parametrize(
    ("login", "reason"),
    [("accepted", "fine"), ("not needed", "fine"), ("rejected", "a token was minted, but then: fine")],
)
def test_a_check_is_made_with_the_token_and_its_verdict_stands(
    aws: FakeEcr, canary: str, login: str, reason: str
) -> None:
    mint = Mint(request_for(aws))
    assert mint.trouble() is None
    seen: list[bytes] = []

    def check_it(token: bytes | bytearray) -> dict[str, Any]:
        seen.append(bytes(token))
        return {"login": login, "reason": "fine"}

    assert mint.checked(canary.encode(), check_it) == {"login": login, "reason": reason}
    assert seen == [aws.tokens[0].encode()]
    assert (mint.as_minted.context.server, mint.as_minted.context.username) == (SERVER, "AWS")


def test_a_maker_of_tokens_that_never_answers_is_not_waited_for(aws: FakeEcr) -> None:
    with deaf() as port:
        trouble = Mint(request_for(aws, f"http://127.0.0.1:{port}", 0.3)).trouble()
    assert trouble is not None
    assert "no connection within 0.3 s" in trouble.reason or "did not answer in time" in trouble.reason
    assert not trouble.refused


def request_for(aws: FakeEcr, proxy: str = "", timeout: float = 60) -> Request:
    context = replace(CONTEXT, server=SERVER, username=KEY_ID)
    return Request(
        "check",
        "",
        b"",
        context,
        SERVER,
        connect_timeout=timeout,
        ca_file=aws.authority.ca_file,
        proxy=proxy or aws.proxy,
    )
