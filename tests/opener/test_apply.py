"""An opener brings the credential into verified regions, and nowhere else."""

import base64
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model.errors import Failed, Locked
from bahriya_tui.worker.openers import open_and_apply
from tests.oci.certificates import Authority
from tests.opener.conftest import Ask, Vault
from tests.opener.region import OBJECT, blunt, deaf, region
from tests.processes import children, writable_memory


def told(request: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Run an opener and give its answers by region."""
    answers: dict[str, dict[str, Any]] = {}
    open_and_apply(request, lambda answer: answers.update({answer["region"]: answer}))
    return answers


def status(code: int, **fields: str) -> tuple[int, bytes]:
    return code, json.dumps({"kind": "Status", "status": "Failure", **fields}).encode()


def test_a_region_gets_the_pull_secret_by_server_side_apply(tmp_path: Path, ask: Ask, canary: str) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target(base_path="/k8s/c1")))
    assert answers["falkenstein-1"] == {
        "region": "falkenstein-1",
        "result": "applied",
        "uid": "uid-1",
        "resource_version": "42",
        "old_copy": False,
        "expires_at": None,
    }
    ((path, headers, sent),) = here.requests
    assert path == (
        "/k8s/c1/api/v1/namespaces/bahriya-shop/secrets/bahriya-team-v3?fieldManager=bahriya&force=false"
    )
    assert headers["Content-Type"] == "application/apply-patch+yaml"
    assert headers["Accept"] == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    assert headers["Authorization"] == "Bearer t0ken"
    config = sent.pop("data")[".dockerconfigjson"]
    auth = base64.b64encode(f"bot:{canary}".encode()).decode()
    expected = {"auths": {"ghcr.io": {"username": "bot", "password": canary, "auth": auth}}}
    assert json.loads(base64.b64decode(config)) == expected
    assert sent == {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {
            "name": "bahriya-team-v3",
            "namespace": "bahriya-shop",
            "labels": {"app.kubernetes.io/managed-by": "bahriya"},
            "annotations": {"bahriya.cloud/version": "3"},
        },
    }


def test_all_regions_are_asked_at_the_same_time(tmp_path: Path, ask: Ask) -> None:
    meeting = threading.Barrier(3, timeout=120)

    def together(_sent: dict[str, Any]) -> tuple[int, bytes]:
        meeting.wait()
        return 200, json.dumps(OBJECT).encode()

    with region(tmp_path / "a", together) as here:
        answers = told(ask(*(here.target(name) for name in ("a", "b", "c"))))
    assert {answer["result"] for answer in answers.values()} == {"applied"}


def test_a_certificate_of_another_ca_is_refused_before_anything_is_sent(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "good") as good, region(tmp_path / "evil") as evil:
        assert told(ask(good.target("good")))["good"]["result"] == "applied"
        answers = told(ask(evil.target("evil", ca_pem=good.ca_pem)))
    assert answers["evil"]["result"] == "unreachable"
    assert "certificate was not accepted" in answers["evil"]["message"]
    assert evil.contacts == 1
    assert evil.requests == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target(server_name="other.example")))
    assert "certificate was not accepted" in answers["falkenstein-1"]["message"]
    assert here.requests == []


def test_a_server_name_stands_in_for_the_address(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target(host="localhost", server_name="127.0.0.1")))
    assert answers["falkenstein-1"]["result"] == "applied"


def test_a_context_that_asks_for_no_verification_gets_none(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target(ca_pem="", insecure=True, server_name="other.example")))
    assert answers["falkenstein-1"]["result"] == "applied"


def test_a_dead_region_does_not_delay_the_others(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here, deaf() as silent:
        dead = here.target("dead", port=silent)
        answers = told(ask(dead, here.target("alive"), connect_timeout=120.0))
    assert answers["alive"]["result"] == "applied"
    assert answers["dead"]["result"] == "late"
    waited = re.fullmatch(r"no connection within ([0-9.]+) s", answers["dead"]["message"])
    assert waited is not None
    assert float(waited[1]) < 60


def test_a_closed_port_is_unreachable(ask: Ask, tmp_path: Path, closed_port: int) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target("alive"), here.target("closed", port=closed_port)))
    assert answers["closed"]["result"] == "unreachable"
    assert answers["closed"]["message"] == "connection refused"
    assert answers["alive"]["result"] == "applied"


@pytest.mark.parametrize("host", ["no name", f"{'a' * 64}.example"], ids=["none", "too long"])
def test_a_name_that_does_not_resolve_is_told(ask: Ask, tmp_path: Path, host: str) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target(host=host)))
    assert answers["falkenstein-1"]["result"] == "unreachable"
    assert answers["falkenstein-1"]["message"] == "its name does not resolve"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no TLS connection could be made"),
        (b"", "the connection was cut"),
    ],
    ids=["no TLS", "cut"],
)
def test_a_port_that_speaks_no_tls_is_told(ask: Ask, tmp_path: Path, said: bytes, message: str) -> None:
    with region(tmp_path / "a") as here, blunt(said) as port:
        answers = told(ask(here.target("alive"), here.target("other", port=port)))
    assert answers["other"]["result"] == "unreachable"
    assert answers["other"]["message"] == message
    assert answers["alive"]["result"] == "applied"


def test_an_answer_is_passed_on_while_another_region_still_thinks(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "slow") as slow, region(tmp_path / "quick") as quick:
        slow.reply = slow.hold
        order: list[str] = []

        def take(answer: dict[str, Any]) -> None:
            order.append(answer["region"])
            if answer["region"] == "quick":
                slow.held.set()

        open_and_apply(ask(slow.target("slow"), quick.target("quick")), take)
    assert order == ["quick", "slow"]


def test_a_region_that_does_not_answer_in_time_is_late(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "slow") as slow, region(tmp_path / "quick") as quick:
        slow.reply = slow.hold
        answers = told(ask(slow.target("slow"), quick.target("quick"), answer_timeout=6.0))
        assert not slow.held.is_set()
    assert answers["quick"]["result"] == "applied"
    assert answers["slow"]["result"] == "late"


def test_a_region_that_cuts_the_connection_is_unreachable(tmp_path: Path, ask: Ask) -> None:
    def cut(_sent: dict[str, Any]) -> tuple[int, bytes]:
        raise ConnectionAbortedError

    with region(tmp_path / "bad", cut) as bad, region(tmp_path / "good") as good:
        answers = told(ask(bad.target("bad"), good.target("good")))
    assert answers["bad"]["result"] == "unreachable"
    assert answers["bad"]["message"] == "the connection was cut"
    assert answers["good"]["result"] == "applied"


def test_a_login_that_no_header_can_carry_stops_its_region_only(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target("good"), here.target("bad", token="two\nlines")))
    assert answers["bad"]["result"] == "unreachable"
    assert answers["bad"]["message"] == "the secret could not be sent"
    assert answers["good"]["result"] == "applied"
    assert len(here.requests) == 1


def test_a_user_with_a_password_is_known_to_the_region(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        told(ask(here.target(token="", basic="dXNlcjpwYXNz")))
    ((_, headers, _),) = here.requests
    assert headers["Authorization"] == "Basic dXNlcjpwYXNz"


def test_a_refusal_comes_in_the_regions_own_words(tmp_path: Path, ask: Ask) -> None:
    words = 'namespaces "bahriya-shop" not found'
    with region(tmp_path / "a", lambda _sent: status(404, message=words, reason="NotFound")) as here:
        answers = told(ask(here.target()))
    assert answers["falkenstein-1"] == {
        "region": "falkenstein-1",
        "result": "refused",
        "status": 404,
        "message": words,
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "it gave no reason"),
        (b"<html>bad gateway</html>", "it gave no reason"),
        (b"[]", "it gave no reason"),
        ('{"message": "in another encoding"}'.encode("utf-16"), "it gave no reason"),
        (b'{"message": 5, "reason": "Conflict"}', "Conflict"),
        (b'{"message": "a\\u001b[31m\\nb"}', "a [31m b"),
    ],
)
def test_whatever_a_proxy_says_becomes_one_line(tmp_path: Path, ask: Ask, body: bytes, message: str) -> None:
    with region(tmp_path / "a", lambda _sent: (502, body)) as here:
        answers = told(ask(here.target()))
    assert (answers["falkenstein-1"]["status"], answers["falkenstein-1"]["message"]) == (502, message)


def test_a_refusal_that_quotes_the_credential_is_not_repeated(tmp_path: Path, ask: Ask, canary: str) -> None:
    def quotes(sent: dict[str, Any]) -> tuple[int, bytes]:
        return status(422, message=f"invalid: {sent['data']} and {canary}")

    with region(tmp_path / "a", quotes) as here:
        answers = told(ask(here.target()))
    assert answers["falkenstein-1"]["result"] == "refused"
    assert "withheld" in answers["falkenstein-1"]["message"]
    assert canary not in json.dumps(answers)


@pytest.mark.parametrize(
    "body", [b"{}", b"no json", b'{"metadata": {}}', b'{"metadata": {"uid": ""}}', b"\xff\x00"]
)
def test_an_answer_without_an_object_is_not_taken_for_done(tmp_path: Path, ask: Ask, body: bytes) -> None:
    with region(tmp_path / "a", lambda _sent: (200, body)) as here:
        answers = told(ask(here.target()))
    assert answers["falkenstein-1"]["result"] == "refused"
    assert "Kubernetes object" in answers["falkenstein-1"]["message"]


def test_a_client_certificate_lets_in(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "clients").mkdir()
    clients = Authority(tmp_path / "clients")
    pem = clients.file().read_text()
    with region(tmp_path / "a", client_ca=clients.ca_file) as here:
        good = here.target("with", token="", client_cert_pem=pem, client_key_pem=pem)
        answers = told(ask(good, here.target("without")))
    assert answers["with"]["result"] == "applied"
    assert answers["without"]["result"] == "unreachable"
    ((_, headers, _),) = here.requests
    assert "Authorization" not in headers


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        answers = told(ask(here.target(ca_pem="rubbish")))
    assert "not valid" in answers["falkenstein-1"]["message"]


def test_nothing_is_opened_when_no_region_can_be_reached(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "evil") as evil, region(tmp_path / "good") as good:
        closed = open_and_apply(ask(evil.target(ca_pem=good.ca_pem)), lambda _answer: None)
    assert closed.plaintext_ms == 0.0


def test_how_long_the_plaintext_lived_covers_the_wait_for_answers(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "slow") as slow:
        slow.reply = slow.hold
        closed = open_and_apply(ask(slow.target(), answer_timeout=0.3), lambda _answer: None)
    assert closed.plaintext_ms >= 300


def test_the_credential_is_in_nothing_that_the_opener_says(tmp_path: Path, ask: Ask, canary: str) -> None:
    def quotes(sent: dict[str, Any]) -> tuple[int, bytes]:
        return status(400, message=json.dumps(sent))

    with region(tmp_path / "a", quotes) as bad, region(tmp_path / "b") as good:
        request = ask(bad.target("bad"), good.target("good"))
        command = [sys.executable, "-I", "-m", "bahriya_tui.opener", str(os.getpid())]
        done = subprocess.run(command, input=json.dumps(request).encode(), capture_output=True, timeout=60)
        config = good.requests[0][2]["data"][".dockerconfigjson"]
    said = done.stdout + done.stderr
    assert b'"applied"' in said
    for form in (canary, config, base64.b64encode(f"bot:{canary}".encode()).decode()):
        assert form.encode() not in said
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(canary.encode() in content for content in written)


@pytest.mark.skipif(not Path("/proc").exists(), reason="memory is looked at through /proc")
@pytest.mark.skipif(os.geteuid() != 0, reason="reading another process's memory needs root")
def test_the_process_that_asks_never_holds_the_plaintext_but_the_opener_does(
    tmp_path: Path, vault: Vault
) -> None:
    # The token is made by a process of its own, so that this one holds only what was sealed.
    token_file = tmp_path / "token"
    program = "import secrets,sys; open(sys.argv[1],'w').write('canary-'+secrets.token_hex(16))"
    subprocess.run([sys.executable, "-c", program, str(token_file)], check=True)
    program = (
        "import json,pathlib,sys; sys.path.insert(0, sys.argv[2]);"
        "from tests.opener.conftest import Vault;"
        "folder = pathlib.Path(sys.argv[1]);"
        "vault = Vault(folder / 'public', folder / 'private');"
        "print(json.dumps(vault.request((folder / 'token').read_text())))"
    )
    root = str(Path(__file__).parents[2])
    made = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), root], check=True, capture_output=True
    )
    request = json.loads(made.stdout)
    with region(tmp_path / "a") as here:
        here.reply = here.hold
        request["targets"] = [here.target()]
        # The region must not tell this process either: it runs the server, so it forks the asking part off.
        asking = subprocess.Popen(
            [sys.executable, "-c", _ASKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
        )
        assert asking.stdin is not None
        asking.stdin.write(json.dumps(request).encode())
        asking.stdin.close()
        assert here.asked.wait(120)
        (opener,) = children(asking.pid)
        token = token_file.read_bytes()
        held = {"asking": token in writable_memory(asking.pid), "opener": token in writable_memory(opener)}
        here.held.set()
        assert asking.stdout is not None
        assert b"applied" in asking.stdout.read()
        asking.wait()
        asking.stdout.close()
    assert held == {"asking": False, "opener": True}


@pytest.mark.skipif(sys.platform != "linux", reason="the lock needs Linux")
def test_an_opener_is_locked_in_with_all_its_threads_while_the_credential_is_open(
    tmp_path: Path, ask: Ask
) -> None:
    with region(tmp_path / "a") as here, deaf() as silent:
        here.reply = here.hold
        request = ask(here.target(), here.target("dead", port=silent), connect_timeout=120.0)
        root = str(Path(__file__).parents[2])
        asking = subprocess.Popen([sys.executable, "-c", _ASKS], stdin=subprocess.PIPE, cwd=root)
        assert asking.stdin is not None
        asking.stdin.write(json.dumps(request).encode())
        asking.stdin.close()
        assert here.asked.wait(120)
        (opener,) = children(asking.pid)
        threads = [path.read_text() for path in Path(f"/proc/{opener}/task").glob("*/status")]
        limits = Path(f"/proc/{opener}/limits").read_text()
        command = Path(f"/proc/{opener}/cmdline").read_bytes()
        here.held.set()
        asking.wait()
    assert command.endswith(f"-I\0-m\0bahriya_tui.opener\0{asking.pid}\0".encode())
    # The main thread, the one that sends, and the one that still tries to connect.
    assert len(threads) == 3
    for status_of_thread in threads:
        assert "\nNoNewPrivs:\t1\n" in status_of_thread
        assert "\nSeccomp:\t2\n" in status_of_thread
    assert re.search(r"Max core file size +0 +0 ", limits)


_ASKS = """
import json, sys
from bahriya_tui.worker.openers import open_and_apply
open_and_apply(json.load(sys.stdin), print)
"""


def test_a_credential_of_another_server_is_not_opened(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        request = ask(here.target())
        request["context"]["server"] = "evil.example"
        with pytest.raises(Failed, match="the stored credential needs re-entry") as failed:
            told(request)
    assert "enter the token again" in failed.value.hint
    assert here.requests == []


def test_an_unsafe_private_key_stops_everything(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        request = ask(here.target())
        Path(request["key_path"]).chmod(0o644)
        with pytest.raises(Locked, match="mode 0644"):
            told(request)
    assert here.contacts == 0


def test_a_private_key_that_is_none_is_told(tmp_path: Path, ask: Ask) -> None:
    with region(tmp_path / "a") as here:
        request = ask(here.target())
        Path(request["key_path"]).write_text("rubbish")
        with pytest.raises(Locked, match="is no private key"):
            told(request)
    assert here.requests == []


def test_a_request_that_is_none_fails_in_one_line(ask: Ask) -> None:
    request = ask()
    del request["auth_key"]
    with pytest.raises(Failed, match=r"the opener failed: TypeError"):
        told(request)


def test_an_opener_that_takes_too_long_is_ended(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bahriya_tui.worker.openers._START_SECONDS", -68.0)
    with region(tmp_path / "slow") as slow:
        slow.reply = slow.hold
        with pytest.raises(Failed, match="ended without an answer"):
            told(ask(slow.target(), connect_timeout=60.0, answer_timeout=10.0))
