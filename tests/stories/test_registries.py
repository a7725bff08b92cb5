"""What the description of registries promises, sentence by sentence, at the command line and in regions."""

import pytest

from bahriya_tui.demo.world import EVERYWHERE
from tests.stories.conftest import Shop


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("docker.io", "docker.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("ghcr.io", "ghcr.io"),
        ("registry.gitlab.com", "registry.gitlab.com"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com"),
        ("registry.example.org:5000", "registry.example.org:5000"),
    ],
)
def test_any_oci_registry_can_be_added(shop: Shop, canary: str, given: str, stored: str) -> None:
    where = ["--server", given, "--username", "someone", "--password-stdin", "--no-check"]

    added = shop.run("registry", "add", "any", *where, password=canary)

    assert added["server"] == stored
    assert added["version"] == 1


def test_a_public_image_needs_no_registry(shop: Shop) -> None:
    shop.run(
        "container", "add", "docs", "--image", "nginx:1.27", "--type", "worker", "--region", "helsinki-1"
    )

    shop.run("deploy", "docs")

    assert shop.images("helsinki-1") == {"docs": "nginx:1.27"}
    assert shop.pull_secrets("helsinki-1") == []


def test_a_private_image_cannot_be_pulled_without_a_registry(shop: Shop) -> None:
    shop.add_web()

    events = shop.run("deploy", "web", code=1)

    failed = [event for event in events if event["phase"] == "failed" and event["region"]]
    assert {event["region"] for event in failed} == set(EVERYWHERE)


def test_a_handle_is_unique_in_its_project_only(shop: Shop) -> None:
    shop.connect("team")
    where = ["--server", "ghcr.io", "--username", "someone", "--password-stdin", "--no-check"]

    refused = shop.run("registry", "add", "team", *where, password="x", code=2)

    assert "team" in refused["error"]["message"]
    shop.operator.run("project", "add", f"{shop.project}-2")
    other = Shop(f"{shop.project}-2", shop.operator, shop.servers)
    assert other.connect("team")["handle"] == "team"


def test_a_password_is_stored_encrypted_and_shown_nowhere(shop: Shop, canary: str) -> None:
    where = ["--server", "ghcr.io", "--username", "someone", "--password-stdin", "--no-check"]
    shop.run("registry", "add", "team", *where, password=canary)

    for command in (["registry", "show", "team"], ["registry", "list"]):
        assert canary not in str(shop.run(*command))
    assert canary.encode() not in shop.operator.written()
    assert canary.encode().hex().encode() not in shop.operator.written()


def test_several_containers_share_a_registry_and_every_region_is_configured(shop: Shop) -> None:
    shop.connect("team")
    shop.add_web("web", "--registry", "team")
    shop.add_web("web2")
    shop.run("container", "link", "web2", "team")

    shop.run("deploy", "web", "web2")

    assert shop.run("registry", "show", "team")["used_by"] == ["web", "web2"]
    for region in EVERYWHERE:
        assert shop.pull_secrets(region) == ["bahriya-team-v1"]
        assert set(shop.images(region)) == {"web", "web2"}


def test_a_container_cannot_use_another_projects_registry(shop: Shop) -> None:
    shop.connect("team")
    shop.operator.run("project", "add", f"{shop.project}-2")
    other = Shop(f"{shop.project}-2", shop.operator, shop.servers)

    missing = other.run(
        "container",
        "add",
        "web",
        "--image",
        "ghcr.io/a/b:1",
        "--registry",
        "team",
        "--region",
        "helsinki-1",
        code=4,
    )

    assert "team" in missing["error"]["message"]


def test_the_next_deployment_picks_up_a_rotated_token_and_running_containers_keep_theirs(shop: Shop) -> None:
    shop.connect("team")
    shop.add_web("web", "--registry", "team")
    shop.run("deploy", "web")
    shop.servers.change_tokens()

    rotated = shop.run("registry", "rotate", "team", "--password-stdin", password=shop.token)

    assert rotated["version"] == 2
    assert shop.pull_secrets("helsinki-1") == ["bahriya-team-v1"]
    assert shop.images("helsinki-1")
    shop.run("deploy", "web")
    for region in EVERYWHERE:
        running = [pod for pod in shop.objects(region, "pods") if pod["status"]["phase"] == "Running"]
        assert {pod["spec"]["imagePullSecrets"][0]["name"] for pod in running} == {"bahriya-team-v2"}


def test_a_revoked_token_fails_the_next_deployment_in_the_registrys_words(shop: Shop) -> None:
    shop.connect("team")
    shop.add_web("web", "--registry", "team")
    shop.run("deploy", "web")
    shop.servers.change_tokens()

    events = shop.run("deploy", "web", code=1)

    failed = [event for event in events if event["phase"] == "failed" and event["region"]]
    assert len(failed) == len(EVERYWHERE)
    assert all("401" in event["message"] or "unauthorized" in event["message"].lower() for event in failed)
    assert shop.images("helsinki-1"), "the old pods keep serving"


def test_deleting_a_linked_registry_warns_first_and_names_every_container(shop: Shop) -> None:
    shop.connect("team")
    shop.add_web("web", "--registry", "team")
    shop.add_web("web2", "--registry", "team")

    refused = shop.run("registry", "delete", "team", "--yes", code=3)

    assert "web" in refused["error"]["message"]
    assert "web2" in refused["error"]["message"]
    assert shop.run("registry", "show", "team")["used_by"] == ["web", "web2"]


def test_deleting_a_registry_removes_its_credentials_from_every_region(shop: Shop) -> None:
    shop.connect("team")
    shop.add_web("web", "--registry", "team")
    shop.run("deploy", "web")

    shop.run("registry", "delete", "team", "--unlink", "--yes")

    assert all(shop.pull_secrets(region) == [] for region in EVERYWHERE)
    assert shop.run("container", "show", "web")["registry"] is None


def test_a_container_that_still_references_a_deleted_registry_fails_and_is_not_linked_to_a_new_one(
    shop: Shop,
) -> None:
    shop.connect("team")
    shop.add_web("web", "--registry", "team")
    shop.run("deploy", "web")
    shop.run("registry", "delete", "team", "--force", "--yes")
    shop.connect("team")

    events = shop.run("deploy", "web", code=1)

    failed = [event for event in events if event["phase"] == "failed" and event["region"]]
    assert len(failed) == len(EVERYWHERE)
    shown = shop.run("container", "show", "web")
    assert (shown["registry"], shown["registry_missing"]) == ("team", True)
    assert shop.run("registry", "show", "team")["used_by"] == []
    assert shop.run("registry", "show", "team")["version"] == 2, "a version number is never used twice"
    shop.run("container", "link", "web", "team")
    shop.run("deploy", "web")
