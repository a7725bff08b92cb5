"""Bad input: one clear line, the right exit code, and a store in which nothing has changed."""

import os
from pathlib import Path

import pytest

from bahriya_tui import cli
from tests.cli.conftest import Commands

ADD = ("registry", "add", "ghcr", "--server", "ghcr.io", "--username", "bot", "--no-check")
WEB = ("container", "add", "web", "--region", "helsinki-1")

JOB = (*WEB, "--image", "nginx:1", "--type", "cronjob")

WRONG: list[tuple[int, tuple[str, ...], bytes]] = [
    (2, ("nonsense",), b""),
    (2, ("demo",), b""),
    (2, ("registry",), b""),
    (2, ("registry", "frobnicate"), b""),
    (2, ("registry", "add", "ghcr"), b""),
    (2, ("project", "add", "Shop"), b""),
    (2, ("project", "add", "x" * 41), b""),
    (2, ("project", "add", "shop"), b""),
    (2, ("project", "add", "bank", "--name", "x" * 201), b""),
    (4, ("project", "show", "nope"), b""),
    (4, ("registry", "list", "--project", "nope"), b""),
    (3, ("project", "delete", "shop", "--yes"), b""),
    (2, ("project", "delete", "shop"), b""),
    (2, ("project", "delete", "shop", "--no-input"), b""),
    (2, (*ADD,), b""),
    (2, (*ADD, "--no-input"), b""),
    (2, (*ADD, "--password", "hunter2"), b""),
    (2, (*ADD, "--password-stdin"), b""),
    (2, (*ADD, "--password-stdin"), b"\n"),
    (2, (*ADD, "--password-stdin"), b"x" * 100_000),
    (2, (*ADD, "--password-stdin", "--password-file", "/dev/null"), b"x"),
    (4, (*ADD, "--password-file", "/does/not/exist"), b""),
    (2, (*ADD, "--password-file", "/dev/null"), b""),
    (1, (*ADD, "--password-command", "false"), b""),
    (2, (*ADD, "--password-command", "true"), b""),
    (2, (*ADD, "--password-command", "/does/not/exist"), b""),
    (2, (*ADD, "--password-stdin", "--expires", "soon"), b"x"),
    (4, (*ADD, "--password-stdin", "--ca-file", "/does/not/exist"), b"x"),
    (2, (*ADD, "--password-stdin", "--server", "my registry"), b"x"),
    (2, (*ADD, "--password-stdin", "--server", "https://"), b"x"),
    (2, (*ADD, "--password-stdin", "--server", "registry"), b"x"),
    (2, (*ADD, "--password-stdin", "--username", ""), b"x"),
    (2, (*ADD, "--password-stdin", "--username", "a:b"), b"x"),
    (2, ("registry", "add", "GHCR", *ADD[3:], "--password-stdin"), b"x"),
    (2, ("registry", "add", "team", *ADD[3:], "--password-stdin"), b"x"),
    (4, ("registry", "show", "nope"), b""),
    (4, ("registry", "rotate", "nope", "--password-stdin"), b"x"),
    (2, ("registry", "rotate", "team"), b""),
    (2, ("registry", "rotate", "team", "--password-stdin", "--no-check"), b""),
    (2, ("registry", "rotate", "team", "--password-stdin", "--no-check"), b"x" * 100_000),
    (4, ("registry", "check", "nope"), b""),
    (2, ("registry", "check", "team", "--image", "nginx"), b""),
    (2, ("registry", "check"), b""),
    (2, ("registry", "check", "team", "--all"), b""),
    (4, ("registry", "check", "team", "nope"), b""),
    (2, (*ADD, "--password-stdin", "--image", "quay.io/other/image:1"), b"x"),
    (2, (*ADD, "--password-stdin", "--proxy", "proxy:3128"), b"x"),
    (2, (*ADD, "--password-stdin", "--proxy", "http://u:p@proxy:3128"), b"x"),
    (2, ("registry", "edit", "team", "--proxy", "http://p:1", "--no-proxy"), b""),
    (2, ("registry", "edit", "team", "--ca-file", "/etc/hostname", "--no-ca-file"), b""),
    (4, ("registry", "edit", "team", "--ca-file", "/does/not/exist"), b""),
    (2, ("registry", "edit", "team", "--proxy", "http://p:3128/x"), b""),
    (2, ("registry", "edit", "team", "--expires", "2027-02-30"), b""),
    (2, ("registry", "edit", "team", "--username", "other"), b""),
    (2, ("registry", "edit", "team", "--password-stdin"), b"x"),
    (2, JOB, b""),
    (2, (*JOB, "--schedule", "61 * * * *"), b""),
    (2, (*JOB, "--schedule", "@daily", "--replicas", "2"), b""),
    (2, (*JOB, "--schedule", "@daily", "--port", "80"), b""),
    (2, (*WEB, "--image", "nginx:1", "--schedule", "@daily"), b""),
    (4, ("registry", "unlink", "nope"), b""),
    (4, ("registry", "unlink", "team", "stranger"), b""),
    (2, ("registry", "edit", "team", "--username", "bot", "--name", "x" * 201, "--password-stdin"), b"x"),
    (4, ("registry", "delete", "nope", "--yes"), b""),
    (3, ("registry", "delete", "team", "--yes"), b""),
    (2, ("registry", "delete", "team", "--unlink", "--force", "--yes"), b""),
    (2, ("registry", "delete", "team", "--unlink"), b""),
    (2, ("registry", "delete", "team", "--force", "--no-input"), b""),
    (2, (*WEB, "--image", "nginx"), b""),
    (2, (*WEB, "--image", "https://nginx:1"), b""),
    (2, (*WEB, "--image", "Nginx:1"), b""),
    (4, (*WEB, "--image", "nginx:1", "--registry", "nope"), b""),
    (4, (*WEB, "--image", "nginx:1", "--region", "nowhere-1"), b""),
    (2, (*WEB, "--image", "nginx:1", "--replicas", "many"), b""),
    (2, (*WEB, "--image", "nginx:1", "--port", "70000"), b""),
    (2, (*WEB, "--image", "nginx:1", "--type", "cronjob"), b""),
    (2, (*WEB, "--image", "nginx:1", "--type", "worker", "--port", "80"), b""),
    (2, (*WEB, "--image", "nginx:1", "--env", "NOVALUE"), b""),
    (2, ("container", "add", "web", "--image", "nginx:1"), b""),
    (2, ("container", "add", "1web", "--image", "nginx:1", "--region", "helsinki-1"), b""),
    (2, ("container", "add", "api", "--image", "nginx:1", "--region", "helsinki-1"), b""),
    (4, ("container", "link", "api", "nope"), b""),
    (2, ("container", "link", "api"), b""),
    (4, ("container", "edit", "nope", "--replicas", "2"), b""),
    (2, ("container", "edit", "api", "--registry", "team", "--no-registry"), b""),
    (2, ("container", "delete", "api"), b""),
    (1, ("container", "terminate", "api", "--yes"), b""),
    (4, ("region", "add", "x-1", "--context", "c", "--kubeconfig", "/does/not/exist"), b""),
    (2, ("region", "add", "X-1", "--context", "c", "--kubeconfig", "/dev/null"), b""),
    (4, ("region", "check", "nowhere-1"), b""),
    (3, ("region", "delete", "helsinki-1", "--yes"), b""),
    (2, ("deploy",), b""),
    (4, ("deploy", "nope"), b""),
    (4, ("deploy", "--all-using", "nope"), b""),
    (2, ("deploy", "api", "--all-using", "team"), b""),
    (2, ("deploy", "api", "--canary", "falkenstein-1"), b""),
    (4, ("deploy", "api", "--canary", "nowhere-1"), b""),
    (4, ("deployment", "list", "--container", "nope"), b""),
    (2, ("sim", "serve", "--kubeconfig", "/does/not/exist/kubeconfig"), b""),
    (2, ("deploy", "api", "--batch", "0%"), b""),
    (2, ("deploy", "api", "--max-parallel", "0"), b""),
    (2, ("deploy", "api", "--soak", "30"), b""),
    (2, ("deploy", "api", "--gate"), b""),
    (2, ("deploy", "api", "--canary", "helsinki-1", "--soak", "a while"), b""),
    (2, ("deploy", "api", "--max-failures", "101%"), b""),
    (4, ("deployment", "show", "99"), b""),
    (2, ("deployment", "show", "latest"), b""),
    (4, ("deployment", "retry", "99"), b""),
    (2, ("image", "explain"), b""),
    (2, ("sim", "serve", "--regions", "0", "--kubeconfig", "/dev/null"), b""),
]


