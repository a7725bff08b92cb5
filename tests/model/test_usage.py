"""What deleting a registry means for a container, in words."""

import pytest

from bahriya_tui.model.container import Container
from bahriya_tui.model.usage import consequence


def container(image: str) -> Container:
    return Container(
        "id", "shop", "web", "", image, "http", "team", "r", None, 1, 80, (), ("a",), "running", 1, "", ""
    )


@pytest.mark.parametrize(
    ("image", "running_in", "said"),
    [
        ("ghcr.io/acme/web:1", ["a"], "keeps running in 1 region,"),
        ("ghcr.io/acme/web:1", ["a", "b"], "keeps running in 2 regions,"),
        ("ghcr.io/acme/web:1", [], "runs nowhere yet"),
        ("nginx:1.27", ["a"], "pulls from docker.io, which this registry does not serve"),
        ("Not An Image", ["a"], "cannot be read"),
    ],
)
def test_each_container_is_told_what_it_loses(image: str, running_in: list[str], said: str) -> None:
    assert said in consequence(container(image), "ghcr.io", running_in)
