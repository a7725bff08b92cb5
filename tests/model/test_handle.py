"""Handles, and the names of what is made from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.handle import check_handle, check_region_id, is_pull_secret_of, pull_secret

_HANDLES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize("handle", ["", "Team", "my_team", "-team", "team-", "té", "a" * 41, "team\n", "a.b"])
def test_what_kubernetes_would_refuse_is_no_handle(handle: str) -> None:
    with pytest.raises(BadInput):
        check_handle("registry", handle)


def test_a_containers_handle_starts_with_a_letter() -> None:
    assert check_handle("registry", "1st") == "1st"
    with pytest.raises(BadInput, match="digit"):
        check_handle("container", "1st")


def test_a_region_id_may_be_as_long_as_a_label() -> None:
    assert check_region_id("r" * 63)
    with pytest.raises(BadInput):
        check_region_id("r" * 64)


@given(_HANDLES, st.integers(1, 10**6))
def test_a_pull_secret_fits_a_label_and_is_known_again(handle: str, version: int) -> None:
    name = pull_secret(handle, version)

    assert len(name) <= 63
    assert is_pull_secret_of(handle, name)


def test_the_secret_of_a_registry_with_a_longer_handle_is_not_taken_for_ones_own() -> None:
    assert not is_pull_secret_of("ghcr", pull_secret("ghcr-v1", 2))
    assert not is_pull_secret_of("ghcr", "bahriya-ghcr-v")
