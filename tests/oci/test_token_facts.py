"""What a token shows of itself, and that no part of it is told."""

import base64
import json
import string
from collections.abc import Callable
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model import clock
from bahriya_tui.model.token import KINDS, TokenFacts
from bahriya_tui.oci.token_facts import look

ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
SECRET = "Zm9vYmFy0123456789abcdefghijklmnopqrstuv"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def jwt(claims: object) -> str:
    """Write a JSON Web Token that nobody signed."""
    parts = (json.dumps({"alg": "none"}), json.dumps(claims), "signature")
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def google_key(secret: str) -> str:
    pem = f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n"
    key = {"type": "service_account", "private_key": pem, "client_email": "x@y.iam"}
    return json.dumps(key, indent=2)


def ecr(secret: str, **more: object) -> str:
    return encoded(json.dumps({"payload": secret, "datakey": secret, "version": "2", **more}))


def docker_config(secret: str, **more: str) -> str:
    return json.dumps({"auths": {"ghcr.io": {"auth": encoded(f"bob:{secret}"), **more}}})


def facts(token: str, server: str = "") -> TokenFacts:
    return look(token.encode(), server)


SHAPES: dict[str, Callable[[str], str]] = {
    **{kind.id: (lambda secret, prefix=kind.prefix: prefix + secret) for kind in KINDS if kind.prefix},  # type: ignore[misc]
    "google-key": google_key,
    "google-key-base64": lambda secret: encoded(google_key(secret)),
    "ecr": ecr,
    "jwt": lambda secret: jwt({"sub": secret}),
    "basic-auth": lambda secret: encoded(f"bob:{secret}"),
    "docker-config": docker_config,
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_kind_is_told_by_its_shape(kind: str) -> None:
    assert facts(SHAPES[kind](SECRET)).kind == kind


@pytest.mark.parametrize("kind", SHAPES)
def test_a_kind_is_told_also_with_blanks_around_it(kind: str) -> None:
    assert facts(f" {SHAPES[kind](SECRET)}\n").kind == kind


def test_every_kind_has_a_shape() -> None:
    assert {kind.id for kind in KINDS} == {*SHAPES, "aws-secret-key"}


@pytest.mark.parametrize(
    ("server", "kind"), [(ECR, "aws-secret-key"), ("public.ecr.aws", ""), ("registry.example", "")]
)
def test_the_secret_of_an_iam_key_is_told_where_one_may_be(server: str, kind: str) -> None:
    assert facts("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", server).kind == kind


@pytest.mark.parametrize("token", ["", "hunter2", "correct horse", "a.b.c", "0123456789abcdef", "{}", "AAAA"])
def test_what_has_no_shape_is_of_no_kind(token: str) -> None:
    assert (facts(token).kind, facts(token).expires_at) == ("", None)


END = "2027-01-15T08:00:00.000Z"


@pytest.mark.parametrize(
    "token",
    [
        jwt({"exp": 1_800_000_000}),
        jwt({"exp": 1_800_000_000.0}),
        "glcbt-" + jwt({"exp": 1_800_000_000}),
        ecr(SECRET, expiration=1_800_000_000),
    ],
)
def test_a_token_that_says_when_it_ends_is_believed(token: str) -> None:
    assert facts(token).expires_at == END


@given(end=st.integers() | st.floats())
def test_an_end_is_a_time_that_can_be_read_or_none(end: float) -> None:
    told = facts(jwt({"exp": end})).expires_at
    assert told is None or clock.stamp(clock.parse(told)) == told


@pytest.mark.parametrize("end", [True, "soon", None, 1e300, -1e300, -62e9, float("nan"), [1]])
def test_an_end_that_is_no_time_is_none(end: object) -> None:
    assert facts(jwt({"exp": end})).expires_at is None
    assert facts(ecr(SECRET, expiration=end)).expires_at is None


@pytest.mark.parametrize("claims", [[1], "text", 7, None])
def test_claims_that_are_no_object_are_no_web_token(claims: object) -> None:
    assert facts(jwt(claims)).kind == ""


def test_a_token_that_has_ended_already_says_so() -> None:
    assert any("has ended already" in note for note in facts(jwt({"exp": 1_000_000_000})).notes)
    assert facts(jwt({"exp": 32_000_000_000})).notes == ()


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (" hunter22", "begins with a blank"),
        ("hunter22 ", "docker login refuses"),
        ("hunter22\n", "ends in a blank"),
        ("hunter 22", "a blank inside"),
        ("hunter\n22", "several lines"),
        ("hunter\x0022", "control character"),
        ('"hunter22"', "in quotes"),
        ("'hunter22'", "in quotes"),
        ("“hunter22”", "in quotes"),
        ("Bearer hunter22", "HTTP header"),
        ("basic hunter22", "HTTP header"),
        ("$GHCR_TOKEN", "placeholder"),
        ("<your token>", "placeholder"),
        ("${{ secrets.TOKEN }}", "placeholder"),
        ("hüter", "beyond ASCII"),
        (encoded("bob:hunter22"), "USER:PASSWORD in base64"),
        (encoded("AWS:hunter22"), "what follows AWS:"),
        (docker_config("hunter22"), "import it instead"),
        (docker_config("hunter22", identitytoken="hunter22"), "which kubelets ignore"),
        ('{"type": "service_account", "private_key"', "cannot be read"),
        ('{"Username": "bob", "Secret": "hunter22"}', "not a token"),
        (google_key("hunter22").replace("\\n", "\\\\n"), "escaped twice"),
    ],
)
def test_what_looks_wrong_is_said(token: str, said: str) -> None:
    told = facts(token).notes
    assert [note for note in told if said in note], told
    assert "hunter22" not in "".join(told)


@pytest.mark.parametrize(
    "token",
    ["hunter22", "dckr_pat_" + SECRET, google_key(SECRET), jwt({"sub": "x"}), ecr(SECRET), "pa$$word"],
)
def test_of_what_looks_right_nothing_is_said(token: str) -> None:
    assert facts(token).notes == ()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_that_a_token_may_be_is_too_much(token: bytes) -> None:
    look(token, ECR)


@pytest.mark.parametrize("opening", ["{", '{"a":', "[", "e30." + "[" * 40])
def test_json_without_end_is_not_too_deep(opening: str) -> None:
    facts(opening * 20_000)
    facts(encoded(opening * 20_000))


secrets = st.text(string.ascii_letters + string.digits, min_size=20, max_size=60)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@given(one=secrets, other=secrets)
def test_what_is_told_does_not_depend_on_the_secret(
    shape: Callable[[str], str], one: str, other: str
) -> None:
    told = facts(shape(one))
    assert told == facts(shape(other))
    written = json.dumps(asdict(told))
    assert not any(one[at : at + 6] in written for at in range(len(one) - 5))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("around", ["{}", " {} ", '"{}"', "Bearer {}", "{}\n\nmore"])
def test_no_part_of_a_token_is_told(shape: Callable[[str], str], around: str, canary: str) -> None:
    token = around.replace("{}", shape(canary))
    written = json.dumps(asdict(facts(token, ECR)))
    pieces = (canary, encoded(canary))
    assert not any(piece[at : at + 6] in written for piece in pieces for at in range(len(piece) - 5))
