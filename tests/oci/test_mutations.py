"""20,000 answers that registries should not give: no crash, no hang, and the secret goes to nobody else."""

import base64
import json
import re
import secrets
import ssl
from random import Random

import pytest

from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from bahriya_tui.oci.wire import MAX_BODY
from tests.oci.fake_net import Exchange, FakeNet, Pieces
from tests.oci.mutations import AUTH, EVIL, SERVER, Headers, Mutator, jwt, raw, shows_secret

PART = 2500
TLS = ssl.create_default_context()


class Conversation:
    """One check against a registry in memory, some of whose answers are not what they should be."""

    def __init__(self, seed: int) -> None:
        self._random = random = Random(seed)
        self.canary = f"canary-{secrets.token_hex(8)}"
        self.login = base64.b64encode(f"op:{self.canary}".encode()).decode()
        self.token = f"token-{secrets.token_hex(8)}"
        self.plain = random.random() < 0.2
        self.images = random.choice((0, 1, 1, 2, 3))
        self._basic = random.random() < 0.3
        self._right = random.random() < 0.7
        self._lenient = random.random() < 0.2
        self._opaque = random.random() < 0.3
        self._open = random.random() < 0.05
        self._empty = random.random() < 0.1
        self._rate = random.choice((0.15, 0.4, 1.0))
        self._mutator = Mutator(random, f"{self.canary} {self.login} {self.token}")
        self.mutated = 0
        self.named = {SERVER}
        """Hosts that the registry named, encrypted, before it had seen the secret; one is itself."""
        self.net = FakeNet(self._answer)

    def run(self) -> CheckResult:
        images = [parse(f"{SERVER}/team/app{number}:v1") for number in range(self.images)]
        return check(SERVER, "op", self.canary.encode(), images, self.plain, None, 60, TLS)

    def _answer(self, exchange: Exchange) -> Pieces:
        before = [one for one in self.net.exchanges if shows_secret(one, self.login)]
        status, headers, body = self._proper(exchange)
        headers = [*headers, ("Content-Length", str(len(body)))]
        if self._random.random() >= self._rate:
            text = raw(status, headers, body)
            pieces: Pieces = [text]
        else:
            self.mutated += 1
            text, pieces = self._mutator.mutated(status, headers, body, after=bool(before))
        if not before and exchange.host == SERVER:
            found = re.findall(rb"https://([a-z0-9._-]*)", text.replace(b"\\", b""), re.IGNORECASE)
            self.named |= {host.decode().lower() for host in found}
        return pieces

    def _proper(self, exchange: Exchange) -> tuple[int, Headers, bytes]:
        path = exchange.request.split(b" ")[1].decode()
        login = shows_secret(exchange, self.login)
        if path.startswith("/token"):
            if login and not self._right and not self._lenient:
                return self._random.choice((400, 401, 403)), [], b"{}"
            user = "op" if login and self._right else ""
            names = re.findall(r"repository%3A([a-z0-9%]*)%3A", path)
            access = [
                {"type": "repository", "name": n.replace("%2F", "/"), "actions": ["pull"]} for n in names
            ]
            token = self.token if self._opaque else jwt({"sub": user, "access": access, "jti": self.token})
            return 200, [("Content-Type", "application/json")], json.dumps({"token": token}).encode()
        if b"Bearer " in exchange.request or (login and self._right) or self._open:
            if self._empty and "/manifests/" in path:
                return 404, [], b"{}"
            limit = [("RateLimit-Limit", "100;w=21600"), ("RateLimit-Remaining", "9;w=21600")]
            return 200, [("Content-Type", "application/json"), *limit], b"{}"
        realm = f"https://{AUTH}/token"
        asked = 'Basic realm="x"' if self._basic else f'Bearer realm="{realm}",service="s"'
        return 401, [("WWW-Authenticate", asked)], b"{}"


@pytest.mark.parametrize("part", range(8))
def test_the_secret_goes_nowhere_else_whatever_registries_answer(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutated = 0
    seed = part * 1_000_000
    reached = set()
    while mutated < PART:
        seed += 1
        talk = Conversation(seed)
        monkeypatch.setattr("bahriya_tui.oci.wire.connect", talk.net.connect)
        monkeypatch.setattr("bahriya_tui.oci.client.connect", talk.net.connect)
        # One at a time, so that a seed says what happens.
        monkeypatch.setattr("bahriya_tui.oci.pulls.LANES", 1)
        result = talk.run()
        try:
            assert_kept(talk, result)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        mutated += talk.mutated
        reached |= {result.login, *(image.verdict for image in result.images)}
    # They came far enough to matter.
    assert reached == {
        "accepted",
        "rejected",
        "not proven",
        "not needed",
        "ok",
        "public",
        "denied",
        "not found",
    }


def assert_kept(talk: Conversation, result: CheckResult) -> None:
    """Count what every host received, and look at what the result says."""
    asked = talk.net.exchanges
    assert len(asked) <= 5 + 6 * talk.images
    assert all(one.size < MAX_BODY + 100 * 65536 for one in asked)
    assert [one.host for one in asked if one.host == EVIL or one.host.endswith(f".{EVIL}")] == []
    for one in asked:
        if shows_secret(one, talk.login, talk.canary):
            assert one.host in talk.named, f"{one.scheme}://{one.host} was sent the secret"
            assert one.scheme == "https" or (talk.plain and one.host == SERVER), f"plain to {one.host}"
        if b"Bearer " in one.request:
            assert one.host == SERVER, f"{one.host} was sent a token"
    sent = [one for one in asked if shows_secret(one, talk.login)]
    if sent and re.match(rb"HTTP/1\.[01] (401|403|429) ", sent[0].read):
        assert len(sent) == 1, "a rejected secret was sent again"
    told = f"{result!r} {sentence(result)}"
    assert not any(secret in told for secret in (talk.canary, talk.login, talk.token))
    if any(image.verdict == "ok" for image in result.images):
        served = [one for one in asked if b"/manifests/" in one.request and b"Authorization" in one.request]
        assert any(re.match(rb"HTTP/\S+\s+200", one.read.lstrip()) for one in served)
    if result.login == "accepted":
        assert sent
