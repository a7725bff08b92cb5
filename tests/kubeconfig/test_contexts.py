"""What is pinned of each context, and that no text of a kubeconfig gets into an error."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.kubeconfig.contexts import pins
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.region import ContextPin
from tests.kubeconfig.config import config

PEM = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"
FINGERPRINT = hashlib.sha256(PEM.encode()).hexdigest()
DATA = base64.b64encode(PEM.encode()).decode()


def test_server_and_ca_are_pinned() -> None:
    text = yaml.safe_dump(config(cluster={"certificate-authority-data": DATA}))
    assert pins(text) == [ContextPin("here", "https://127.0.0.1:6443", FINGERPRINT)]


def test_a_ca_file_is_pinned_by_its_content_relative_to_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca.crt").write_text(PEM)
    text = json.dumps(config(cluster={"certificate-authority": "pki/ca.crt"}))
    assert pins(text, tmp_path)[0].ca_fingerprint == FINGERPRINT


def test_without_a_ca_the_systems_count() -> None:
    assert pins(json.dumps(config()))[0].ca_fingerprint == ""


def test_switching_verification_off_changes_the_pin() -> None:
    text = json.dumps(config(cluster={"insecure-skip-tls-verify": True, "certificate-authority-data": DATA}))
    assert pins(text)[0].ca_fingerprint == "not verified"


def test_contexts_keep_their_order_and_unusable_ones_are_left_out() -> None:
    document = config()
    document["contexts"] = [
        {"name": "b", "context": {"cluster": "c"}},
        {"name": "lost", "context": {"cluster": "gone"}},
        {"name": "unreadable", "context": {"cluster": "d"}},
        {"name": 5, "context": {"cluster": "c"}},
        "rubbish",
        {"name": "a", "context": {"cluster": "c"}},
    ]
    document["clusters"].append(
        {"name": "d", "cluster": {"server": "https://x", "certificate-authority": "/nowhere/ca"}}
    )
    assert [pin.context for pin in pins(json.dumps(document))] == ["b", "a"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "5",
        "a: [",
        "contexts: 5",
        "contexts: []",
        "\0",
        "\t- x",
        "!!python/object:os.x {}",
        "a: *b",
    ],
)
def test_what_is_no_kubeconfig_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        pins(text)
    assert refused.value.hint


def test_an_error_quotes_nothing_but_the_line(canary: str) -> None:
    text = f"contexts: []\nusers:\n- name: u\n  user:\n    token: {canary}: [\n"
    with pytest.raises(BadInput, match="not YAML, line 5") as refused:
        pins(text)
    assert canary not in str(refused.value)


FIELDS = ["name", "cluster", "context", "server", "user"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


@given(st.fixed_dictionaries({"contexts": values, "clusters": values, "users": values}))
def test_any_document_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        found = pins(json.dumps(document))
    except BadInput:
        return
    assert all(pin.server for pin in found)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = pins(text)
    except BadInput:
        return
    assert found
