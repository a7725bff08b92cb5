"""A rejected secret is not sent again by itself, and a check says of what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.checked import Checked, not_repeated, rejected_since

LOGINS = ("accepted", "rejected", "not proven", "not needed")


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ("", None),
        ("accepted", None),
        ("rejected", "0"),
        ("accepted rejected", "1"),
        ("rejected rejected", "0"),
        ("rejected unproven", "0"),
        ("rejected unproven rejected", "0"),
        ("rejected accepted", None),
        ("rejected unneeded", None),
        ("rejected accepted rejected", "2"),
        ("unproven", None),
    ],
)
def test_a_rejection_stands_until_the_login_is_accepted(said: str, since: str | None) -> None:
    words = {"unproven": "not proven", "unneeded": "not needed"}
    logins = [(str(at), words.get(one, one)) for at, one in enumerate(said.split())]
    assert rejected_since(logins) == since


@given(st.lists(st.sampled_from(LOGINS)))
def test_only_a_rejection_after_the_last_proof_forbids_to_ask(logins: list[str]) -> None:
    proofs = [at for at, one in enumerate(logins) if one in ("accepted", "not needed")]
    after = [at for at, one in enumerate(logins) if one == "rejected" and at > max(proofs, default=-1)]
    expected = str(after[0]) if after else None
    assert rejected_since((str(at), one) for at, one in enumerate(logins)) == expected


def test_what_was_not_repeated_says_since_when_and_why() -> None:
    result = CheckResult("rejected", "wrong", origin="bastion")
    assert not_repeated(Checked("ghcr", 3, "2026-11-23", result)) == ""
    told = not_repeated(Checked("ghcr", 3, "2026-11-23", result, "2026-11-22"))
    assert told.startswith("v3 has been rejected since 2026-11-22 and was not sent again")
    assert "lock out" in told


def test_a_check_that_does_not_name_its_place_was_made_here() -> None:
    assert Checked("ghcr", 3, "", CheckResult("accepted", "", origin="bastion")).place == "bastion"
    assert Checked("ghcr", 3, "", CheckResult("accepted", "")).place == "this machine"
