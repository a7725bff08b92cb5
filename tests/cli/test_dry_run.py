"""`--dry-run`: told in text and JSON, refused as the command itself is, and nothing written or started."""

import base64
from pathlib import Path

import pytest

from bahriya_tui.launch.worker import worker_running
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.places import places
from bahriya_tui.store import deployments, registries
from tests.cli.conftest import REGIONS, Commands
from tests.cli.test_completion import completed
from tests.custody.hands import protect
from tests.operations.conftest import end
from tests.rows import rows

FALKENSTEIN, HELSINKI = REGIONS
WHERE = ("--region", FALKENSTEIN, "--region", HELSINKI)
IMAGE = "registry.example/web:1"


@pytest.fixture
def idle(team: Commands, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Container `web` for two regions with `team` at v1, never deployed; no worker comes."""
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    team.good("container", "add", "web", "--image", IMAGE, "--registry", "team", "--port", "8080", *WHERE)
    return team


@pytest.fixture
def running(idle: Commands) -> Commands:
    """The same, with `web` running in both regions as deployment 1."""
    number = int(idle.good("deploy", "web", "--no-wait", "--json").json["id"])
    with open_session() as session:
        end(session, deployments.get(session.connection, number))
    return idle


def told(commands: Commands, *arguments: str) -> str:
    """Give what a dry run says to people, which fits into 80 columns, without its first two lines."""
    first, second, *rest = commands.good(*arguments, "--dry-run").out.splitlines()
    assert first.endswith("nothing is written, no region is asked")
    assert second.startswith("told from what the store knew at 20")
    assert max(map(len, (first, second, *rest))) <= 80
    return "\n".join(rest)


NUMBERED = "a deployment is named by the number that comes next"
FIRST = f"""\
{NUMBERED}

deployment 1 of web: 2 waves
  wave 1 (canary, soaks 5 min, then waits for approval): helsinki-1
    never answered so far
    preflight    + Namespace bahriya-shop
                   unless it is there
    pull secret  + Secret bahriya-shop/bahriya-team-v1
                   data: <redacted>
    workload     + Service bahriya-shop/web
                   port: 8080
                 + Deployment bahriya-shop/web
                   image: registry.example/web:1, replicas: 1
  wave 2: falkenstein-1
    never answered so far
    preflight    + Namespace bahriya-shop
                   unless it is there
    pull secret  + Secret bahriya-shop/bahriya-team-v1
                   data: <redacted>
    workload     + Service bahriya-shop/web
                   port: 8080
                 + Deployment bahriya-shop/web
                   image: registry.example/web:1, replicas: 1

+ 8 to create in 2 regions"""


def test_what_does_not_run_in_the_canary_is_named_with_the_region_it_begins_in(
    idle: Commands, canary: str
) -> None:
    elsewhere = ("--image", IMAGE, "--registry", "team", "--region", FALKENSTEIN)
    idle.good("container", "add", "eu", *elsewhere)
    note = f"note: container eu does not run in {HELSINKI}: its canary is {FALKENSTEIN}"
    first = ("--canary", HELSINKI)
    rotate = ("registry", "rotate", "team", "--password-stdin", "--no-check", "--deploy", *first)
    joined = " ".join(told(idle, "deploy", "--all-using", "team", *first).split())
    assert note in joined
    assert note in " ".join(told(idle, *rotate).split())

    done = idle.good(*rotate, "--no-wait", stdin=f"not-{canary}".encode())

    assert done.err.count(note) == 1
    with open_session() as session:
        started = deployments.all(session.connection, "shop")
    assert {one.container: one.canary for one in started} == {"web": HELSINKI, "eu": FALKENSTEIN}
    refused = idle("deploy", "eu", *first, "--no-wait", "--replace")
    assert (refused.code, "container eu" in refused.err) == (2, True)


def test_a_first_deployment_creates_everything_wave_by_wave(idle: Commands) -> None:
    assert told(idle, "deploy", "web", "--canary", HELSINKI, "--soak", "5m", "--gate") == FIRST


ROTATION = f"""\
{NUMBERED}

in the store
  ~ registry team
    version: 1 -> 2

the new token goes into the pull secrets of older versions
  falkenstein-1, helsinki-1
    never answered so far
    pull secret  ~ Secret bahriya-shop/bahriya-team-v1
                   annotations[bahriya.cloud/holds]: 1 -> 2
                   data: <redacted>, with another token
                   v1 is withdrawn

deployment 2 of web: all regions at once
  falkenstein-1, helsinki-1
    never answered so far
    preflight    + Namespace bahriya-shop
                   unless it is there
    pull secret  + Secret bahriya-shop/bahriya-team-v2
                   data: <redacted>
    workload     + Service bahriya-shop/web
                   port: 8080
                 ~ Deployment bahriya-shop/web
                   image: registry.example/web:1 -> registry.example/web:2
                   imagePullSecrets: bahriya-team-v1 -> bahriya-team-v2
    running      - Secret bahriya-shop/bahriya-team-v1
                   nothing there pulls with it any more

note: the new token is checked first; if the registry rejects it, nothing of
      this is done

+ 6 to create, ~ 4 to change, - 2 to remove in 2 regions"""


def test_a_rotation_tells_of_its_push_and_its_deployments(running: Commands) -> None:
    running.good("container", "edit", "web", "--image", "registry.example/web:2")
    assert told(running, "registry", "rotate", "team", "--push-now", "--deploy") == ROTATION
    alone = told(running, "registry", "rotate", "team", "--no-check")
    assert alone == "\nin the store\n  ~ registry team\n    version: 1 -> 2\n\nnothing changes in any region"


DROPPING = """
in the store
  ~ registry team
    version: 1 -> 2
  - credential team v1
    its password is destroyed, so nobody can return to it: team keeps its newest
      version

nothing changes in any region"""


def test_a_rotation_tells_which_password_is_destroyed(idle: Commands) -> None:
    idle.good("registry", "edit", "team", "--max-versions", "1")
    assert told(idle, "registry", "rotate", "team", "--no-check") == DROPPING


DELETION = """\

in the store
  ~ container web
    registry: team -> none
    keeps running in 2 regions, but pods that restart cannot pull again, and its
      next deployment will fail to pull unless the image is public
  - registry team
    when all these regions have answered; its passwords are destroyed at once

pull secrets go from their regions
  falkenstein-1, helsinki-1
    never answered so far
    removing     - Secret bahriya-shop/bahriya-team-v1
                   registry team was deleted

- 2 to remove in 2 regions"""


def test_a_deletion_tells_who_is_hurt_and_which_secrets_go(running: Commands) -> None:
    assert told(running, "registry", "delete", "team", "--unlink") == DELETION
    forced = told(running, "registry", "delete", "team", "--force")
    assert "registry: team -> team, which is gone" in forced


def test_a_deletion_deploys_first_what_runs_with_it_unlinked(running: Commands) -> None:
    running.good("container", "unlink", "web")
    left = told(running, "registry", "delete", "team")
    assert "note: web still runs with it in falkenstein-1, helsinki-1, although it is" in left
    found = running.good("registry", "delete", "team", "--redeploy", "--dry-run", "--json").json
    assert [stage["kind"] for stage in found["stages"]] == ["deploy"]
    for region in found["stages"][0]["regions"]:
        last = region["steps"][-1]
        assert (last["phase"], last["action"], last["name"]) == ("running", "remove", "bahriya-team-v1")


TERMINATION = f"""\
{NUMBERED}

deployment 2, a termination of web: all regions at once
  falkenstein-1, helsinki-1
    never answered so far
    removing     - Deployment bahriya-shop/web
                   container web is terminated
                 - Secret bahriya-shop/bahriya-team-v1
                   nothing there pulls with it any more

- 4 to remove in 2 regions"""


def test_a_termination_and_the_deletion_of_a_container_are_told(running: Commands) -> None:
    assert told(running, "container", "terminate", "web") == TERMINATION
    running.good("container", "add", "idle", "--image", "nginx:1.27", *WHERE)
    gone = told(running, "container", "delete", "idle")
    assert gone == "\nin the store\n  - container idle\n\nnothing changes in any region"


def test_an_old_secret_goes_with_the_last_of_those_that_pulled_with_it(running: Commands) -> None:
    running.good("container", "add", "api", "--image", IMAGE, "--registry", "team", *WHERE)
    with open_session() as session:
        number = int(running.good("deploy", "api", "--no-wait", "--json").json["id"])
        end(session, deployments.get(session.connection, number))
    found = running.good("registry", "rotate", "team", "--deploy", "--dry-run", "--json").json
    gone = [
        [step["name"] for step in stage["regions"][0]["steps"] if step["action"] == "remove"]
        for stage in found["stages"]
    ]
    assert [stage["container"] for stage in found["stages"]] == ["api", "web"]
    assert gone == [[], ["bahriya-team-v1"]]
    secrets = [stage["regions"][0]["steps"][1] for stage in found["stages"]]
    assert [one["action"] for one in secrets] == ["create", "unchanged"]
    alone = running.good("deploy", "web", "--dry-run", "--json").json
    assert alone["counts"]["remove"] == 0


def test_scripts_get_every_object_as_it_would_be_sent(running: Commands) -> None:
    found = running.good("deploy", "web", "--canary", HELSINKI, "--dry-run", "--json").json
    assert (found["dry_run"], found["command"], found["project"]) == (True, "deploy", "shop")
    assert found["counts"] == {"create": 4, "change": 2, "unchanged": 2, "remove": 0}
    (stage,) = found["stages"]
    assert (stage["kind"], stage["container"], stage["deployment"]) == ("deploy", "web", 2)
    assert [(one["region"], one["wave"]) for one in stage["regions"]] == [(HELSINKI, 0), (FALKENSTEIN, 1)]
    steps = {step["kind"]: step for step in stage["regions"][0]["steps"]}
    workload = steps["Deployment"]
    assert workload["manifest"]["metadata"]["labels"]["bahriya.cloud/deployment-id"] == "2"
    label = "metadata.labels[bahriya.cloud/deployment-id]"
    assert workload["fields"][label] == {"from": "1", "to": "2"}
    assert steps["Secret"]["manifest"]["data"] == {".dockerconfigjson": "<redacted>"}


COMMANDS = [
    ("deploy", "web"),
    ("deploy", "--all-using", "team", "--canary", HELSINKI, "--take-over"),
    ("registry", "rotate", "team"),
    ("registry", "rotate", "team", "--no-check", "--push-now", "--deploy"),
    ("registry", "rotate", "team", "--password-stdin", "--deploy", "--expires", "2030-01-31"),
    ("registry", "delete", "team", "--unlink"),
    ("registry", "delete", "team", "--force"),
    ("container", "terminate", "web"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("how", [(), ("--json",)], ids=["text", "json"])
def test_nothing_is_written_and_no_secret_told(
    running: Commands, canary: str, arguments: tuple[str, ...], how: tuple[str, ...]
) -> None:
    with open_session() as watching:
        connection = watching.connection
        before, version = rows(connection), connection.execute("PRAGMA data_version").fetchone()[0]
        known = registries.get(connection, "shop", "team")
        sealed = registries.sealed(connection, known.id, 1)

        answer = running.good(*arguments, "--dry-run", "--no-input", *how, stdin=canary.encode())

        assert connection.execute("PRAGMA data_version").fetchone()[0] == version
        assert rows(connection) == before
    said = answer.out + answer.err
    assert "bahriya-team-v" in said or "rotate" in said
    for form in (canary, base64.b64encode(canary.encode()).decode(), sealed.hex()):
        assert form not in said
    assert base64.b64encode(sealed).decode()[:40] not in said
    assert canary.encode() not in running.written()


def test_the_file_of_the_store_stays_as_it_is_and_no_worker_comes(team: Commands) -> None:
    team.good("container", "add", "web", "--image", IMAGE, "--registry", "team", *WHERE)
    file = places().database
    before = file.read_bytes()
    team.good("deploy", "web", "--dry-run")
    team.good("registry", "rotate", "team", "--deploy", "--dry-run")
    team.good("registry", "delete", "team", "--unlink", "--dry-run")
    assert file.read_bytes() == before
    assert worker_running(places()) is None


def test_no_token_is_taken(running: Commands, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    running.good("registry", "rotate", "team", "--password-command", f"touch {touched}", "--dry-run")
    assert not touched.exists()
    twice = ("--password-stdin", "--password-file", "/nowhere")
    assert running("registry", "rotate", "team", "--dry-run", *twice).code == 2


REFUSED = [
    (2, ("deploy",)),
    (4, ("deploy", "nobody")),
    (4, ("deploy", "web", "--canary", "nowhere-1")),
    (2, ("deploy", "web", "--soak", "5m")),
    (4, ("deploy", "web", "--protected", "nowhere-1")),
    (4, ("registry", "rotate", "nobody", "--password-stdin")),
    (2, ("registry", "rotate", "team", "--password-stdin", "--canary", HELSINKI)),
    (2, ("registry", "rotate", "team", "--password-stdin", "--expires", "soon")),
    (4, ("registry", "delete", "nobody")),
    (3, ("registry", "delete", "team")),
    (2, ("registry", "delete", "team", "--unlink", "--force")),
    (4, ("container", "terminate", "nobody")),
    (3, ("container", "delete", "web")),
]


@pytest.mark.parametrize(("code", "arguments"), REFUSED)
def test_it_is_refused_as_the_command_is(running: Commands, code: int, arguments: tuple[str, ...]) -> None:
    dry = running(*arguments, "--dry-run", "--json", "--yes")
    real = running(*arguments, "--json", "--yes", stdin=b"t0ken")
    assert (dry.code, dry.out) == (code, "")
    assert (dry.error, real.code) == (real.error, code)


GUARDED = [
    ("deploy", "web", "--no-wait"),
    ("registry", "rotate", "team", "--no-check", "--deploy", "--no-wait", "--password-stdin"),
    ("registry", "rotate", "team", "--no-check", "--push-now", "--no-wait", "--password-stdin"),
    ("registry", "delete", "team", "--unlink", "--yes", "--no-wait"),
    ("container", "terminate", "web", "--yes", "--no-wait"),
    ("container", "delete", "web", "--yes"),
]


@pytest.mark.parametrize("arguments", GUARDED, ids=" ".join)
def test_a_protected_region_has_to_be_named(running: Commands, arguments: tuple[str, ...]) -> None:
    running.good("region", "edit", HELSINKI, "--protected")
    dry = running(*arguments, "--dry-run", "--json")
    real = running(*arguments, "--json", stdin=b"t0ken")
    assert (dry.code, dry.error) == (3, real.error)
    named = running(*arguments, "--dry-run", "--protected", HELSINKI)
    assert named.code == (3 if arguments[:2] == ("container", "delete") else 0)


def test_an_image_that_its_registry_cannot_serve_is_refused(running: Commands) -> None:
    running.good("container", "edit", "web", "--image", "quay.io/acme/web:1")
    for arguments in (("deploy", "web"), ("registry", "rotate", "team", "--deploy")):
        refused = running(*arguments, "--dry-run", "--json")
        assert (refused.code, "cannot serve" in refused.error["message"]) == (3, True)
        running.good(*arguments, "--dry-run", "--force")


def test_a_deployment_under_way_is_in_the_way_unless_it_is_replaced(idle: Commands) -> None:
    idle.good("deploy", "web", "--no-wait")
    assert idle("deploy", "web", "--dry-run").code == 3
    assert idle("container", "terminate", "web", "--dry-run").code == 3
    assert "~ deployment 1\n    state: queued -> cancelled" in told(idle, "deploy", "web", "--replace")


def test_a_locked_vault_refuses_what_would_need_it_where_nobody_can_unlock(running: Commands) -> None:
    protect((places().public_keys, places().private_keys), "correct horse")
    assert running("deploy", "web", "--dry-run").code == 5
    assert running("registry", "rotate", "team", "--dry-run").code == 5
    running.good("registry", "rotate", "team", "--no-check", "--dry-run")
    running.good("registry", "delete", "team", "--unlink", "--dry-run")


def test_the_longest_names_fit_into_80_columns(shop: Commands, canary: str) -> None:
    project, registry, container = (letter * 40 for letter in "prc")
    shop.good("project", "add", project)
    of = ("--project", project)
    server = ("--server", "registry.example", "--username", "bot", "--password-stdin", "--no-check")
    shop.good("registry", "add", registry, *server, *of, stdin=canary.encode())
    shop.good("container", "add", container, "--image", IMAGE, "--registry", registry, *WHERE, *of)
    said = told(shop, "deploy", container, *of)
    assert f"+ Secret bahriya-{project}/\n                   bahriya-{registry}-v1" in said


def test_shells_complete_it(running: Commands) -> None:
    for words in ("deploy", "registry rotate", "registry delete", "container terminate", "container delete"):
        assert "--dry-run" in completed("bash", running.home, f"bahriya {words}", "--dry")
