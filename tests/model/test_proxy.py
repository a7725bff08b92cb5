"""The proxy that an operator names for a registry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.proxy import Proxy, normalised, read


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy:3128", Proxy("proxy", 3128)),
        ("http://Proxy.Example.com:3128/", Proxy("proxy.example.com", 3128)),
        ("HTTP://10.0.0.1", Proxy("10.0.0.1", 80)),
        ("http://[fd00::1]:3128", Proxy("fd00::1", 3128)),
    ],
)
def test_a_proxy_is_a_host_and_a_port(url: str, proxy: Proxy) -> None:
    assert read(url) == proxy
    assert read(f"http://{proxy}") == proxy


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("proxy:3128", "does not start with http://"),
        ("https://proxy:3128", "does not start with http://"),
        ("socks5://proxy:3128", "does not start with http://"),
        ("", "does not start with http://"),
        ("http://", "just a host and a port"),
        ("http://proxy:0", "just a host and a port"),
        ("http://proxy:3128/path", "just a host and a port"),
        ("http://proxy:3128?a=b", "just a host and a port"),
        ("http://pro xy:3128", "just a host and a port"),
        ("http://-proxy:3128", "just a host and a port"),
        ("http://proxy:x", "no URL"),
        ("http://proxy:99999", "no URL"),
        ("http://[::1", "no URL"),
    ],
)
def test_anything_else_is_refused_with_an_example(url: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        read(url)
    assert "http://proxy.example.com:3128" in refused.value.hint


@pytest.mark.parametrize(
    "url", ["http://op:{0}@proxy:3128", "http://{0}@proxy", "op:{0}@proxy:3128", "http://@p"]
)
def test_a_proxy_with_a_login_is_refused_without_repeating_it(url: str, canary: str) -> None:
    with pytest.raises(BadInput, match="carries a login") as refused:
        read(url.format(canary))
    assert canary not in f"{refused.value} {refused.value.hint}"


@given(st.text() | st.text(alphabet="htp:/[]@.%1a ", max_size=30).map("http://".__add__))
def test_any_text_is_a_proxy_or_refused(url: str) -> None:
    try:
        proxy = read(url)
    except BadInput:
        return
    assert proxy.host
    assert 0 < proxy.port < 65536


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" HTTP://Proxy.Example.com:03128/ ", "http://proxy.example.com:3128"),
        ("http://proxy", "http://proxy:80"),
        ("http://[fd00::1]:3128", "http://[fd00::1]:3128"),
    ],
)
def test_a_proxy_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert normalised(typed) == stored
    assert normalised(stored) == stored
