"""An image whose linked registry cannot serve it: told when it is linked, refused at deployment."""

import pytest

from tests.cli.conftest import Commands

WORDS = "container api pulls quay.io/acme/api:1, but registry team is at registry.example and cannot serve"
WHERE = ("--region", "helsinki-1")


@pytest.fixture
def in_vain(team: Commands) -> Commands:
    """Container `api` from quay.io, linked to registry `team` at registry.example."""
    team.good("container", "add", "api", "--image", "quay.io/acme/api:1", "--registry", "team", *WHERE)
    return team


def test_adding_editing_and_linking_say_that_the_registry_cannot_serve_the_image(team: Commands) -> None:
    image = ("--image", "quay.io/acme/api:1")
    added = team.good("container", "add", "api", *image, "--registry", "team", *WHERE)
    assert f"note: {WORDS} quay.io" in added.err
    assert "bahriya container link api REGISTRY, with one at quay.io" in added.err
    edited = team.good("container", "edit", "api", "--image", "registry.example/api:1")
    assert "note:" not in edited.err
    team.good("container", "edit", "api", *image, "--no-registry")
    linked = team.good("container", "link", "api", "team", "--json")
    assert linked.json["registry"] == "team"
    assert WORDS in linked.err
    assert "note:" not in team.good("container", "unlink", "api").err


def test_an_init_job_is_told_of_as_well(team: Commands) -> None:
    job = ("--init", "migrate=quay.io/acme/tool:1", "--init-registry", "migrate=team")
    added = team.good("container", "add", "api", "--image", "nginx:1", *job, *WHERE)
    assert "init job migrate of container api pulls quay.io/acme/tool:1, but registry team" in added.err
    assert "bahriya container edit api --init-registry migrate=REGISTRY" in added.err
    assert team("deploy", "api", "--no-wait").code == 3


def test_a_deployment_is_refused_and_writes_nothing_unless_forced(in_vain: Commands) -> None:
    before = in_vain.stored()

    refused = in_vain("deploy", "api", "--no-wait", "--json")

    assert refused.code == 3
    assert refused.error["code"] == 3
    assert refused.error["message"].startswith(WORDS)
    assert "bahriya container link api" in refused.error["hint"]
    assert "bahriya deploy api --force" in refused.error["hint"]
    assert in_vain.stored() == before
    in_vain.good("deploy", "api", "--no-wait", "--force")
    assert len(in_vain.good("deployment", "list", "--json").json) == 1


def test_the_registry_that_can_is_named_and_linking_it_is_the_fix(in_vain: Commands, canary: str) -> None:
    server = ["--server", "quay.io", "--username", "bot", "--password-stdin", "--no-check"]
    in_vain.good("registry", "add", "quay", *server, stdin=canary.encode())
    refused = in_vain("deploy", "--all-using", "team", "--no-wait")
    assert (refused.code, "bahriya container link api quay" in refused.err) == (3, True)
    in_vain.good("container", "link", "api", "quay")
    in_vain.good("deploy", "api", "--no-wait")


def test_a_rotation_that_would_deploy_in_vain_is_refused_before_anything_changes(
    in_vain: Commands, canary: str
) -> None:
    rotate = ("registry", "rotate", "team", "--password-stdin", "--no-check", "--no-wait")
    before = in_vain.stored()
    refused = in_vain(*rotate, "--deploy", stdin=canary.encode())
    assert (refused.code, WORDS in refused.err) == (3, True)
    assert in_vain.stored() == before
    assert in_vain(*rotate, "--force", stdin=canary.encode()).code == 2
    in_vain.good(*rotate, "--deploy", "--force", stdin=canary.encode())
    assert in_vain.good("registry", "show", "team", "--json").json["version"] == 2
