"""What ends, fails or could be better: `check` for cron, `registry list --expiring`, `registry lint`."""

from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.operations.session import open_session
from bahriya_tui.store import checks, registries
from tests.cli.conftest import Commands

TOKEN = ("--password-stdin", "--no-check")


def add(bahriya: Commands, project: str, handle: str, server: str, *more: str) -> None:
    named = ("--server", server, "--username", "bot", "--project", project)
    bahriya.good("registry", "add", handle, *named, *more, *TOKEN, stdin=b"token")


def day(days: float) -> str:
    return clock.later(clock.now(), days * 86400)[:10]


def checked(project: str, handle: str, **result: Any) -> None:
    """Let the last check of a registry have ended like this."""
    with open_session() as session, session.store.write() as tx:
        one = registries.get(tx.conn, project, handle)
        number = checks.request(tx, one.id, one.version, [], clock.now())
        checks.finish(tx, number, {"reason": "", **result}, clock.now())


@pytest.fixture
def two(shop: Commands) -> Commands:
    """Projects `shop` and `zoo`; of three registries one ends in two days, one ended two days ago."""
    shop.good("project", "add", "zoo")
    add(shop, "shop", "ghcr", "ghcr.io", "--expires", day(2))
    add(shop, "shop", "house", "registry.example")
    add(shop, "zoo", "old", "old.example", "--expires", day(-3))
    return shop


def test_nothing_due_is_one_quiet_line_and_0(team: Commands) -> None:
    answer = team("check", "--fail-within", "72h")
    assert (answer.code, answer.out, answer.err) == (0, "nothing is due within 72 h\n", "")


def test_what_is_due_in_any_project_is_told_soonest_first_with_1(two: Commands) -> None:
    answer = two("check", "--fail-within", "72h")
    first, second = answer.out.splitlines()
    assert answer.code == 1
    assert first == f"due: zoo/old expired 2 d ago, at {day(-3)}T23:59:59.999Z (declared)"
    assert second == f"due: shop/ghcr in 2 d, at {day(2)}T23:59:59.999Z (declared)"
    assert two("check", "--fail-within", "12h").out.splitlines() == [first]


