"""What the log tells of a backup."""

from pathlib import Path

import pytest

from bahriya_tui.launch import backup as processes
from bahriya_tui.model.errors import BadInput
from bahriya_tui.operations.backup import back_up
from bahriya_tui.store import audit, events
from tests.operations.conftest import Quiet


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (BadInput("it exists", "name another"), "failed", "no backup was written to "),
        (KeyboardInterrupt(), "no answer", "was not waited for"),
    ],
)
def test_one_that_is_not_heard_to_its_end_is_not_said_to_have_failed(
    session: Quiet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    outcome: str,
    words: str,
) -> None:
    def ended(*_: object) -> None:
        raise error

    monkeypatch.setattr(processes, "write", ended)
    with pytest.raises(type(error)):
        back_up(session, tmp_path / "backup")
    begun, told = audit.since(session.connection)[-2:]
    assert (begun.action, begun.outcome) == ("store.backing-up", "started")
    assert (told.action, told.outcome) == ("store.backed-up", outcome)
    assert words in events.since(session.connection, 0)[-1].message
