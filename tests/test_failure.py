"""What went wrong is told in one line, whoever says it."""

import errno

import pytest

from bahriya_tui.failure import tell
from bahriya_tui.model.errors import BadInput, BahriyaError


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PermissionError(errno.EACCES, "no", "/x/y"), 5, "/x/y may not be used; look at its owner and mode"),
        (
            OSError(errno.ENOSPC, "No space left", "/x"),
            1,
            "[Errno 28] No space left: '/x'; see bahriya doctor",
        ),
        (BadInput("no terminal", "use ssh -t"), 2, "no terminal; use ssh -t"),
        (BadInput("no terminal"), 2, "no terminal"),
        (BadInput("a\x1b[2Jb\nc", "\x07d"), 2, "a\\x1b[2Jb\\nc; \\x07d"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: BahriyaError | OSError, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(error) == code
    assert capsys.readouterr().err == f"bahriya: {said}\n"