@pytest.fixture
def full(team: Commands) -> Commands:
    """A store with a project, two regions, a registry and a container linked to it."""
    team.good("container", "add", "api", "--image", "nginx:1", "--registry", "team", "--region", "helsinki-1")
    return team


@pytest.mark.parametrize(
    ("code", "arguments", "stdin"), WRONG, ids=lambda v: " ".join(v)[:60] if isinstance(v, tuple) else ""
)
def test_bad_input_is_one_line_and_writes_nothing(
    full: Commands, code: int, arguments: tuple[str, ...], stdin: bytes
) -> None:
    before = full.stored()

    answer = full(*arguments, stdin=stdin)

    assert answer.code == code, answer
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("bahriya: ")
    assert "hunter2" not in line
    assert full.stored() == before
    if "--json" not in arguments:
        again = full(*arguments, "--json", stdin=stdin)
        assert again.code == again.error["code"] == code
        assert again.error["message"]
        assert full.stored() == before


def test_a_kubeconfig_that_is_no_yaml_is_refused(shop: Commands, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_text("contexts: [}")
    for arguments in (["add", "x-1", "--context", "c"], ["import", "--yes"]):
        answer = shop("region", *arguments, "--kubeconfig", str(path))
        assert answer.code == 2
        assert len(answer.err.splitlines()) == 1
        assert str(path) in answer.err


def test_a_store_that_may_not_be_used_ends_with_5(
    bahriya: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    bahriya.good("project", "list")
    (bahriya.home / "store" / "bahriya.db").chmod(0o400)
    operator = os.geteuid()
    if operator == 0:  # root may read everything
        os.seteuid(65534)
    try:
        code = cli.run(["project", "list"])
    finally:
        os.seteuid(operator)
    assert code == 5
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_command_that_breaks_says_so_in_one_line_and_keeps_no_values(
    team: Commands, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        local = canary
        raise RuntimeError(local)

    monkeypatch.setattr("bahriya_tui.store.registries.all", broken)

    answer = team("registry", "list")

    assert answer.code == 1
    (line,) = answer.err.splitlines()
    assert "RuntimeError" in line
    assert canary not in line
    log = team.home / "logs" / "errors.log"
    assert "broken" in log.read_text()
    assert canary not in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
