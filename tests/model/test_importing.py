"""What becomes of logins that were found: handles, what is there already, what is left out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput, NotFound
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.importing import FoundLogin, narrowed, plan, propose
from bahriya_tui.model.registry import Registry

GHCR = FoundLogin(0, "auth.json", "ghcr.io", "login", "ghcr.io", "bot")
HUB = FoundLogin(1, "auth.json", "https://index.docker.io/v1/", "login", "docker.io", "me")
HELPER = FoundLogin(2, "config.json", "quay.io", "helper", "quay.io", "", "/bin/docker-credential-pass")


def registry(handle: str, server: str, username: str) -> Registry:
    return Registry("r", "shop", handle, "", server, username, 1, None, False, None, "", "")


@pytest.mark.parametrize(
    ("server", "handle"),
    [
        ("ghcr.io", "ghcr"),
        ("docker.io", "docker-hub"),
        ("registry.example.com:5000", "registry-example-com-5000"),
        ("[fd00::1]:5000", "fd00-1-5000"),
    ],
)
def test_a_handle_is_made_of_the_server(server: str, handle: str) -> None:
    assert propose(server) == handle


@given(st.text(st.sampled_from("ab1.-:[]"), min_size=1, max_size=300))
def test_a_proposed_handle_is_always_valid(server: str) -> None:
    check_handle("registry", propose(server))


def test_no_handle_is_given_twice() -> None:
    others = [replace(GHCR, number=number, username=f"bot-{number}") for number in range(3)]
    known = [registry("ghcr", "quay.io", "x")]
    assert [one.handle for one in plan(others, known)] == ["ghcr-2", "ghcr-3", "ghcr-4"]


def test_a_chosen_handle_counts_and_must_be_free_and_valid() -> None:
    (one,) = plan([GHCR], [], {"ghcr.io": "team"})
    assert one.handle == "team"
    with pytest.raises(BadInput, match="exists already"):
        plan([GHCR], [registry("team", "quay.io", "x")], {"ghcr.io": "team"})
    with pytest.raises(BadInput, match="not valid"):
        plan([GHCR], [], {"ghcr.io": "Team"})


def test_what_is_there_already_is_left_alone_and_rotation_is_named() -> None:
    (one,) = plan([GHCR], [registry("team", "ghcr.io", "bot")])
    assert (one.fate, one.handle) == ("there", "team")
    assert "bahriya registry rotate team" in one.reason


def test_another_user_at_the_same_server_is_a_new_registry() -> None:
    (one,) = plan([GHCR], [registry("ghcr", "ghcr.io", "somebody")])
    assert (one.fate, one.handle) == ("new", "ghcr-2")


def test_a_login_that_was_found_twice_is_taken_once() -> None:
    twice = [GHCR, replace(GHCR, number=1, source="config.json"), HELPER, replace(HELPER, number=3)]
    assert [one.fate for one in plan(twice, [])] == ["new", "refused", "new", "refused"]


def test_what_cannot_be_taken_keeps_its_reason() -> None:
    (one,) = plan([replace(GHCR, reason="it is an identity token")], [])
    assert (one.fate, one.reason, one.handle) == ("refused", "it is an identity token", "")


def test_logins_are_narrowed_by_server_or_key() -> None:
    found = [GHCR, HUB, HELPER]
    assert narrowed(found, []) == found
    assert narrowed(found, ["https://index.docker.io/v1/", "ghcr.io"]) == [GHCR, HUB]
    assert narrowed(found, ["hub.docker.com"]) == [HUB]
    with pytest.raises(NotFound, match=r"no login for gcr\.io") as missing:
        narrowed(found, ["gcr.io"])
    assert "ghcr.io, docker.io, quay.io" in missing.value.hint
