"""What a check found, in one sentence."""

import pytest

from bahriya_tui.model.check import CheckResult, ImageResult, Verdict, sentence
from bahriya_tui.model.image import parse


def result(verdict: Verdict, image: str = "ghcr.io/acme/api:v1", reason: str = "why") -> ImageResult:
    return ImageResult(parse(image), verdict, reason)


OK = result("ok", "ghcr.io/acme/web:v1")


@pytest.mark.parametrize(
    ("found", "said", "good", "refused"),
    [
        (CheckResult("accepted", ""), "login accepted", True, False),
        (CheckResult("rejected", "wrong", (result("denied"),)), "login rejected: wrong", False, True),
        (
            CheckResult("not proven", "no DNS", (result("not proven", reason="no DNS"),)),
            "login not proven: no DNS",
            False,
            False,
        ),
        (CheckResult("not needed", "open"), "no login needed: open", True, False),
        (
            CheckResult("accepted", "", (OK,)),
            "login accepted; ghcr.io/acme/web:v1 can be pulled",
            True,
            False,
        ),
        (
            CheckResult("accepted", "", (OK, result("denied"))),
            "login works, but why (and 1 more checked)",
            False,
            True,
        ),
        (
            CheckResult("accepted", "", (result("public", "nginx:1"),)),
            "login accepted; nginx:1 can be pulled, but it is public and proves nothing",
            True,
            False,
        ),
        (
            CheckResult("accepted", "", (result("not found"), OK)),
            "login works, but ghcr.io/acme/api:v1 was not found: why (and 1 more checked)",
            False,
            True,
        ),
        (CheckResult("not proven", "not tried", repeats=3), "this is the token of v3 again", False, True),
        (
            CheckResult("accepted", "", (result("not proven"),)),
            "login accepted; ghcr.io/acme/api:v1 could not be checked: why",
            False,
            False,
        ),
    ],
)
def test_the_worst_finding_is_the_one_that_is_told(
    found: CheckResult, said: str, good: bool, refused: bool
) -> None:
    assert (sentence(found), found.good, found.refused) == (said, good, refused)
