"""`bahriya schema`: what every command prints is what it declares, and changes only with the version."""

import grp
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from bahriya_tui.cli.answers import ANSWERS, VERSION, schema_of_all, schema_of_command
from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.cli.schemas import commands, held_against_schema

SNAPSHOT = Path(__file__).parent / "snapshots" / "schema.json"
_SERVERS = ("sim serve", "serve")
"""Commands that print one line and go on until they are told to end."""


def test_every_command_that_takes_json_is_declared() -> None:
    taking = {name for name, one in commands() if any("--json" in option.opts for option in one.params)}
    assert set(ANSWERS) == taking, "add a line to cli/answers.py, or take one away"


@pytest.mark.parametrize("name", [name for name, answer in ANSWERS.items() if answer is not None])
def test_every_schema_is_one_and_says_what_it_is_of(name: str) -> None:
    schema = schema_of_command(name)
    Draft202012Validator.check_schema(schema)
    assert all(one["description"] for one in schema["$defs"].values())
    assert schema["version"] == VERSION


def test_the_program_tells_its_schemas(bahriya: Commands) -> None:
    table = bahriya.good("schema").out
    assert any(line.split(None, 2) == ["deployment", "show", "deployment"] for line in table.splitlines())
    assert bahriya.good("schema", "registry", "list").json == schema_of_command("registry list")
    assert bahriya.good("schema", "--json").json == schema_of_all()
    assert bahriya("schema", "nothing").code == 4
    assert bahriya("schema", "completion").code == 4


def test_other_commands_do_without_it() -> None:
    program = (
        "import sys; from bahriya_tui.cli import run; run(['project', 'list', '--help']);"
        "import bahriya_tui.cli.shapes, bahriya_tui.cli.registry, bahriya_tui.cli.deploy;"
        "print([name for name in sys.modules if name.endswith(('.answers', '.json_schema', '.schema'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_every_command_prints_is_what_it_declares(
    bahriya: Commands, world: Outside, tmp_path: Path, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()

    def run(line: str, *more: str, code: int = 0, stdin: str = "") -> Any:
        arguments = (*line.split(), *more, "--json")
        answer = bahriya(*arguments, stdin=stdin.encode())
        assert answer.code == code, answer
        seen.add(held_against_schema(arguments, answer.out, answer.err))
        return [json.loads(one) for one in answer.out.splitlines()]

    server, (one, two, three) = world.registry.address, world.regions
    image = f"{server}/team/app:v1"
    login = ["--server", server, "--username", USER, "--password-stdin"]
    hooks = tmp_path / "home" / "hooks.toml"
    docker = {"auths": {server: {"username": "other", "password": "not-a-secret"}}}

    run("project add shop")
    run("project list")
    run(f"region add first --context {one} --kubeconfig", str(world.kubeconfig))
    run("region edit first --city Turku")
    run("region delete first --yes")
    run("region import --yes --kubeconfig", str(world.kubeconfig))
    run(f"region show {one}")
    run("region list")
    run("region check")
    run("region rbac")
    run("registry add team", *login, stdin=canary)
    run("registry hints ghcr.io --username acme")
    run("registry list")
    run("registry list --expiring 7d")
    run("registry check team")
    run("registry import --stdin --no-check --yes --handle", f"{server}=other", stdin=json.dumps(docker))
    run("registry edit team --expires 2027-01-31")
    run("registry lint", code=1)
    run("check --fail-within 72h --strict", code=1)
    run(f"container add app --image {image} --registry team --init", f"first={image}", *world.everywhere)
    run("container list")
    run("container edit app --env A=B")
    run("container unlink app")
    run("container link app team")
    assert {event["region"] for event in run("deploy app")} >= set(world.regions)
    run("container show app")
    run("registry usage team")
    run("registry show team")
    run("registry rotate team --deploy --no-check --password-stdin", stdin=canary)
    run("registry return team v1 --deploy --no-wait")
    run("deploy app --replace")
    run("registry rotate team --push-now --no-check --password-stdin", stdin=canary)
    run(f"deploy app --canary {one} --gate", code=1)
    (held,) = {each["id"] for each in run("deployment list --limit 1")[0]}
    run(f"deployment show {held}")
    run(f"deployment watch {held}", code=1)
    run(f"deployment resume {held}")
    run(f"deployment rollback {held}")
    run(f"deploy app --canary {one} --gate", code=1)
    run(f"deployment cancel {held + 2}")
    run(f"deployment retry {held + 2}")
    run("matrix")
    for secret in world.pull_secrets()[two]:
        world.delete(two, secret)
    run("matrix", code=1)
    run("image explain ubuntu b@d", code=1)
    run(f"image match --server {server} {image}")
    run(f"registry adopt --region {three}")
    hooks.write_text('[[hook]]\ncommand = ["/bin/true"]\non = ["deployment.failed"]\n')
    run("notify list")
    run("notify test")
    (exported,) = run("export")
    file = tmp_path / "shop.yaml"
    exported["projects"][0]["containers"][0] |= {"replicas": 3, "init_jobs": []}
    exported["projects"][0]["registries"].append({"handle": "new", "server": "x.test", "username": "u"})
    file.write_text(json.dumps(exported))
    assert {each["action"] for each in run(f"apply -f {file}", code=1)} == {"add", "change", "wait"}
    run("audit list")
    run("audit verify")
    run("audit export")
    run("worker metrics")
    run(f"worker manifest {one} --image ghcr.io/acme/bahriya:1")
    run("worker status")
    run("vault status")
    run("vault rekey")
    run("vault unlock --passphrase-stdin")
    key = tmp_path / "recovery"
    run(f"vault recovery-key --output {key}")
    run("vault passphrase --passphrase-stdin", stdin="one two three four\n")
    run("vault unlock --passphrase-stdin", stdin="one two three four\n")
    run("vault recover --key-stdin", stdin=key.read_text())
    run("backup", str(tmp_path / "kept.tar.gz"))
    run("keys")
    run("doctor", code=bahriya("doctor").code)
    run("deploy app --dry-run")
    run("registry rotate team --deploy --dry-run")
    run("container terminate app --dry-run")
    run("container terminate app --yes")
    run("container delete app --dry-run")
    run("container delete app --yes")
    run("registry unlink team")
    run("registry delete team --dry-run")
    run("registry delete team --yes")
    run("project show shop")
    run("project add empty")
    run("project delete empty --yes")
    run("vault lock")
    run("worker stop")
    run(f"share --group {grp.getgrgid(os.getegid()).gr_name}")
    run("share --nobody")
    monkeypatch.setenv("BAHRIYA_HOME", str(tmp_path / "elsewhere"))
    run("restore", str(tmp_path / "kept.tar.gz"))

    silent = {name for name, answer in ANSWERS.items() if answer is None}
    assert set(ANSWERS) - seen == silent | {"schema", *_SERVERS}


@pytest.mark.parametrize("name", _SERVERS)
def test_what_servers_print_is_what_they_declare(name: str, tmp_path: Path) -> None:
    options = ["--kubeconfig", str(tmp_path / "regions"), "--registry"] if name == "sim serve" else []
    arguments = [*name.split(), *options, "--json"]
    started = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "BAHRIYA_HOME": str(tmp_path / "home")},
    )
    with started as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert held_against_schema(arguments, line, "") == name


