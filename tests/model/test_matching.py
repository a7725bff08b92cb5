"""Keys of pull secrets and images meet as in the kubelet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bahriya_tui.model.image import parse
from bahriya_tui.model.matching import matches, matching_keys, serves

HUB_IMAGES = ["nginx", "acme/app", "docker.io/acme/app", "index.docker.io/acme/app:v1"]
HUB_KEYS = [
    "docker.io",
    "https://docker.io",
    "https://docker.io/",
    "index.docker.io",
    "https://index.docker.io/v1/",
    "https://index.docker.io/v2/",
]
DEAD_HUB_KEYS = [
    "https://index.docker.io/v1",
    "index.docker.io/acme",
    "registry-1.docker.io",
    "hub.docker.com",
    "registry.hub.docker.com",
    "docker.io:443",
    "",
]
CASES = [
    ("ghcr.io", "ghcr.io/acme/app:v1", True),
    ("http://ghcr.io", "ghcr.io/acme/app", True),
    ("https://ghcr.io/v2/", "ghcr.io/acme/app", True),
    ("https://ghcr.io/v2/acme", "ghcr.io/acme/app", True),
    ("https://ghcr.io/v2", "ghcr.io/acme/app", False),
    ("ghcr.io", "nginx", False),
    ("GHCR.io", "ghcr.io/acme/app", False),
    ("ghcr.io", "GHCR.io/acme/app", False),
    ("ghcr.io/acme", "ghcr.io/acme/app", True),
    ("ghcr.io/acme", "ghcr.io/acme-evil/app", True),
    ("ghcr.io/acme/", "ghcr.io/acme/app", True),
    ("ghcr.io/acme/", "ghcr.io/acme-evil/app", False),
    ("ghcr.io/acme/app:v1", "ghcr.io/acme/app:v1", False),
    ("ghcr.io/acme%2Fapp", "ghcr.io/acme/app", True),
    ("ghcr.io/acme%zz", "ghcr.io/acme/app", False),
    ("reg.local:443", "reg.local/a", False),
    ("reg.local", "reg.local:443/a", False),
    ("reg.local:5000", "reg.local:5000/a", True),
    ("reg.local:5000", "reg.local:5001/a", False),
    ("reg.local:", "reg.local/a", True),
    ("*.dkr.ecr.us-east-1.amazonaws.com", "123.dkr.ecr.us-east-1.amazonaws.com/a", True),
    ("*.amazonaws.com", "123.dkr.ecr.us-east-1.amazonaws.com/a", False),
    ("*.example.com", "a.example.com/x", True),
    ("*.example.com", "a.b.example.com/x", False),
    ("*.example.com", "example.com/x", False),
    ("reg*.io:80/a/", "registry.io:80/a/b", True),
    ("*.*.*", "a.b.c/x", True),
    ("*", "localhost/x", True),
    ("r[a-e]g.io", "reg.io/a", True),
    ("r[^a-e]g.io", "reg.io/a", False),
    ("r[^x]g.io", "reg.io/a", False),
    ("r[eg.io", "reg.io/a", False),
    ("r[z-a]g.io", "reg.io/a", False),
    ("r[]g.io", "reg.io/a", False),
    ("re?.io", "reg.io/a", False),
    ("op@reg.io", "reg.io/a", True),
    ("reg io", "reg.io/a", False),
    ("a:b:5000", "a:5000/x", False),
    ("[fd00::1]:5000", "[fd00::1]:5000/x", True),
    ("[fd00::1]", "[fd00::1]/x", False),
    ("ghcr.io", "ghcr.io/Not/Valid", False),
    ("ghcr.io", "", False),
    ("r[:e]g.io", "reg.io/a", False),
    ("r[a-e]g.io:5000", "reg.io:5000/a", False),
    ("[a-z]eg.io", "reg.io/a", False),
    ("r[a-z]g.io", "reg.io/a", True),
    ("fd00::1]:5000", "[fd00::1]:5000/x", False),
    ("o>p@reg.io", "reg.io/a", False),
    ("o%70@reg.io", "reg.io/a", True),
    ("o%zz@reg.io", "reg.io/a", False),
    ("reg.io?\x01", "reg.io/a", False),
    ("reg.io#%zz", "reg.io/a", False),
    ("reg.io#\x01", "reg.io/a", True),
    ("reg.io/a%23b", "reg.io/a/b", True),
    ("reg.io/%2561", "reg.io/a", True),
    ("index.docker.io", "localhost/x", True),
    ("index.docker.io", "localhost:5000/x", False),
]


@pytest.mark.parametrize("image", HUB_IMAGES)
@pytest.mark.parametrize("key", HUB_KEYS)
def test_a_docker_hub_key_matches_docker_hub_images(key: str, image: str) -> None:
    assert matches(key, image)


@pytest.mark.parametrize("image", HUB_IMAGES)
@pytest.mark.parametrize("key", DEAD_HUB_KEYS)
def test_a_dead_docker_hub_key_matches_nothing(key: str, image: str) -> None:
    assert not matches(key, image)


@pytest.mark.parametrize(("key", "image", "expected"), CASES)
def test_a_key_matches_as_in_the_kubelet(key: str, image: str, expected: bool) -> None:
    assert matches(key, image) is expected


def test_a_path_key_of_docker_hub_matches_its_organisation_only() -> None:
    assert [matches("docker.io/acme", image) for image in ("acme/app", "nginx")] == [True, False]


def test_all_matching_keys_are_tried_in_reverse_lexical_order() -> None:
    keys = ["ghcr.io", "*.io", "quay.io", "https://ghcr.io/acme/", "ghcr.io/other"]
    assert matching_keys(keys, "ghcr.io/acme/app") == ["https://ghcr.io/acme/", "ghcr.io", "*.io"]


def test_the_docker_hub_key_counts_only_where_nothing_else_matched() -> None:
    assert matching_keys(["index.docker.io", "docker.io/acme"], "acme/app") == ["docker.io/acme"]
    assert matching_keys(["index.docker.io", "docker.io/acme"], "nginx") == ["index.docker.io"]


@pytest.mark.parametrize(
    ("server", "image", "expected"),
    [
        ("docker.io", "nginx:1", True),
        ("docker.io", "acme/app:1", True),
        ("ghcr.io", "ghcr.io/acme/app:1", True),
        ("127.0.0.1:5000", "127.0.0.1:5000/a:1", True),
        ("docker.io", "localhost/x:1", False),
        ("docker.io", "ghcr.io/acme/app:1", False),
        ("ghcr.io", "GHCR.io/acme/app:1", False),
        ("ghcr.io", "ghcr.io:443/acme/app:1", False),
        ("ghcr.io", "nginx:1", False),
    ],
)
def test_a_stored_server_serves_its_own_images_only(server: str, image: str, expected: bool) -> None:
    assert serves(server, parse(image)) is expected


@given(st.text() | st.text(alphabet="ab.*[]^-:/?%@ \\", max_size=20))
def test_no_key_whatever_is_an_error(key: str) -> None:
    assert matching_keys([key], "ab.a/b") in ([], [key])
