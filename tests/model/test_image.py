"""Image references mean what nodes take them for."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import HUB, parse, require_version
from tests.model.references import mutated

HEX = "0123456789abcdef" * 4
SHA = f"sha256:{HEX}"

VALID = [
    ("nginx", "docker.io/library/nginx", "nginx"),
    ("nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27"),
    (f"nginx@{SHA}", f"docker.io/library/nginx@{SHA}", f"nginx@{SHA}"),
    (f"nginx:1.27@{SHA}", f"docker.io/library/nginx:1.27@{SHA}", f"nginx:1.27@{SHA}"),
    (f"nginx@sha512:{HEX}{HEX}", f"docker.io/library/nginx@sha512:{HEX}{HEX}", f"nginx@sha512:{HEX}{HEX}"),
    ("acme/api:v1", "docker.io/acme/api:v1", "acme/api:v1"),
    ("docker.io/nginx", "docker.io/library/nginx", "nginx"),
    ("index.docker.io/nginx", "docker.io/library/nginx", "nginx"),
    ("docker.io/library/a/b", "docker.io/library/a/b", "library/a/b"),
    ("docker.io:443/nginx", "docker.io:443/nginx", "docker.io:443/nginx"),
    ("registry-1.docker.io/acme/api", "registry-1.docker.io/acme/api", "registry-1.docker.io/acme/api"),
    ("ghcr.io/acme/api:v1", "ghcr.io/acme/api:v1", "ghcr.io/acme/api:v1"),
    ("GHCR.io/acme/api", "GHCR.io/acme/api", "GHCR.io/acme/api"),
    ("Acme/api", "Acme/api", "Acme/api"),
    ("localhost/api", "localhost/api", "localhost/api"),
    ("localhost", "docker.io/library/localhost", "localhost"),
    ("localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"),
    ("myhost/api", "docker.io/myhost/api", "myhost/api"),
    ("myhost:5000/api:v1", "myhost:5000/api:v1", "myhost:5000/api:v1"),
    ("127.0.0.1:5000/team/app:v1", "127.0.0.1:5000/team/app:v1", "127.0.0.1:5000/team/app:v1"),
    ("[fd00::1]:5000/app", "[fd00::1]:5000/app", "[fd00::1]:5000/app"),
    ("a__b/c--d/e.f_g:A_.-", "docker.io/a__b/c--d/e.f_g:A_.-", "a__b/c--d/e.f_g:A_.-"),
    ("nginx:" + "t" * 128, "docker.io/library/nginx:" + "t" * 128, "nginx:" + "t" * 128),
    ("h" * 300 + ".io/app", "h" * 300 + ".io/app", "h" * 300 + ".io/app"),
    ("x.io/" + "p" * 255, "x.io/" + "p" * 255, "x.io/" + "p" * 255),
]

INVALID = [
    ("", "no image"),
    (" nginx", "blanks"),
    ("nginx\n", "blanks"),
    ("nginx\t:1", "no valid reference"),
    ("https://ghcr.io/acme/api", "URL"),
    ("op:pw@ghcr.io/acme/api", "@ before its registry"),
    ("op@ghcr.io/acme/api", "no host"),
    (HEX, "image id"),
    ("Nginx", "capital"),
    ("ghcr.io/Acme/api", 'write "ghcr.io/acme/api"'),
    ("my_host.com/api", "no host"),
    ("-host.io/api", "no host"),
    ("host-.io/api", "no host"),
    (".io/api", "no host"),
    ("a..b/api", "no host"),
    ("host.io:/api", "no host"),
    ("host.io:x/api", "no host"),
    ("[fd00::1%eth0]/api", "no host"),
    ("[::ffff:1.2.3.4]/api", "no host"),
    ("nginx@sha256:abc/def", "no host"),
    ("/nginx", "no valid reference"),
    ("nginx/", "no valid reference"),
    ("a//b", "no valid reference"),
    ("a___b", "no valid reference"),
    ("a.-b", "no valid reference"),
    ("_a", "no valid reference"),
    ("a b", "no valid reference"),
    ("nginx²", "no valid reference"),
    ("İ", "no valid reference"),
    ("ghcr.io/", "no valid reference"),
    ("nginx:", "no valid tag"),
    ("nginx:-1", "no valid tag"),
    ("nginx:.1", "no valid tag"),
    ("nginx:ü", "no valid tag"),
    ("nginx:1:2", "no valid tag"),
    ("nginx:" + "t" * 129, "no valid tag"),
    ("nginx@", "no valid digest"),
    ("nginx@sha256", "no valid digest"),
    (f"nginx@{SHA}0", "no valid digest"),
    (f"nginx@{SHA[:-1]}", "no valid digest"),
    (f"nginx@{SHA[:-1]}A", "no valid digest"),
    (f"nginx@SHA256:{HEX}", "no valid digest"),
    (f"nginx@md5:{HEX[:32]}", "no valid digest"),
    (f"nginx@{SHA}@{SHA}", "no valid digest"),
    (f"nginx@{SHA}:1", "no valid digest"),
    ("x.io/" + "p" * 256, "at most 255"),
]


@pytest.mark.parametrize(("text", "normalised", "familiar"), VALID)
def test_a_valid_reference_has_its_long_and_short_form(text: str, normalised: str, familiar: str) -> None:
    image = parse(text)
    assert (image.normalised, image.familiar, image.input) == (normalised, familiar, text)


@pytest.mark.parametrize(("text", "reason"), INVALID)
def test_an_invalid_reference_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(text)
    assert reason in str(refusal.value)
    assert str(refusal.value).isprintable()


def test_the_parts_of_a_reference_are_told_apart() -> None:
    image = parse(f"ghcr.io:8443/acme/api:v1@{SHA}")
    assert (image.domain, image.path, image.tag, image.digest) == ("ghcr.io:8443", "acme/api", "v1", SHA)
    assert image.repository == "ghcr.io:8443/acme/api"


def test_an_image_without_tag_and_digest_is_refused_with_an_example() -> None:
    with pytest.raises(BadInput, match=r'image "nginx" has no tag or digest.*nginx:1\.0'):
        require_version(parse("nginx"))


@pytest.mark.parametrize("text", ["nginx:1", f"nginx@{SHA}"])
def test_a_tag_or_a_digest_is_version_enough(text: str) -> None:
    assert require_version(parse(text)) == parse(text)


@pytest.mark.parametrize(
    "form",
    [
        "https://op:{}@ghcr.io/acme/api:v1",
        "https://op:a/{}@x.io/a",
        "op:{}@ghcr.io/a:v1",
        "op:{}@ghcr.io",
        "op:a/{}@ghcr.io",
        "op:a@{}@ghcr.io/a:v1",
        "op:{}@sha.example.com/a:v1",
        " op:{}@ghcr.io/a:v1",
    ],
)
def test_a_login_typed_into_an_image_is_not_repeated(form: str, canary: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(form.format(canary))
    assert canary not in str(refusal.value)


_COMPONENT = "[a-z0-9]+(([_.]|__|-+)[a-z0-9]+)*"
_NAME = "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"({_NAME}(\.{_NAME})*|\[[a-fA-F0-9:]+\])(:[0-9]+)?"
_DIGEST = "(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})"
GRAMMAR = re.compile(
    f"(?P<domain>{_HOST})/(?P<path>{_COMPONENT}(/{_COMPONENT})*)"
    f"(:(?P<tag>[a-zA-Z0-9_][a-zA-Z0-9_.-]{{0,127}}))?(@(?P<digest>{_DIGEST}))?"
)
MANY = 200_000


def accepted_by_the_grammar(text: str) -> tuple[str | None, ...] | None:
    """Read a reference with the grammar as one expression: domain, path, tag, digest."""
    first, slash, rest = text.partition("/")
    if not slash or (first not in ("localhost",) and not re.search("[.:]", first) and first == first.lower()):
        first, rest = "docker.io", text
    if first == "index.docker.io":
        first = "docker.io"
    if first == "docker.io" and "/" not in rest:
        rest = "library/" + rest
    match = GRAMMAR.fullmatch(f"{first}/{rest}")
    if match is None or len(match["path"]) > 255 or re.fullmatch("[a-f0-9]{64}", text):
        return None
    return match["domain"], match["path"], match["tag"], match["digest"]


def assert_read_as_the_grammar_says(text: str) -> bool:
    """Check what becomes of any text; give whether it is a reference."""
    expected = accepted_by_the_grammar(text)
    if expected is None:
        with pytest.raises(BadInput) as refusal:
            parse(text)
        assert str(refusal.value).isprintable()
        return False
    image = parse(text)
    assert (image.domain, image.path, image.tag, image.digest) == expected
    assert parse(image.normalised) == replace(image, input=image.normalised)
    if image.domain != HUB or accepted_by_the_grammar(image.familiar) == expected:
        assert parse(image.familiar) == replace(image, input=image.familiar)
    else:
        # As in the original: a Hub user named like a host, or a path of 64 hex digits.
        first = image.path.removeprefix("library/").partition("/")[0]
        assert first == "localhost" or "." in first or re.fullmatch("[a-f0-9]{64}", image.familiar)
    return True


@given(st.text())
def test_any_text_is_either_refused_or_read_as_the_grammar_says(text: str) -> None:
    assert_read_as_the_grammar_says(text)


def test_two_hundred_thousand_mutated_references_are_read_as_the_grammar_says_and_read_back() -> None:
    valid = sum(assert_read_as_the_grammar_says(text) for text in mutated(MANY, seed=20))
    assert MANY * 0.4 < valid < MANY * 0.6


REFUSED_OR_REPORTED = """
import sys
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import parse

for start in ("", "a:", "ghcr.io/"):
    try:
        parse(start + {piece!r} * 1_000_000)
    except BadInput as error:
        assert len(str(error)) < 1000
    else:
        sys.exit("taken")
"""


@pytest.mark.parametrize("piece", ["/", "a/", "@", "a@", ":", "a:@/", "//", "-", "a-", "_", "A", "[", "\0"])
def test_a_megabyte_of_anything_is_refused_and_does_not_hang(piece: str) -> None:
    # What is quadratic would take hours.
    subprocess.run([sys.executable, "-c", REFUSED_OR_REPORTED.format(piece=piece)], timeout=60, check=True)


@pytest.mark.parametrize("text", [case[0] for case in VALID])
def test_the_short_form_of_a_usual_image_is_read_back_as_the_same_image(text: str) -> None:
    assert parse(parse(text).familiar).normalised == parse(text).normalised


def test_reading_references_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "import bahriya_tui.model.image, bahriya_tui.model.server, bahriya_tui.model.matching\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"asyncio", "aiohttp", "cryptography", "email", "http", "kubernetes", "logging", "socket", "ssl"}
    assert heavy.isdisjoint(loaded)
    assert "bahriya_tui" in loaded