def test_a_field_too_many_or_too_few_or_of_another_type_is_seen() -> None:
    good = {"handle": "shop", "name": "", "created_at": "2027-01-01T00:00:00Z"}
    wrong: list[dict[str, Any]] = [
        {**good, "more": 1},
        {"handle": "shop", "name": ""},
        {**good, "name": None},
    ]
    assert held_against_schema(["project", "add", "--json"], json.dumps(good), "")
    for one in wrong:
        with pytest.raises(ValidationError):
            held_against_schema(["project", "add", "--json"], json.dumps(one), "")


def test_a_shape_changes_only_with_the_version(request: pytest.FixtureRequest) -> None:
    """Renew the snapshot with `--snapshot-update`: additions at once, the rest with a higher version."""
    now, before = schema_of_all(), json.loads(SNAPSHOT.read_text())
    broken = _broken(_flat(before), _flat(now)) if now["version"] == before["version"] else []
    assert not broken, (
        "scripts that were right would be wrong: put it back, or raise VERSION in cli/answers.py\n"
        + "\n".join(broken)
    )
    if request.config.getoption("--snapshot-update"):
        SNAPSHOT.write_text(json.dumps(now, indent=1) + "\n")
        return
    assert now == before, "what commands print has grown: look at the difference, then --snapshot-update"


def test_what_breaks_scripts_is_told_from_what_does_not() -> None:
    before = {"a.name": {"type": "string"}, "a.kind": {"enum": ["x", "y"]}}
    assert _broken(before, {**before, "a.more": {"type": "null"}}) == []
    assert _broken(before, {**before, "a.kind": {"enum": ["y", "x", "z"]}}) == []
    assert _broken(before, {"a.kind": before["a.kind"]}) == ["a.name is gone"]
    assert len(_broken(before, {**before, "a.name": {"type": ["string", "null"]}})) == 1
    assert len(_broken(before, {**before, "a.kind": {"enum": ["x"]}})) == 1


def _flat(whole: dict[str, Any]) -> dict[str, Any]:
    """Give what scripts rely on, by name: what each command prints, and every field that is always there."""
    fields = {
        f"{name}.{field}": {key: one[key] for key in one if key != "description"}
        for name, shape in whole["$defs"].items()
        for field, one in shape["properties"].items()
    }
    always = {
        f"{name}.{field}, always": True
        for name, shape in whole["$defs"].items()
        for field in shape["required"]
    }
    return {**fields, **always, **whole["commands"], "errors": whole["errors"]}


def _broken(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    told = [f"{name} is gone" for name in before if name not in now]
    for name in before.keys() & now.keys():
        if not _goes_on(before[name], now[name]):
            told.append(f"{name} was {json.dumps(before[name])}, and is {json.dumps(now[name])}")
    return told


def _goes_on(before: Any, now: Any) -> bool:
    """Tell whether what reads `before` can read `now`."""
    if isinstance(before, dict) and isinstance(now, dict):
        words = before.get("enum"), now.get("enum")
        if None not in words:
            return set(words[0] or ()) <= set(words[1] or ())
        return before.keys() == now.keys() and all(_goes_on(before[key], now[key]) for key in before)
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(_goes_on, before, now))
    return bool(before == now)
