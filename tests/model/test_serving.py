"""Which registry serves an image and why, and what is linked to one that cannot: in words to act on."""

from dataclasses import replace

import pytest

from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.image import parse
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.serving import CannotServe, fits, outlook, serving, unserved, why


def registry(handle: str, server: str) -> Registry:
    return Registry(handle * 2, "shop", handle, "", server, "bot", 1, None, False, None, "", "")


def container(image: str, linked: Registry | None, *jobs: InitJob) -> Container:
    handle, id_ = (None, None) if linked is None else (linked.handle, linked.id)
    return Container(
        "id", "shop", "api", "", image, "http", handle, id_, None, 1, 80, (), ("a",), "running", 1, "", "",
        init_jobs=jobs,
    )  # fmt: skip


GHCR, SECOND, QUAY = registry("ghcr", "ghcr.io"), registry("second", "ghcr.io"), registry("quay", "quay.io")
HUB, HOUSE = registry("hub", "docker.io"), registry("house", "reg.example.com:5000")
ALL = [GHCR, QUAY, HUB, HOUSE]


@pytest.mark.parametrize(
    ("image", "handles", "reason"),
    [
        ("ghcr.io/acme/api:1", ["ghcr"], "ghcr serves ghcr.io"),
        ("nginx:1", ["hub"], "hub serves docker.io"),
        ("index.docker.io/acme/api:1", ["hub"], "hub serves docker.io"),
        ("reg.example.com:5000/a:1", ["house"], "house serves reg.example.com:5000"),
        ("gcr.io/a:1", [], "no registry of project shop is at gcr.io; public images need none"),
        ("ghcr.com/a:1", [], "at ghcr.com: if ghcr.io is meant, write ghcr.io/a; public"),
        ("registry.gitlab.io/a:1", [], "if registry.gitlab.com is meant, write registry.gitlab.com/a"),
        ("Acme/api:1", [], "Acme is taken for a host because of its capitals, write acme/api"),
        ("GHCR.io/a:1", [], "registry ghcr is at ghcr.io and cannot serve GHCR.io: capital letters count"),
        ("ghcr.io:443/a:1", [], "cannot serve ghcr.io:443: another port is another registry"),
        ("reg.example.com/a:1", [], "cannot serve reg.example.com: another port is another registry"),
        ("registry-1.docker.io/a/b:1", [], "nodes know Docker Hub as docker.io only, write docker.io/a/b"),
        ("localhost/a:1", [], "no registry of project shop is at localhost;"),
    ],
)
def test_each_image_has_its_registry_or_the_reason_why_there_is_none(
    image: str, handles: list[str], reason: str
) -> None:
    assert [one.handle for one in serving(parse(image), ALL)] == handles
    assert reason in why(parse(image), ALL, "shop")


def test_of_several_registries_at_one_server_the_linked_one_counts() -> None:
    told = why(parse("ghcr.io/acme/api:1"), [SECOND, QUAY, GHCR], "shop")
    assert told == "two registries are at ghcr.io: second, ghcr; the one linked counts"


@pytest.mark.parametrize(
    ("image", "chosen", "told", "able"),
    [
        ("ghcr.io/acme/api:1", GHCR, "ghcr serves ghcr.io", True),
        ("ghcr.io/acme/api:1", SECOND, "second serves ghcr.io", True),
        ("ghcr.io/acme/api", None, "ghcr serves ghcr.io: choose it if the image is private", True),
        ("gcr.io/a:1", None, "no registry is at gcr.io; public images need none", True),
        ("quay.com/a:1", None, "no registry is at quay.com: if quay.io is meant, write quay.io/a", True),
        (
            "quay.io/a:1",
            GHCR,
            "registry ghcr is at ghcr.io and cannot serve quay.io; quay can",
            False,
        ),
        ("reg.example.com:5001/a", HOUSE, "cannot serve reg.example.com:5001: another port", False),
        ("", GHCR, "", True),
        ("ghcr.io/", GHCR, "", True),
        ("ghcr.io/Acme", GHCR, "", True),
    ],
)
def test_while_an_image_is_typed_it_is_told_what_will_serve_it(
    image: str, chosen: Registry | None, told: str, able: bool
) -> None:
    said, can = outlook(image, chosen, ALL)
    assert can is able
    assert said.startswith(told) or (told and told in said)
    assert bool(said) == bool(told)


def test_a_container_whose_registry_cannot_serve_its_image_is_named_with_the_fix() -> None:
    (found,) = unserved(container("quay.io/acme/api:1", GHCR), ALL)
    refusal = CannotServe([found])
    assert refusal.exit_code == 3
    assert str(refusal) == (
        "container api pulls quay.io/acme/api:1, but registry ghcr is at ghcr.io and cannot serve quay.io: "
        "bahriya container link api quay; or insist: bahriya deploy api --force"
    )


def test_without_a_registry_that_can_the_fix_is_to_link_one_or_none() -> None:
    (found,) = unserved(container("gcr.io/acme/api:1", GHCR), ALL)
    assert found.fix.startswith("bahriya container link api REGISTRY, with one at gcr.io")
    assert found.fix.endswith("or bahriya container unlink api if it is public")


def test_an_init_job_counts_by_its_own_link() -> None:
    good = InitJob("warm", "nginx:1")
    bad = InitJob("migrate", "quay.io/acme/tool:1", (), GHCR.handle, GHCR.id)
    (found,) = unserved(container("ghcr.io/acme/api:1", GHCR, good, bad), ALL)
    assert found.what == "init job migrate of container api"
    assert found.fix == "bahriya container edit api --init-registry migrate=quay"


def test_several_refusals_are_one_sentence() -> None:
    bad = InitJob("migrate", "quay.io/acme/tool:1", (), GHCR.handle, GHCR.id)
    refusal = CannotServe(unserved(container("gcr.io/a:1", GHCR, bad), ALL))
    assert "so it is with 1 more" in refusal.message


@pytest.mark.parametrize(
    ("image", "linked"),
    [
        ("ghcr.io/acme/api:1", GHCR),
        ("quay.io/acme/api:1", None),
        ("quay.io/acme/api:1", registry("gone", "ghcr.io")),
        ("nginx:1", HUB),
        ("Not An Image", GHCR),
    ],
)
def test_nothing_is_said_where_nothing_is_wrong_or_known(image: str, linked: Registry | None) -> None:
    assert unserved(container(image, linked), ALL) == []


def test_a_registry_fits_where_it_serves_each_image() -> None:
    assert fits(GHCR, ["ghcr.io/a:1", "ghcr.io/b:1"])
    assert not fits(GHCR, ["ghcr.io/a:1", "quay.io/b:1"])


def test_a_login_for_an_ipv6_address_without_a_port_is_explained() -> None:
    host = replace(GHCR, server="[fd00::1]")
    (found,) = unserved(container("[fd00::1]/a:1", host), [host])
    assert "IPv6 address without a port, write [fd00::1]:443 in both" in found.reason
