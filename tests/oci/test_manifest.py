"""What the answer to a manifest request means, in the words of each provider."""

import pytest

from bahriya_tui.model.check import Verdict
from bahriya_tui.model.image import parse
from bahriya_tui.oci.manifest import verdict
from bahriya_tui.oci.unreachable import Limited, Unreachable
from bahriya_tui.oci.wire import Answer

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
PULL, PUSH, ALL, NONE = (frozenset(one) for one in (["pull"], ["push"], ["*"], []))


@pytest.mark.parametrize(
    ("image", "lacks"),
    [
        ("ghcr.io/acme/api:v1", "the token lacks read:packages for acme/api"),
        (f"{ECR}/acme/api:v1", "the token lacks ecr:BatchGetImage for acme/api"),
        ("acme/api:v1", "the token lacks read access for acme/api"),
        ("registry.example.com/acme/api:v1", "the token lacks read access for acme/api"),
    ],
)
def test_a_right_has_the_name_that_its_provider_gives_it(image: str, lacks: str) -> None:
    found = verdict(Answer(403, {}, b""), parse(image), True, None)
    assert found == ("denied", f"{lacks}: give it that right, or correct the name")


@pytest.mark.parametrize(
    ("status", "accepted", "granted", "found", "said"),
    [
        (200, True, NONE, "ok", "serves it"),
        (404, True, PULL, "not found", "push it, or correct the name"),
        (404, True, ALL, "not found", "push it, or correct the name"),
        (404, True, None, "not found", "or the token lacks read:packages"),
        (404, True, NONE, "denied", "the token lacks read:packages"),
        (404, True, PUSH, "denied", "the token lacks read:packages"),
        (404, False, None, "not found", "or the token lacks read:packages"),
        (401, True, NONE, "denied", "the token lacks read:packages"),
        (403, True, None, "denied", "the token lacks read:packages"),
        (403, True, PULL, "denied", "the registry refuses acme/api, although the right is there"),
        (403, False, None, "denied", "the login is wrong, or its token lacks read:packages"),
    ],
)
def test_what_was_granted_tells_a_missing_right_from_a_missing_image(
    status: int, accepted: bool, granted: frozenset[str] | None, found: Verdict, said: str
) -> None:
    told, reason = verdict(Answer(status, {}, b""), parse("ghcr.io/acme/api:v1"), accepted, granted)
    assert (told, said in reason) == (found, True), reason


@pytest.mark.parametrize(
    ("status", "limited", "said"),
    [
        (429, True, "leave it alone for a while"),
        (307, False, "redirects elsewhere (307)"),
        (503, False, "in trouble itself (503)"),
        (418, False, "answered 418"),
    ],
)
def test_an_answer_that_is_neither_yes_nor_no_proves_nothing(status: int, limited: bool, said: str) -> None:
    with pytest.raises(Unreachable) as told:
        verdict(Answer(status, {}, b""), parse("ghcr.io/acme/api:v1"), True, None)
    assert said in told.value.reason
    assert isinstance(told.value, Limited) is limited
