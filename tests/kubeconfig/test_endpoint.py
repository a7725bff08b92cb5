"""The way into a context, as kubectl would take it."""

import base64
import os
import select
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.kubeconfig import plugin
from bahriya_tui.kubeconfig.endpoint import Endpoint, endpoint
from bahriya_tui.model.errors import BadInput, NotFound
from tests.kubeconfig.config import config, written

V1 = "client.authentication.k8s.io/v1"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def here(folder: Path, user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> Endpoint:
    """Read the only context of a kubeconfig made for it."""
    return endpoint(written(folder, config(user, cluster)), "here")


@pytest.mark.parametrize(
    ("server", "host", "port", "base_path"),
    [
        ("https://api.example.com", "api.example.com", 443, ""),
        ("https://127.0.0.1:6443/", "127.0.0.1", 6443, ""),
        ("https://[::1]:6443", "::1", 6443, ""),
        ("https://rancher.example/k8s/clusters/c-1/", "rancher.example", 443, "/k8s/clusters/c-1"),
    ],
)
def test_the_address_is_taken_apart(
    tmp_path: Path, server: str, host: str, port: int, base_path: str
) -> None:
    found = here(tmp_path, None, {"server": server})
    assert (found.host, found.port, found.base_path) == (host, port, base_path)


@pytest.mark.parametrize(
    "server",
    ["", "127.0.0.1:6443", "http://x", "https://", "https://u:p@x", "https://x:99999", "https://x\r\ny", 5],
)
def test_an_address_without_tls_is_refused(tmp_path: Path, server: Any) -> None:
    with pytest.raises(BadInput, match='context "here"'):
        here(tmp_path, None, {"server": server})


def test_trust_is_what_the_cluster_says(tmp_path: Path) -> None:
    found = here(tmp_path, None, {"certificate-authority-data": b64("PEM"), "tls-server-name": "kubernetes"})
    assert (found.ca_pem, found.server_name, found.insecure) == ("PEM", "kubernetes", False)
    found = here(tmp_path, None, {"insecure-skip-tls-verify": True})
    assert (found.ca_pem, found.insecure) == ("", True)


def test_relative_paths_start_at_the_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ca", "cert", "key", "token"):
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.chdir("/")
    user = {"client-certificate": "cert", "client-key": "key", "tokenFile": "token", "token": "older"}
    found = here(tmp_path, user, {"certificate-authority": "ca"})
    assert (found.ca_pem, found.client_cert_pem, found.client_key_pem) == ("ca\n", "cert\n", "key\n")
    assert found.authorization == "Bearer token"


def test_data_counts_before_files(tmp_path: Path) -> None:
    user = {
        "client-certificate-data": b64("cert"),
        "client-certificate": "/nowhere",
        "client-key-data": b64("key"),
    }
    assert here(tmp_path, user).client_cert_pem == "cert"


def test_basic_authentication_is_the_last_resort(tmp_path: Path) -> None:
    user = {"username": "admin", "password": "pä:ss"}
    assert here(tmp_path, user).authorization == f"Basic {b64('admin:pä:ss')}"
    assert here(tmp_path, {**user, "token": "t"}).authorization == "Bearer t"
    assert here(tmp_path, {}).authorization == ""


def test_nothing_secret_is_shown(tmp_path: Path, canary: str) -> None:
    shown = repr(here(tmp_path, {"token": canary, "client-key-data": b64(canary), **CERTIFICATE}))
    shown += repr(here(tmp_path, {"username": canary, "password": canary}))
    assert canary not in shown
    assert b64(f"{canary}:{canary}") not in shown


CERTIFICATE = {"client-certificate-data": b64("cert")}


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (CERTIFICATE, "only one of client certificate and client key"),
        ({"client-key-data": b64("key")}, "only one of client certificate and client key"),
        ({"client-key-data": "a"}, "client-key is not in PEM"),
        ({"tokenFile": "/nowhere/token"}, "tokenFile cannot be read"),
        ({"token": 5}, "field token is no text"),
        ({"token": "a\r\nX: y"}, "token cannot be sent"),
        ({"as": "admin"}, "impersonation"),
        ({"auth-provider": {"name": "gcp"}}, "auth-provider"),
        ({"exec": {"apiVersion": V1}}, "names no program"),
        ({"exec": {"apiVersion": V1, "command": "x", "args": [1]}}, "names no program"),
        ({"exec": {"apiVersion": "v0", "command": "x"}}, "unknown apiVersion"),
        ({"exec": {"apiVersion": V1, "command": "x", "interactiveMode": "Always"}}, "needs a terminal"),
        ({"exec": {"apiVersion": V1, "command": "/nowhere/x"}}, "/nowhere/x cannot be run"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, user: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        here(tmp_path, user)
    assert refused.value.hint


def test_a_proxy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="proxies"):
        here(tmp_path, None, {"proxy-url": "http://proxy"})


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, config())
    with pytest.raises(NotFound, match='no context "there"'):
        endpoint(path, "there")
    with pytest.raises(NotFound, match="there is no kubeconfig"):
        endpoint(tmp_path / "other", "here")
    path.write_bytes(b"\xff")
    with pytest.raises(BadInput, match="cannot be read"):
        endpoint(path, "here")


