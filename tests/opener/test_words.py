"""A region's words are passed on unless they hold any form of the credential."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.opener.send import docker_config
from bahriya_tui.opener.words import Spoken

TOKEN = 'tok"en ü/+-' + "0123456789abcdef"
CONFIG = docker_config("ghcr.io", "bot", TOKEN)
SPOKEN = Spoken("bot", TOKEN, CONFIG)
WITHHELD = "its reason is withheld: it repeats the credential"


@pytest.mark.parametrize(
    "quoted",
    [
        TOKEN,
        TOKEN[::-1],
        TOKEN[3:14],
        TOKEN.encode().hex(),
        quote(TOKEN),
        json.dumps(TOKEN),
        CONFIG.decode(),
        base64.b64encode(CONFIG).decode(),
        base64.b64encode(f"bot:{TOKEN}".encode()).decode(),
        *(base64.b64encode(b"x" * shift + TOKEN.encode() + b"y").decode() for shift in range(4)),
    ],
)
def test_every_form_of_the_credential_is_withheld(quoted: str) -> None:
    assert SPOKEN.without(f"admission webhook denied: {quoted}!") == WITHHELD


@pytest.mark.parametrize(
    "words",
    [
        'namespaces "bahriya-shop" not found',
        'secrets is forbidden: User "bot" cannot patch resource "secrets" at ghcr.io',
        'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data..dockerconfigjson',
    ],
)
def test_ordinary_words_are_passed_on(words: str) -> None:
    assert SPOKEN.without(words) == words


def test_a_short_credential_is_withheld_too() -> None:
    spoken = Spoken("bot", "s3cr", docker_config("ghcr.io", "bot", "s3cr"))
    assert spoken.without("invalid value: s3cr") == WITHHELD
    assert spoken.without("invalid value: redacted") == "invalid value: redacted"


def test_long_words_are_cut() -> None:
    assert len(SPOKEN.without("é" * 5000)) == 500


@given(st.text(), st.text(min_size=8, alphabet=st.characters(codec="ascii", categories=["L", "N"])))
def test_words_stay_on_one_line_and_never_hold_the_token(words: str, token: str) -> None:
    said = Spoken("bot", token, docker_config("ghcr.io", "bot", token)).without(words + token + words)
    assert said.isprintable()
    assert token not in said