def test_one_project_can_be_looked_at_alone_whatever_the_environment_says(
    two: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert two("check", "--fail-within", "12h", "--project", "shop").code == 0
    monkeypatch.setenv("BAHRIYA_PROJECT", "shop")
    assert two("check", "--fail-within", "12h").code == 1
    assert two("check", "--fail-within", "12h", "--project", "nope").code == 4


def test_what_failed_when_it_was_last_checked_is_told_with_1(team: Commands) -> None:
    checked("shop", "team", login="rejected", reason="wrong password")
    answer = team("check", "--fail-within", "72h")
    assert answer.code == 1
    assert "failing: shop/team: login rejected: wrong password (checked at 20" in answer.out
    checked("shop", "team", login="accepted")
    assert team("check", "--fail-within", "72h").code == 0


def test_warnings_are_told_and_count_only_when_asked_to(team: Commands) -> None:
    add(team, "shop", "twin", "registry.example")
    answer = team("check", "--fail-within", "72h")
    assert answer.code == 0
    assert "warning: shop/team: registry team is for the same server as twin: registry.example;" in answer.out
    assert team("check", "--fail-within", "72h", "--strict").code == 1


def test_a_check_in_json_tells_the_same(two: Commands) -> None:
    checked("shop", "house", login="accepted", can_push=True)
    checked("shop", "ghcr", login="rejected", reason="revoked")
    answer = two("check", "--fail-within", "72h", "--json")
    found = answer.json
    assert (answer.code, found["good"], found["within_seconds"]) == (1, False, 259200)
    assert [(one["project"], one["registry"]) for one in found["due"]] == [("zoo", "old"), ("shop", "ghcr")]
    assert found["due"][0]["expires_at"] == f"{day(-3)}T23:59:59.999Z"
    assert (found["due"][0]["expires_source"], found["due"][0]["left"]) == ("declared", "expired 2 d ago")
    (failing,) = found["failing"]
    assert (failing["registry"], failing["reason"]) == ("ghcr", "login rejected: revoked")
    (warning,) = found["warnings"]
    assert (warning["project"], warning["registry"], warning["rule"]) == ("shop", "house", "push-rights")
    assert warning["advice"]


def test_a_store_without_projects_has_nothing_due(bahriya: Commands) -> None:
    assert bahriya("check", "--fail-within", "2w").out == "nothing is due within 2 w\n"


@pytest.mark.parametrize("text", ["72", "soon", "-1h", ""])
def test_what_is_no_time_is_bad_input(team: Commands, text: str) -> None:
    answer = team("check", "--fail-within", text, "--json")
    assert answer.code == 2
    assert "12h, 7d or 2w" in answer.error["hint"]
    assert team("registry", "list", "--expiring", text).code == 2


def test_the_list_of_what_expires_has_only_that_soonest_first(shop: Commands) -> None:
    add(shop, "shop", "a", "a.example", "--expires", day(5))
    add(shop, "shop", "b", "b.example", "--expires", day(3))
    add(shop, "shop", "c", "c.example", "--expires", day(9))
    add(shop, "shop", "d", "d.example")
    found = shop.good("registry", "list", "--expiring", "7d", "--json").json
    assert [one["handle"] for one in found] == ["b", "a"]
    assert found[0]["expires_at"] == f"{day(3)}T23:59:59.999Z"
    assert (found[0]["expires_source"], found[0]["expires"]) == ("declared", day(3))
    assert found[0]["left"].startswith("in ")
    assert [one["handle"] for one in shop.good("registry", "list", "--expiring", "2w", "--json").json] == [
        "b", "a", "c",
    ]  # fmt: skip
    heads, *lines = shop.good("registry", "list", "--expiring", "7d").out.splitlines()
    assert {"LEFT", "EXPIRES AT", "EXPIRES SOURCE"} <= {part.strip() for part in heads.split("  ")}
    assert [line.split()[0] for line in lines] == ["b", "a"]


def test_an_empty_list_of_what_expires_says_so(team: Commands) -> None:
    answer = team.good("registry", "list", "--expiring", "7d")
    assert (answer.out, answer.err) == ("", "note: no credential of project shop ends within 7 d\n")
    assert team.good("registry", "list", "--expiring", "7d", "--json").json == []


def test_a_registry_tells_when_it_ends_and_how_that_is_known(shop: Commands) -> None:
    ecr = ("--server", "123456789012.dkr.ecr.eu-central-1.amazonaws.com", "--username", "AWS")
    shop.good("registry", "add", "ecr", *ecr, *TOKEN, stdin=b"token")
    (listed,) = shop.good("registry", "list", "--json").json
    shown = shop.good("registry", "show", "ecr", "--json").json
    version = shown["versions"][0]
    end = clock.later(version["created_at"], 12 * 3600)
    for one in (listed, shown):
        assert (one["expires_at"], one["expires_source"]) == (end, "Amazon ECR tokens live 12 h")
    assert "Amazon ECR tokens live 12 h" in shop.good("registry", "show", "ecr").out
    assert end[:16].replace("T", " ") in shop.good("registry", "list").out
    (near,) = shop.good("registry", "list", "--expiring", "12h", "--json").json
    assert near["left"] == "in 11 h"


def test_lint_advises_with_1_and_is_content_with_0(team: Commands) -> None:
    answer = team.good("registry", "lint")
    assert answer.out == "nothing to advise on the registries of project shop\n"
    assert team.good("registry", "lint", "--json").json == []
    add(team, "shop", "twin", "registry.example")
    answer = team("registry", "lint", "--json")
    assert answer.code == 1
    assert [(one["rule"], one["registry"], one["state"]) for one in answer.json] == [
        ("same-server", "team", "attention"),
        ("same-server", "twin", "attention"),
    ]
    answer = team("registry", "lint")
    assert answer.code == 1
    assert answer.out.startswith("same-server: registry team is for the same server as twin: ")
