"""The logins in files of Docker and Podman, and in pull secrets; whatever is in them, no secret is told."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.oci.credential_files import MOST_BYTES, Entry, entries, helped, of_data

TOKEN = "canary-5f0c3a9e17d84b62a1c4e6f80d2b7395"


def auth(user: str = "bot", token: str = TOKEN) -> str:
    return base64.b64encode(f"{user}:{token}".encode()).decode()


def read(document: Any) -> list[Entry]:
    return entries(json.dumps(document).encode())


def one(value: Any, key: str = "ghcr.io") -> Entry:
    (entry,) = read({"auths": {key: value}})
    return entry


def pull_secret(name: str = "pull", type_: str = "dockerconfigjson", **changes: Any) -> dict[str, Any]:
    logins = {"ghcr.io": {"auth": auth()}}
    content = {"auths": logins} if type_ == "dockerconfigjson" else logins
    return {
        "kind": "Secret",
        "type": f"kubernetes.io/{type_}",
        "metadata": {"name": name, "namespace": "legacy"},
        "data": {f".{type_}": base64.b64encode(json.dumps(content).encode()).decode()},
        **changes,
    }


FORMS = {
    "auth": {"auths": {"ghcr.io": {"auth": auth()}}},
    "fields": {"auths": {"ghcr.io": {"username": "bot", "password": TOKEN}}},
    "auth wins": {"auths": {"ghcr.io": {"auth": auth(), "username": "x", "password": "y"}}},
    "no padding": {"auths": {"ghcr.io": {"auth": auth().rstrip("=")}}},
    "line ends": {"auths": {"ghcr.io": {"auth": f"{auth()[:20]}\n{auth()[20:]}\n"}}},
    "zero bytes": {"auths": {"ghcr.io": {"auth": auth(token=f"{TOKEN}\0\0")}}},
    "dockercfg": {"ghcr.io": {"auth": auth(), "email": "me@example.com"}},
    "secret": pull_secret(),
    "old secret": pull_secret(type_="dockercfg"),
    "list": {"kind": "List", "items": [pull_secret(), {"kind": "Secret", "type": "Opaque"}]},
    "stale store": {"auths": {"ghcr.io": {"auth": auth()}}, "credsStore": "desktop"},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_login_is_read_in_every_form(form: Any) -> None:
    entry = read(form)[0]
    assert (entry.kind, entry.server, entry.username, entry.secret.decode()) == (
        "login",
        "ghcr.io",
        "bot",
        TOKEN,
    )
    assert entry.reason == ""


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    (entry,) = entries(b"\xef\xbb\xbf" + json.dumps(FORMS["auth"]).encode())
    assert entry.username == "bot"


def test_a_password_may_hold_a_colon() -> None:
    assert one({"auth": auth(token="a:b:c")}).secret == b"a:b:c"


@pytest.mark.parametrize(
    ("key", "server", "said"),
    [
        ("https://index.docker.io/v1/", "docker.io", ""),
        ("hub.docker.com", "docker.io", "Docker Hub"),
        ("quay.io/org", "quay.io", "the path"),
        ("https://Registry.Example.com:5000/v2/", "registry.example.com:5000", "small"),
    ],
)
def test_the_key_becomes_a_server_with_a_word_about_it(key: str, server: str, said: str) -> None:
    entry = one({"auth": auth()}, key)
    assert (entry.key, entry.server) == (key, server)
    assert said in " ".join(entry.notes)
    assert bool(entry.notes) == bool(said)


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ({"auth": auth("u", ""), "identitytoken": "abc"}, "identity token", "nodes ignore"),
        ({"registrytoken": "abc"}, "identity token", "registry token"),
        ({"username": "<token>", "password": TOKEN}, "identity token", "nodes ignore"),
        ({"auth": "not base64!"}, "unreadable", "base64"),
        ({"auth": base64.b64encode(TOKEN.encode()).decode()}, "unreadable", "base64"),
        ({"auth": base64.b64encode(b"u:\xff").decode()}, "unreadable", "UTF-8"),
        ({"auth": 7}, "unreadable", "base64"),
        ({"username": "bot"}, "unreadable", "no password"),
        ({"username": "bo\nt", "password": TOKEN}, "unreadable", "cannot be sent"),
        ({"username": TOKEN, "password": TOKEN}, "unreadable", "kept readable"),
        ({}, "unreadable", "no user name"),
    ],
)
def test_what_cannot_be_taken_says_why(value: Any, kind: str, said: str) -> None:
    entry = one(value)
    assert entry.kind == kind
    assert said in entry.reason
    assert entry.secret == b""
    assert TOKEN not in entry.username + entry.reason


def test_of_digital_ocean_the_token_is_not_kept_as_the_user_name() -> None:
    entry = one({"auth": auth(TOKEN)}, "registry.digitalocean.com")
    assert (entry.kind, entry.username, entry.secret.decode()) == ("login", "token", TOKEN)
    assert "takes its place" in entry.notes[0]


@pytest.mark.parametrize("key", [f"me:{TOKEN}@ghcr.io", "myhost", "*.example.com", ""])
def test_a_key_that_is_no_server_is_told_without_what_may_be_a_password(key: str) -> None:
    entry = one({"auth": auth()}, key)
    assert (entry.kind, entry.secret) == ("unreadable", b"")
    assert TOKEN not in repr(entry) + entry.key


def test_a_host_with_a_helper_is_asked_of_it_and_marks_of_a_store_of_that() -> None:
    found = read(
        {
            "auths": {"ghcr.io": {"auth": auth()}, "quay.io": {}, "docker.io": {"auth": auth()}},
            "credHelpers": {"ghcr.io": "pass"},
            "credsStore": "desktop",
        }
    )
    assert [(one.key, one.kind, one.helper) for one in found] == [
        ("ghcr.io", "helper", "pass"),
        ("quay.io", "helper", "desktop"),
        ("docker.io", "login", ""),
    ]


@pytest.mark.parametrize("name", ["../../bin/sh", "a b", "", 7, "-x", "a/b"])
def test_a_helper_with_another_name_than_a_helpers_is_not_run(name: Any) -> None:
    (entry,) = read({"credHelpers": {"ghcr.io": name}})
    assert (entry.kind, entry.helper) == ("unreadable", "")


def test_a_helper_answers_for_its_entry() -> None:
    (asked,) = read({"credHelpers": {"ghcr.io": "pass"}})
    answer = json.dumps({"ServerURL": "elsewhere.example", "Username": "bot", "Secret": TOKEN}).encode()
    entry = helped(asked, answer)
    assert (entry.kind, entry.server, entry.username, entry.secret.decode()) == (
        "login",
        "ghcr.io",
        "bot",
        TOKEN,
    )
    token = json.dumps({"Username": "<token>", "Secret": TOKEN}).encode()
    assert helped(asked, token).kind == "identity token"
    assert helped(asked, TOKEN.encode()).kind == "unreadable"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"7", TOKEN.encode(), b"\xff", b"[" * 100_000, b" " * (MOST_BYTES + 1)],
    ids=["nothing", "list", "number", "a token", "no text", "deep", "long"],
)
def test_what_is_no_file_of_logins_is_refused_in_general_words(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        entries(content)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("content", [b"{}", b'{"auths": {}}', b'{"HttpHeaders": {"User-Agent": "x"}}'])
def test_a_file_without_logins_has_none(content: bytes) -> None:
    assert entries(content) == []


@pytest.mark.parametrize(
    "changes",
    [{"type": "Opaque"}, {"data": {}}, {"data": {".dockerconfigjson": "%"}}, {"data": 7}, {"type": None}],
)
def test_a_secret_that_nodes_ignore_is_refused(changes: dict[str, Any]) -> None:
    (entry,) = read(pull_secret(**changes))
    assert (entry.kind, entry.of) == ("unreadable", "legacy/pull")
    with pytest.raises(BadInput):
        of_data(str({**pull_secret(), **changes}["type"]), {})


WHOLE = [json.dumps(form).encode() for form in FORMS.values()]


@settings(max_examples=2000)
@given(st.sampled_from(WHOLE), st.data())
def test_a_mutated_file_is_read_or_refused_and_tells_no_secret(whole: bytes, data: st.DataObject) -> None:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from([b"", b"\0", b"{", b"]", b'"', b"7", b"null", b"\xff", b"=", b":", b"{}", b"\\u"])
        )
    try:
        found = entries(bytes(content))
    except BadInput as refused:
        told = f"{refused}"
    else:
        told = repr(found)
    # Half of it: what a mutation left of the token.
    assert TOKEN[:20] not in told
    assert TOKEN[-20:] not in told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["auths", "credHelpers", "credsStore", "kind", "items", "type", "metadata", "data", "auth"]
NAMES += ["username", "password", "identitytoken", ".dockerconfigjson", "ghcr.io"]


@settings(max_examples=1000)
@given(
    st.recursive(
        json_values | st.sampled_from(["Secret", "List", "kubernetes.io/dockerconfigjson", auth()]),
        lambda inner: (
            st.dictionaries(st.sampled_from(NAMES), inner, max_size=4) | st.lists(inner, max_size=2)
        ),
        max_leaves=12,
    )
)
def test_json_of_any_shape_is_read_or_refused(document: Any) -> None:
    try:
        found = read(document)
    except BadInput:
        return
    for entry in found:
        assert (entry.kind == "login") == bool(entry.secret)
        assert entry.reason or entry.kind in ("login", "helper")
