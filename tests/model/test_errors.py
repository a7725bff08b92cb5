"""What one process tells another of its error arrives as that error, or as the nearest one known to both."""

import json

import pytest

from bahriya_tui.model.errors import (
    BadInput,
    BahriyaError,
    Cancelled,
    Failed,
    InUse,
    Locked,
    NotFound,
    StoreUnwritable,
    Unattended,
    VaultLocked,
    WrongPassphrase,
    WrongRecoveryKey,
    error_in,
    told_by,
)


class Narrower(InUse):
    pass


class Unheard(BahriyaError):
    pass


KNOWN = (
    *(Failed, BadInput, InUse, NotFound, Cancelled),
    *(Locked, VaultLocked, WrongPassphrase, WrongRecoveryKey, Unattended),
)


@pytest.mark.parametrize(
    ("error", "arrives"),
    [*((one, one) for one in KNOWN), (Narrower, InUse), (StoreUnwritable, Failed), (Unheard, Failed)],
)
def test_an_error_arrives_as_the_nearest_that_is_known(
    error: type[BahriyaError], arrives: type[BahriyaError]
) -> None:
    heard = error_in(json.loads(json.dumps(told_by(error("it broke", "mend it")))))
    assert heard is not None
    assert (type(heard), heard.message, heard.hint) == (arrives, "it broke", "mend it")


def test_a_kind_that_nobody_here_knows_is_a_failure() -> None:
    assert type(error_in({"kind": "Novel", "message": "it broke", "hint": ""})) is Failed


@pytest.mark.parametrize(
    "line",
    [{}, {"kind": "login", "server": "ghcr.io"}, {"result": "refused", "message": "no", "status": 403}],
)
def test_a_line_of_another_kind_is_no_error(line: dict[str, object]) -> None:
    assert error_in(line) is None
