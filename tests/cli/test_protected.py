"""Protected regions through commands: refused with 3, named or typed, marked in lists and in JSON."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator

import click
import pytest

from bahriya_tui.cli import bahriya
from bahriya_tui.model.container import AppliedSecret, Placement
from bahriya_tui.model.deployment import RegionState
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.store import containers, deployments, regions, registries, secrets
from tests.cli.conftest import REGIONS, Answer, Commands
from tests.operations.conftest import end
from tests.operator import Operator

FALKENSTEIN, HELSINKI = REGIONS


@pytest.fixture
def guarded(team: Commands, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Container `web` for two regions and in `helsinki-1`, which is protected, with `team`; no worker."""
    monkeypatch.setattr(Session, "wake_worker", lambda _: True)
    everywhere = ["--region", FALKENSTEIN, "--region", HELSINKI]
    image = ["--image", "registry.example/web:1", "--registry", "team"]
    team.good("container", "add", "web", *image, *everywhere)
    team.good("region", "edit", HELSINKI, "--protected")
    with open_session() as session, session.store.write() as tx:
        one = registries.get(tx.conn, "shop", "team")
        name = f"bahriya-team-v{one.version}"
        secrets.note(tx, AppliedSecret("shop", HELSINKI, name, one.id, "team", one.version, "u"))
        containers.place(tx, Placement("shop", "web", HELSINKI, 1, "i", name, one.id, one.version, "u", None))
    return team


def runs() -> int:
    with open_session() as session:
        return len(deployments.all(session.connection, "shop"))


DEPLOY = ("deploy", "web", "--no-wait")
REFUSED = [
    DEPLOY,
    (*DEPLOY, "--yes"),
    (*DEPLOY, "--no-input"),
    (*DEPLOY, "--protected", FALKENSTEIN),
    ("container", "terminate", "web", "--yes", "--no-wait"),
    ("container", "delete", "web", "--yes"),
    ("container", "edit", "web", "--region", FALKENSTEIN, "--no-wait"),
    ("registry", "delete", "team", "--unlink", "--yes", "--no-wait"),
    ("registry", "rotate", "team", "--password-stdin", "--no-check", "--deploy", "--no-wait"),
    ("registry", "rotate", "team", "--password-stdin", "--no-check", "--push-now", "--no-wait"),
    ("region", "delete", HELSINKI, "--yes"),
]


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_a_command_is_refused_with_3_and_nothing_is_written(
    guarded: Commands, arguments: tuple[str, ...]
) -> None:
    before = guarded.stored()
    answer = _without_terms(guarded, *arguments)
    assert answer.code == 3, answer
    assert f"region {HELSINKI} is protected" in answer.err
    assert f"--protected {HELSINKI}" in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert guarded.stored() == before


def _without_terms(guarded: Commands, *arguments: str) -> Answer:
    """Run a command, without what is noted besides the error."""
    answer = guarded(*arguments, stdin=b"another-token")
    lines = [line for line in answer.err.splitlines() if not line.startswith("note:")]
    return Answer(answer.code, answer.out, "\n".join(lines))


@pytest.mark.parametrize(
    "arguments",
    [one for one in REFUSED if one[1] != "delete" and "--protected" not in one],
    ids=" ".join,
)
def test_it_is_done_when_the_region_is_named(guarded: Commands, arguments: tuple[str, ...]) -> None:
    guarded.good(*arguments, "--protected", HELSINKI, stdin=b"another-token")


@pytest.mark.parametrize(
    ("verb", "state"), [("retry", "failed"), ("resume", "held"), ("rollback", "running")]
)
def test_a_deployment_goes_into_it_again_only_by_its_name(
    guarded: Commands, verb: str, state: RegionState
) -> None:
    if verb == "rollback":
        deploy_and_end(guarded, "running")
    number = deploy_and_end(guarded, state)
    again = ("deployment", verb, str(number), "--no-wait")
    before = guarded.stored()
    refused = guarded(*again)
    assert (refused.code, f"region {HELSINKI} is protected" in refused.err) == (3, True)
    assert guarded.stored() == before
    guarded.good(*again, "--protected", HELSINKI)


def deploy_and_end(guarded: Commands, state: RegionState) -> int:
    """Deploy `web`, and let the protected region end in `state` as the worker would."""
    guarded.good(*DEPLOY, "--protected", HELSINKI)
    with open_session() as session:
        run = deployments.all(session.connection, "shop")[0]
        end(session, run, helsinki_1=state)
    return run.id