def test_a_context_without_its_cluster_is_refused(tmp_path: Path) -> None:
    document = config()
    document["clusters"] = []
    with pytest.raises(BadInput, match="names no cluster"):
        endpoint(written(tmp_path, document), "here")


def _program(folder: Path, code: str) -> dict[str, Any]:
    """A plugin next to the kubeconfig that runs Python code."""
    path = folder / "login"
    path.write_text(f"#!{sys.executable}\nimport json, os, sys\n{code}\n")
    path.chmod(0o700)
    return {"apiVersion": V1, "command": "./login", "env": [{"name": "ACCOUNT", "value": "42"}]}


def test_a_program_logs_in(tmp_path: Path) -> None:
    program = _program(
        tmp_path,
        "told = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        "assert told['spec']['interactive'] is False and told['spec']['cluster']['server']\n"
        "print(json.dumps({'status': {'token': os.environ['ACCOUNT'] + sys.argv[1]}}))",
    )
    found = here(tmp_path, {"exec": {**program, "args": ["-t"], "provideClusterInfo": True}})
    assert found.authorization == "Bearer 42-t"


def test_a_program_may_give_a_certificate(tmp_path: Path) -> None:
    status = "{'clientCertificateData': 'cert', 'clientKeyData': 'key'}"
    found = here(tmp_path, {"exec": _program(tmp_path, f"print(json.dumps({{'status': {status}}}))")})
    assert (found.client_cert_pem, found.client_key_pem, found.token) == ("cert", "key", "")


def test_a_login_is_kept_until_it_ends(tmp_path: Path) -> None:
    count = tmp_path / "count"
    code = (
        f"open({str(count)!r}, 'a').write('x')\n"
        "print(json.dumps({'status': {'token': 't', 'expirationTimestamp': sys.argv[1]}}))"
    )
    program = _program(tmp_path, code)
    for ends, asked in (("2999-01-01T00:00:00Z", 1), ("2001-01-01T00:00:00Z", 2), ("rubbish", 2)):
        count.write_text("")
        for _ in range(2):
            here(tmp_path, {"exec": {**program, "args": [ends]}})
        assert len(count.read_text()) == asked
    assert "2001" not in (kept := str(plugin._known))
    assert "rubbish" not in kept


def test_a_login_is_forgotten_when_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = "{'token': 't', 'expirationTimestamp': '2999-01-01T00:00:00Z'}"
    program = _program(tmp_path, f"print(json.dumps({{'status': {status}}}))")
    here(tmp_path, {"exec": program})
    assert str(tmp_path) in str(plugin._known)
    ended = datetime.fromisoformat("2999-01-01T00:00:00Z").timestamp()
    monkeypatch.setattr(time, "time", lambda: ended)
    with pytest.raises(BadInput):
        here(tmp_path, {"exec": {**program, "command": "/nowhere/x"}})
    assert plugin._known == {}


