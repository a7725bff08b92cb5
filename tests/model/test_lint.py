"""Advice on registries: each rule speaks where it should and only there, and says what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.lint import Advice, Picture, Subject, advise
from tests.model.test_expiry import NOW, REGISTRY, VERSION

DAY = 86400


def subject(
    handle: str = "ghcr",
    server: str = "ghcr.io",
    username: str = "bot",
    *,
    kind: str = "",
    expires: str | None = None,
    result: Mapping[str, Any] | None = None,
    public: Sequence[str] = (),
    changed: float = 0,
    pulled: float | None = None,
) -> Subject:
    """Describe a registry with one version, changed and last pulled with so many days ago."""
    at = clock.later(NOW, -changed * DAY)
    registry = replace(
        REGISTRY,
        id=f"{handle.encode().hex():0>32}",
        handle=handle,
        server=server,
        username=username,
        expires=expires,
        created_at=at,
        updated_at=at,
    )
    version = replace(
        VERSION, registry_id=registry.id, server=server, username=username, token_kind=kind, created_at=at
    )
    pulled_at = None if pulled is None else clock.later(NOW, -pulled * DAY)
    return Subject(registry, version, result or {}, frozenset(public), pulled_at)


def container(
    handle: str, of: Subject, image: str = "ghcr.io/acme/api:1", *, init: bool = False
) -> Container:
    """Describe a container that pulls with a registry, itself or for an init job."""
    id_ = of.registry.id
    return Container(
        id=handle,
        project="shop",
        handle=handle,
        name="",
        image="nginx:1" if init else image,
        type="worker",
        registry=None if init else of.registry.handle,
        registry_id=None if init else id_,
        secret=None,
        replicas=1,
        port=None,
        env=(),
        regions=("oslo-1",),
        status="running",
        revision=1,
        created_at=NOW,
        updated_at=NOW,
        init_jobs=(InitJob("migrate", image, (), of.registry.handle, id_),) if init else (),
    )


def rules(*subjects: Subject, linked: Sequence[Container] = (), placed: Sequence[str] = ()) -> list[Advice]:
    """Give the advice on these, with these containers."""
    links = {one.registry.id: [c for c in linked if one.registry.id in c.registries] for one in subjects}
    return advise(Picture(subjects, {id_: them for id_, them in links.items() if them}, placed), NOW)


def named(found: list[Advice]) -> list[tuple[str, str]]:
    return [(one.rule, one.registry) for one in found]


def test_two_registries_for_one_server_are_told_of_each_other() -> None:
    found = rules(subject("old"), subject("new"), subject("quay", "quay.io", "acme+ci"))
    assert named(found) == [("same-server", "old"), ("same-server", "new")]
    assert found[0].sentence == "registry old is for the same server as new: ghcr.io"
    assert "link the containers" in found[0].advice


def test_another_port_is_another_server() -> None:
    assert rules(subject("a", "registry.example"), subject("b", "registry.example:8443")) == []


def test_what_nothing_used_for_ninety_days_may_go() -> None:
    (found,) = rules(subject(changed=200, pulled=90))
    assert found.rule == "unused"
    assert "no use for 90 d" in found.sentence
    assert found.advice == "delete it: bahriya registry delete ghcr"


@pytest.mark.parametrize(
    ("changed", "pulled"), [(89.9, None), (200, 89.9), (0, 200)], ids=["changed", "pulled with", "rotated"]
)
def test_what_was_of_use_within_ninety_days_stays(changed: float, pulled: float | None) -> None:
    assert rules(subject(changed=changed, pulled=pulled)) == []


@pytest.mark.parametrize("init", [False, True])
def test_what_a_container_or_an_init_job_is_linked_to_is_not_unused(init: bool) -> None:
    one = subject(changed=200)
    assert rules(one, linked=[container("api", one, init=init)]) == []


def test_what_is_still_in_a_region_is_not_unused() -> None:
    one = subject(changed=200)
    assert rules(one, placed=[one.registry.id]) == []


@pytest.mark.parametrize(
    ("one", "instead"),
    [
        (subject(kind="github-classic"), "no person uses"),
        (subject(server="registry.gitlab.com", username="mira", kind="gitlab-personal"), "deploy token"),
        (subject(server="docker.io", username="mira", kind="docker-personal"), "organisation access token"),
    ],
    ids=["GitHub", "GitLab", "Docker Hub"],
)
def test_what_belongs_to_a_person_had_better_belong_to_none(one: Subject, instead: str) -> None:
    (found,) = rules(one)
    assert found.rule == "personal-token"
    assert one.version.username in found.sentence
    assert instead in found.advice


@pytest.mark.parametrize(
    "one",
    [
        subject(),
        subject(kind="jwt"),
        subject(server="registry.gitlab.com", username="gitlab+deploy-token-7", kind="gitlab-deploy"),
        subject(server="registry.gitlab.com", username="project_7_bot_1f", kind="gitlab-personal"),
        subject(server="docker.io", username="acme", kind="docker-organisation"),
    ],
    ids=["unknown", "jwt", "deploy token", "GitLab's own bot", "organisation"],
)
def test_robots_and_what_nobody_knows_are_left_alone(one: Subject) -> None:
    assert rules(one) == []


@pytest.mark.parametrize(
    ("server", "person", "robot"),
    [
        ("quay.io", "mira", "acme+ci"),
        ("quay.io", "mira", "$oauthtoken"),
        ("harbor.example.com", "mira", "robot$shop+ci"),
    ],
)
def test_quay_and_harbor_tell_people_from_robots_by_name(server: str, person: str, robot: str) -> None:
    (found,) = rules(subject(server=server, username=person))
    assert found.rule == "personal-token"
    assert "robot account" in found.advice
    assert rules(subject(server=server, username=robot)) == []


def test_a_token_that_may_push_is_more_than_a_region_needs() -> None:
    (found,) = rules(subject(result={"login": "accepted", "can_push": True}))
    assert found.rule == "push-rights"
    assert "may push" in found.sentence
    assert rules(subject(result={"login": "accepted", "can_push": False})) == []
    assert rules(subject(result={"login": "accepted", "can_push": None})) == []


def test_expired_credentials_that_something_pulls_with_are_bad() -> None:
    one = subject(expires="2026-11-20")
    (found,) = rules(one, linked=[container("api", one), container("web", one, init=True)])
    assert (found.rule, found.state) == ("expired-linked", "bad")
    assert "expired 2 d ago (declared), and api and web pull with them" in found.sentence
    assert found.advice == "rotate it: bahriya registry rotate ghcr"


def test_expired_credentials_hurt_nobody_while_nothing_pulls_with_them_nor_before_their_end() -> None:
    assert rules(subject(expires="2026-11-20")) == []
    one = subject(expires="2026-11-23")
    assert rules(one, linked=[container("api", one)]) == []


REJECTED = {"login": "rejected", "reason": "wrong", "images": []}
PUBLIC = "ghcr.io/acme/docs:1"


def test_rejected_credentials_break_the_pulls_of_public_images_too() -> None:
    one = subject(result=REJECTED, public=[PUBLIC])
    (found,) = rules(one, linked=[container("docs", one, PUBLIC), container("api", one)])
    assert (found.rule, found.state) == ("breaks-public", "bad")
    assert found.sentence == (
        "the credentials of ghcr are rejected, which breaks public pulls too: those of docs"
    )


@pytest.mark.parametrize(
    "one",
    [
        subject(result={"login": "accepted"}, public=[PUBLIC]),
        subject(result=REJECTED),
        subject(public=[PUBLIC]),
    ],
    ids=["accepted", "private", "never checked"],
)
def test_accepted_credentials_and_private_images_break_nothing_public(one: Subject) -> None:
    assert rules(one, linked=[container("docs", one, PUBLIC)]) == []


def test_what_fails_already_comes_first_and_one_registry_can_be_asked_for() -> None:
    one = subject(expires="2026-11-20", kind="github-classic", result={"can_push": True})
    two = subject("other")
    found = rules(one, two, linked=[container("api", one)])
    of_one = ["expired-linked", "push-rights", "personal-token", "same-server"]
    assert [advice.rule for advice in found if advice.registry == "ghcr"] == of_one
    alone = advise(Picture((one, two), {}, ()), NOW, two.registry.id)
    assert named(alone) == [("same-server", "other")]


def test_a_sentence_names_at_most_five() -> None:
    one = subject(expires="2026-11-20")
    (found,) = rules(one, linked=[container(f"c{number}", one) for number in range(7)])
    assert "c0, c1, c2, c3, c4 and 2 more pull with them" in found.sentence