def test_every_command_that_can_change_a_region_lets_it_be_named() -> None:
    taking = {
        path
        for path, command in commands(bahriya)
        if any("--protected" in one.opts and getattr(one, "multiple", False) for one in command.params)
    }
    assert taking == {
        "apply",
        "container delete",
        "container edit",
        "container terminate",
        "deploy",
        "deployment resume",
        "deployment retry",
        "deployment rollback",
        "matrix",
        "region delete",
        "registry delete",
        "registry return",
        "registry rotate",
    }


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give every command with the words it is called by."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def test_the_error_in_json_has_the_code_and_says_what_to_add(guarded: Commands) -> None:
    error = guarded(*DEPLOY, "--json").error
    assert error == {
        "code": 3,
        "message": f"a deployment of web is refused: region {HELSINKI} is protected",
        "hint": f"if it is meant, say so: --protected {HELSINKI}",
    }


def test_a_region_that_there_is_not_cannot_be_named(guarded: Commands) -> None:
    answer = guarded(*DEPLOY, "--protected", "atlantis-1")
    assert answer.code == 4
    assert runs() == 0


def test_lists_and_sheets_tell_it(guarded: Commands) -> None:
    listed = guarded.good("region", "list", "--json").json
    assert [(one["id"], one["protected"]) for one in listed] == [(FALKENSTEIN, False), (HELSINKI, True)]
    assert guarded.good("region", "show", HELSINKI, "--json").json["protected"] is True
    head, first, second = guarded.good("region", "list").out.splitlines()
    place = head.index("PROTECTED")
    assert (first[place:].split()[0], second[place:].split()[0]) == ("no", "yes")


def test_a_region_is_protected_from_the_beginning(shop: Commands, kubeconfig: Callable[..., str]) -> None:
    path = kubeconfig("paris-1")
    shop.good("region", "add", "paris-1", "--context", "paris-1", "--kubeconfig", path, "--protected")
    assert shop.good("region", "show", "paris-1", "--json").json["protected"] is True
    actions = [one["action"] for one in shop.good("audit", "list", "--json").json]
    assert sorted(actions[:2]) == ["region.added", "region.protected"]


def test_taking_protection_away_wants_a_confirmation(guarded: Commands) -> None:
    away = ("region", "edit", HELSINKI, "--no-protected", "--no-input")
    answer = guarded(*away)
    assert (answer.code, "--yes" in answer.err) == (2, True)
    assert guarded.good("region", "show", HELSINKI, "--json").json["protected"] is True
    guarded.good(*away, "--yes")
    guarded.good(*DEPLOY)
    assert runs() == 1


def test_setting_it_and_other_edits_ask_nothing(guarded: Commands) -> None:
    guarded.good("region", "edit", FALKENSTEIN, "--protected", "--no-input")
    guarded.good("region", "edit", HELSINKI, "--city", "Helsinki", "--no-input")
    with open_session() as session:
        assert all(one.protected for one in regions.all(session.connection))


@pytest.mark.parametrize(("typed", "code", "made"), [(HELSINKI, 0, 1), ("helsinki", 3, 0), ("y", 3, 0)])
def test_on_a_terminal_the_id_is_typed(guarded: Commands, typed: str, code: int, made: int) -> None:
    answer = on_a_terminal(guarded, typed, *DEPLOY)
    assert f"Type {HELSINKI} to go on" in answer.out
    assert answer.code == code, answer.out
    assert runs() == made


def test_on_a_terminal_protection_is_taken_away_by_typing_the_id(guarded: Commands) -> None:
    assert on_a_terminal(guarded, "no", "region", "edit", HELSINKI, "--no-protected").code == 2
    assert on_a_terminal(guarded, HELSINKI, "region", "edit", HELSINKI, "--no-protected").code == 0
    assert guarded.good("region", "show", HELSINKI, "--json").json["protected"] is False


def test_a_region_is_given_up_by_typing_its_id(guarded: Commands) -> None:
    forget = ("region", "delete", HELSINKI, "--forget")
    Operator(guarded.home).run(*forget, "--yes", code=3)
    other = on_a_terminal(guarded, "yes", *forget)
    assert (other.code, "workloads shop/web; pull secrets shop/bahriya-team-v1" in other.out) == (2, True)
    assert guarded.good("region", "show", HELSINKI, "--json").json["status"] == "unreachable"

    assert on_a_terminal(guarded, HELSINKI, *forget).code == 0

    assert guarded("region", "show", HELSINKI).code == 4


def on_a_terminal(guarded: Commands, typed: str, *arguments: str) -> Answer:
    """Run a command whose standard input is a terminal, type a line, and give what it printed."""
    keyboard, terminal = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-m", "bahriya_tui", *arguments],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=Operator(guarded.home).environment,
    )
    os.write(keyboard, f"{typed}\n".encode())
    printed, _ = asking.communicate(timeout=60)
    os.close(keyboard)
    os.close(terminal)
    return Answer(asking.returncode, printed, "")
