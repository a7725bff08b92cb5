"""What a registry wants of a login: asked for alone, and said when a token is given."""

import base64
import json

import pytest

from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.operator import Operator
from tests.tui.terminal import BAHRIYA, on_terminal

ADD = ("registry", "add", "team", "--password-stdin", "--no-check")
PAT = b"github_pat_11ABCDEFG0123456789"


def test_hints_need_no_project_and_no_store(bahriya: Commands) -> None:
    answer = bahriya.good("registry", "hints", "https://ghcr.io/v2/", "--username", "jane@acme.com")
    assert "GitHub Container Registry" in answer.out
    assert "read:packages" in answer.out
    assert "classic" in answer.out
    assert "note: https:// was left out" in answer.err
    assert "no e-mail address" in answer.err
    assert "fine-grained tokens" in answer.err


def test_hints_are_told_in_json(bahriya: Commands) -> None:
    server = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    told = bahriya.good("registry", "hints", server, "--username", "AWS", "--json").json
    assert (told["provider_id"], told["provider"]) == ("ecr", "Amazon ECR")
    assert told["lifetime_seconds"] == 12 * 3600
    assert "12 hours" in told["hints"][0]
    assert told["repairs"] == []
    assert {"username", "token", "right", "made_at", "lifetime", "notes", "server"} <= set(told)


def test_hints_on_what_is_no_server_are_bad_input(bahriya: Commands) -> None:
    answer = bahriya("registry", "hints", "registry", "--json")
    assert answer.code == 2
    assert "is no host" in answer.error["message"]


def test_the_provider_is_shown_with_the_registry(shop: Commands) -> None:
    shop.good(*ADD, "--server", "registry.acme.com", "--username", "robot$ci", stdin=b"x")
    assert shop.good("registry", "show", "team", "--json").json["provider"] == "Harbor"
    assert "Harbor" in shop.good("registry", "show", "team").out


@pytest.mark.parametrize("how", [ADD, ("registry", "rotate", "team", "--password-stdin", "--no-check")])
def test_a_token_that_will_not_do_is_told_when_it_is_given(shop: Commands, how: tuple[str, ...]) -> None:
    where = ("--server", "ghcr.io", "--username", "octocat")
    if how is not ADD:
        shop.good(*ADD, *where, stdin=b"ghp_0123456789")
    answer = shop.good(*how, *(where if how is ADD else ()), stdin=b" " + PAT)
    assert "note: fine-grained tokens do not work here" in answer.err
    assert "note: the token begins with a blank" in answer.err
    assert "11ABCD" not in answer.out + answer.err


def test_an_edit_tells_it_too(shop: Commands) -> None:
    shop.good(*ADD, "--server", "ghcr.io", "--username", "octocat", stdin=b"ghp_0123456789")
    edit = ("registry", "edit", "team", "--username", "jane@acme.com", "--password-stdin", "--no-check")
    notes = shop.good(*edit, "--json", stdin=PAT).json["notes"]
    assert [note for note in notes if "no e-mail address" in note]
    assert [note for note in notes if "fine-grained" in note]


def test_what_a_token_says_of_its_end_is_kept_and_nothing_else_of_it(shop: Commands, canary: str) -> None:
    payload = json.dumps({"payload": canary, "datakey": canary, "expiration": 1_800_000_000})
    token = base64.b64encode(payload.encode())
    server = ("--server", "123456789012.dkr.ecr.eu-central-1.amazonaws.com", "--username", "AWS")
    answer = shop.good(*ADD, *server, stdin=token)
    kept = shop.stored()["credential"]
    assert [row for row in kept if "ecr" in row and "2027-01-15T08:00:00.000Z" in row]
    assert canary not in answer.out + answer.err
    assert token not in shop.written()
    assert canary.encode() not in shop.written()


def test_a_terminal_is_told_which_token_is_wanted_before_it_asks(operator: Operator, canary: str) -> None:
    operator.run("project", "add", "shop")
    where = ("--server", "ghcr.io", "--username", "octocat", "--no-check")
    with on_terminal(operator.environment, (*BAHRIYA, "registry", "add", "team", *where)) as terminal:
        terminal.until("note: GitHub Container Registry: classic personal access token (ghp_)")
        terminal.until("token of octocat at ghcr.io:")
        terminal.press(canary.encode() + b"\r")
        terminal.until("registry team was added")


def test_a_refused_token_is_refused_with_what_looks_wrong_with_it(
    online: Operator, world: Outside, canary: str
) -> None:
    where = ("--server", world.registry.address, "--username", USER, "--password-stdin")
    refused = online.run("registry", "add", "team", *where, password=f" {canary}", code=1)
    assert "login rejected" in refused.err
    assert "the token begins with a blank: it is kept as given" in refused.err
    assert canary not in refused.err
