"""The server field: mistakes with one meaning are repaired aloud, others refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import parse
from bahriya_tui.model.matching import serves
from bahriya_tui.model.server import api_base, auth_key, is_loopback, normalise

REPAIRED = [
    ("ghcr.io", "ghcr.io", ""),
    ("registry.example.com:5000", "registry.example.com:5000", ""),
    ("127.0.0.1:5000", "127.0.0.1:5000", ""),
    ("localhost", "localhost", ""),
    ("registry:5000", "registry:5000", ""),
    ("[fd00::1]:5000", "[fd00::1]:5000", ""),
    ("  ghcr.io\n", "ghcr.io", "blanks"),
    ("GHCR.IO", "ghcr.io", "capital letters"),
    ("https://ghcr.io", "ghcr.io", "https:// was left out"),
    ("HTTP://ghcr.io", "ghcr.io", "--plain-http"),
    ("oci://ghcr.io", "ghcr.io", "oci://"),
    ("ghcr.io/", "ghcr.io", "/ at the end"),
    ("https://ghcr.io/v2", "ghcr.io", "/v2 was left out"),
    ("https://ghcr.io/v1/", "ghcr.io", "/v1/ was left out"),
    ("registry.gitlab.com/acme/app", "registry.gitlab.com", '"/acme/app"'),
    ("ghcr.io/acme/api:v1", "ghcr.io", '"/acme/api:v1"'),
    ("ghcr.io:443", "ghcr.io", ":443"),
    ("ghcr.io.", "ghcr.io", "dot at the end"),
    ("docker.io", "docker.io", ""),
    ("https://index.docker.io/v1/", "docker.io", "Docker Hub"),
    ("registry-1.docker.io", "docker.io", "Docker Hub"),
    ("hub.docker.com", "docker.io", "Docker Hub"),
    ("registry.hub.docker.com", "docker.io", "Docker Hub"),
    ("bücher.example", "xn--bcher-kva.example", "xn--bcher-kva"),
    ("[FD00:0:0::1]:05000", "[fd00::1]:5000", ""),
    ("[fd00::1]:443", "[fd00::1]:443", ""),
    (f"ghcr.io/acme/api@sha256:{'0' * 64}", "ghcr.io", "belongs to the image"),
]

MISTAKES = [
    ("a scheme", "https://ghcr.io", "ghcr.io", "https:// was left out"),
    ("a scheme twice", "https://https://ghcr.io", "ghcr.io", "https:// was left out"),
    ("a scheme with one slash", "https:/ghcr.io", "ghcr.io", "https:// was left out"),
    ("plain HTTP by its scheme", "http://reg.example.com", "reg.example.com", "(--plain-http)"),
    ("a slash at the end", "ghcr.io/", "ghcr.io", "the / at the end was left out"),
    ("the path of the API", "ghcr.io/v1/", "ghcr.io", "/v1/ was left out: it belongs to the API"),
    ("the path of the API, a dead key", "ghcr.io/v2", "ghcr.io", "/v2 was left out: it belongs to the API"),
    (
        "an image",
        "registry.gitlab.com/acme/app",
        "registry.gitlab.com",
        '"/acme/app" was left out: it belongs',
    ),
    ("an image with a tag", "ghcr.io/acme/api:v1", "ghcr.io", "it belongs to the image"),
    ("Docker Hub's site", "hub.docker.com", "docker.io", "hub.docker.com is Docker Hub, stored as docker.io"),
    ("Docker Hub's API", "registry-1.docker.io", "docker.io", "Docker Hub, stored as docker.io"),
    ("Docker Hub's search", "registry.hub.docker.com", "docker.io", "Docker Hub, stored as docker.io"),
    ("Docker Hub's key", "https://index.docker.io/v1/", "docker.io", "Docker Hub, stored as docker.io"),
    ("Docker Hub's company", "docker.com", "docker.io", "Docker Hub, stored as docker.io"),
    ("GitLab's pages", "registry.gitlab.io", "registry.gitlab.io", "did you mean registry.gitlab.com?"),
    ("GitLab's site", "gitlab.com", "gitlab.com", "did you mean registry.gitlab.com?"),
    ("another ending for GHCR", "ghcr.com", "ghcr.com", "did you mean ghcr.io?"),
    ("GHCR's letters turned", "gchr.io", "gchr.io", "did you mean ghcr.io?"),
    ("GitHub's site", "github.com", "github.com", "did you mean ghcr.io?"),
    ("another ending for Google", "gcr.com", "gcr.com", "did you mean gcr.io?"),
    ("another ending for Quay", "quay.com", "quay.com", "did you mean quay.io?"),
    ("blanks from a paste", " ghcr.io\n", "ghcr.io", "blanks around it were left out"),
    ("a port that is implied", "ghcr.io:443", "ghcr.io", "the port :443 was left out"),
    ("capital letters", "GHCR.io", "ghcr.io", "capital letters were made small"),
    ("what a paste hid in it", "ghcr\u200b.io", "ghcr.io", "written in ASCII: ghcr.io"),
    ("a name in another script", "bücher.example", "xn--bcher-kva.example", "written in ASCII"),
]
REFUSALS = [
    ("no host, which would mean Docker Hub", "https://", "names no host"),
    ("no host before a path", "https:///x", "names no host"),
    ("one word, which would be a Hub user", "registry", "nodes would read it as a Docker Hub user"),
    ("a login before the host", "bot:secret@ghcr.io", "user name and password have fields of their own"),
    ("a port that is none", "ghcr.io:https", "a port is a number from 1 to 65535"),
    ("a wildcard", "*.azurecr.io", "wildcards cannot be used to log in"),
    ("an address without brackets", "fd00::1", "write an IPv6 address in brackets"),
    ("an address without a port", "[fd00::1]", "only with its port"),
]

REFUSED = [
    ("", "names no host"),
    ("   ", "names no host"),
    ("https://", "names no host"),
    ("https:///x", "names no host"),
    (":5000", "names no host"),
    ("registry", 'server "registry" is no host'),
    ("Registry", "Docker Hub user"),
    ("ftp://ghcr.io", "unknown scheme"),
    ("op:secret@ghcr.io", "contains an @"),
    ("ghcr.io:http", "no valid port"),
    ("ghcr.io:", "no valid port"),
    ("ghcr.io:0", "no valid port"),
    ("ghcr.io:65536", "no valid port"),
    ("ghcr.io:٥٠٠٠", "no valid port"),
    ("fd00::1", "brackets"),
    ("[fd00::zz]:5000", "no IPv6 address"),
    ("[fd00123]:5000", "no IPv6 address"),
    ("[fd00::1]", "only with its port, here and in images: [fd00::1]:443"),
    ("https://user@ghcr.io/acme", "contains an @"),
    ("ghcr.io/acme/api@sha1:00", "contains an @"),
    ("registry.example.com:/x", "no valid port"),
    ("[fe80::1%eth0]:5000", "zone"),
    ("[::ffff:10.0.0.1]:5000", "IPv4 mapping"),
    ("1.2.3", "no IPv4 address"),
    ("256.1.1.1", "no IPv4 address"),
    ("10.0.0.01", "no IPv4 address"),
    ("*.azurecr.io", "wildcards"),
    ("my_host.com", "no host"),
    ("ghcr .io", "no host"),
    ("ghcr.io?x=1", "no host"),
    ("ghcr.io#x", "no host"),
    ("ghcr..io", "no host"),
    ("-ghcr.io", "no host"),
    ("ghcr-.io", "no host"),
    ("<your-registry>.com", "no host"),
    ("ghcr.io\x00", "no host"),
    ("a" * 64 + ".io", "no host"),
    (".".join(["abcdefgh"] * 30), "no host"),
    ("ü" * 80 + ".io", "no host"),
    (".", "no host"),
]


@pytest.mark.parametrize(("text", "host", "note"), REPAIRED)
def test_a_server_is_stored_as_a_host_and_every_repair_is_told(text: str, host: str, note: str) -> None:
    server = normalise(text)
    assert server.host == host
    assert note in " ".join(server.notes)
    assert bool(server.notes) == bool(note)


@pytest.mark.parametrize(
    ("text", "host", "note"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
def test_a_usual_mistake_is_repaired_or_questioned_with_a_word(text: str, host: str, note: str) -> None:
    server = normalise(text)
    assert server.host == host
    assert note in server.notes[-1]


@pytest.mark.parametrize(
    ("text", "reason"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS]
)
def test_a_usual_mistake_without_one_meaning_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        normalise(text)
    assert reason in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_server_that_is_no_host_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as refusal:
        normalise(text)
    assert reason in str(refusal.value)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "form", ["https://op:{}@ghcr.io", "op:{}@ghcr.io/x", "op:a/{}@ghcr.io", "{}@ghcr.io", "op:{}@"]
)
def test_a_password_typed_into_the_server_is_not_repeated(form: str, canary: str) -> None:
    with pytest.raises(BadInput) as refusal:
        normalise(form.format(canary))
    assert canary not in str(refusal.value)


@given(
    st.text()
    | st.sampled_from([case[0] for case in REPAIRED] + [case[1] for case in MISTAKES]).flatmap(
        lambda t: st.permutations(t).map("".join)
    )
)
def test_any_text_is_refused_or_stored_in_a_form_that_stays(text: str) -> None:
    try:
        host = normalise(text).host
    except BadInput:
        return
    again = normalise(host)
    assert (again.host, [note for note in again.notes if "did you mean" not in note]) == (host, [])
    assert serves(host, parse(f"{host}/team/app:v1"))


@pytest.mark.parametrize(
    ("host", "key"),
    [("docker.io", "https://index.docker.io/v1/"), ("ghcr.io", "ghcr.io"), ("a:5000", "a:5000")],
)
def test_the_key_of_a_pull_secret_is_the_one_nodes_look_for(host: str, key: str) -> None:
    assert auth_key(host) == key


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:5000", "127.0.0.1", "127.9.9.9:80", "[::1]:5000", "a.localhost"]
)
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["ghcr.io", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::2]"]
)
def test_other_machines_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "plain", "ca_file", "base"),
    [
        ("ghcr.io", False, None, "https://ghcr.io"),
        ("docker.io", False, None, "https://registry-1.docker.io"),
        ("127.0.0.1:5000", False, None, "http://127.0.0.1:5000"),
        ("127.0.0.1:5000", False, "ca.pem", "https://127.0.0.1:5000"),
        ("reg.example.com:5000", True, None, "http://reg.example.com:5000"),
    ],
)
def test_the_api_is_asked_over_https_unless_declared_plain(
    host: str, plain: bool, ca_file: str | None, base: str
) -> None:
    assert api_base(host, plain, ca_file) == base
