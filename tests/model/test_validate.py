"""The proxy of a registry: scheme, host and port, and nothing that could be a password."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.validate import proxy


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("http://proxy.example.com:3128", "http://proxy.example.com:3128"),
        ("https://proxy:8443", "https://proxy:8443"),
        (" HTTP://Proxy.Example.com:03128/ ", "http://proxy.example.com:3128"),
        ("http://10.0.0.5:1", "http://10.0.0.5:1"),
        ("http://[FD00::0001]:3128", "http://[fd00::1]:3128"),
    ],
)
def test_a_proxy_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert proxy(typed) == stored
    assert proxy(stored) == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is no URL"),
        ("proxy:3128", "is no URL"),
        ("socks5://proxy:1080", "is no URL"),
        ("http://proxy", "has no valid port"),
        ("http://proxy:0", "has no valid port"),
        ("http://proxy:65536", "has no valid port"),
        ("http://proxy:3128/path", "is no URL"),
        ("http://proxy:3128?x", "is no URL"),
        ("http://proxy:3128#x", "is no URL"),
        ("http://pro xy:3128", "names no host"),
        ("http://-proxy:3128", "names no host"),
        ("http://proxy..example:3128", "names no host"),
        ("http://[fd00::1%eth0]:3128", "is no URL"),
        ("http://[:::]:3128", "IPv6"),
        ("http://proxy:3128\nhttp://other:1", "is no URL"),
    ],
)
def test_what_is_no_proxy_is_refused(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        proxy(typed)


def test_a_password_in_it_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadInput) as refused:
        proxy("http://user:s3cret@proxy:3128")
    assert "s3cret" not in str(refused.value)


@given(
    st.text(st.sampled_from("htps:/[]@.-ab0159%?# \n\t\x00é"), max_size=40).map("http://".__add__) | st.text()
)
def test_whatever_is_typed_is_a_plain_url_or_a_refusal(typed: str) -> None:
    try:
        stored = proxy(typed)
    except BadInput:
        return
    assert re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\]):[1-9][0-9]{0,4}", stored)
    assert proxy(stored) == stored