@pytest.mark.parametrize("code", ["print(json.dumps({'status': {'token': 't'}}))", "sys.exit(3)"])
def test_equal_calls_wait_for_one_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    waiting = threading.Semaphore(0)

    class Counted(Future[plugin.Login]):
        def result(self, timeout: float | None = None) -> plugin.Login:
            waiting.release()
            return super().result(timeout)

    monkeypatch.setattr(plugin, "Future", Counted)
    count, go = tmp_path / "count", tmp_path / "go"
    os.mkfifo(go)
    # Open on both sides, so that writing does not wait for a program that never came.
    pipe = os.open(go, os.O_RDWR)
    program = _program(tmp_path, f"open({str(count)!r}, 'a').write('x'); open({str(go)!r}).read(1)\n{code}")
    kubeconfig = written(tmp_path, config({"exec": program}))

    def log_in() -> str:
        try:
            return endpoint(kubeconfig, "here").token
        except BadInput as error:
            return error.message.rpartition(" ")[2]

    with ThreadPoolExecutor(4) as threads:
        logins = [threads.submit(log_in) for _ in range(4)]
        alone = [not waiting.acquire(timeout=60) for _ in range(3)]
        os.write(pipe, b"x")
        assert [one.result() for one in logins] == ["t" if "print" in code else "3"] * 4
    os.close(pipe)
    assert not any(alone)
    assert count.read_text() == "x"


def test_only_so_many_programs_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "_at_once", threading.BoundedSemaphore(1))
    alone = tmp_path / "alone"
    code = (
        f"import subprocess; os.mkdir({str(alone)!r})\n"
        "subprocess.run([sys.executable, '-c', 'import json'])\n"
        f"os.rmdir({str(alone)!r}); print(json.dumps({{'status': {{'token': 't'}}}}))"
    )

    def log_in(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        return here(folder, {"exec": _program(folder, code)}).token

    with ThreadPoolExecutor(8) as together:
        assert list(together.map(log_in, range(8))) == ["t"] * 8


def test_a_program_has_no_terminal_and_nothing_to_read(tmp_path: Path) -> None:
    code = (
        "assert sys.stdin.read() == '' and os.getsid(0) == os.getpid()\n"
        "print(json.dumps({'status': {'token': 't'}}))"
    )
    assert here(tmp_path, {"exec": _program(tmp_path, code)}).token == "t"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit(3)", "ended with 3"),
        ("print('rubbish')", "printed no ExecCredential"),
        ("print('{}')", "printed no ExecCredential"),
        ("print('[]')", "printed no ExecCredential"),
        ("print(json.dumps({'status': {'token': 5}}))", "gave no login"),
    ],
)
def test_a_program_that_gives_no_login_is_told(tmp_path: Path, code: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        here(tmp_path, {"exec": _program(tmp_path, code)})


def test_a_program_that_takes_too_long_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin, "SECONDS", 8.0)
    kept = tmp_path / "kept"
    os.mkfifo(kept)
    # The program and its child keep the named pipe open for as long as they live.
    program = _program(
        tmp_path,
        f"import subprocess; pipe = os.open({str(kept)!r}, os.O_WRONLY); os.write(pipe, b'x')\n"
        "subprocess.run(['sleep', '600'], pass_fds=[pipe])",
    )
    reading = os.open(kept, os.O_RDONLY | os.O_NONBLOCK)
    # From now on its end is seen, also should the program never get as far as to open it.
    os.close(os.open(kept, os.O_WRONLY))
    with pytest.raises(BadInput, match="gave no login within 8 s"):
        here(tmp_path, {"exec": program})
    seen: list[bytes] = []
    while not seen or seen[-1]:
        assert select.select([reading], [], [], 120)[0], "somebody still holds the pipe"
        seen.append(os.read(reading, 1))
    os.close(reading)
    assert seen == [b"x", b""]
