"""Checks: one attempt for each secret, several registries at once, and settings that are tried first."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.connection import ConnectionSettings, settings_of
from bahriya_tui.model.errors import BadInput, BahriyaError, Failed, NotFound
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations import check as checking
from bahriya_tui.operations.check import check_registries, check_registry
from bahriya_tui.operations.connect import connect_registry
from bahriya_tui.operations.edit import edit_registry
from bahriya_tui.operations.go_back import return_registry
from bahriya_tui.operations.inspect import overview
from bahriya_tui.operations.rotate import rotate_registry
from bahriya_tui.store import checks, registries
from bahriya_tui.store.checks import Check
from tests.operations.conftest import Quiet, accept, define
from tests.sealing import read_token

ACCEPTED = {"login": "accepted", "reason": "", "images": [], "origin": "bastion"}
REJECTED = {"login": "rejected", "reason": "the registry said 401", "images": []}
UNREACHABLE = {"login": "not proven", "reason": "connection refused", "images": []}
PROXY = "http://proxy.example:3128"


@dataclass(frozen=True, slots=True)
class Asked(Quiet):
    """A session whose worker answers every check with what is next in `answers`; the last one stays."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    seen: list[Check] = field(default_factory=list)

    def wake_worker(self) -> bool:
        with self.store.write() as tx:
            while self.answers and (check := checks.claim(tx)) is not None:
                self.seen.append(check)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                checks.finish(tx, check.id, answer, clock.now())
        return True


def asking(session: Quiet, *answers: dict[str, Any]) -> Asked:
    return Asked(session.store, session.places, session.who, answers=list(answers))


def team(session: Quiet) -> Registry:
    return registries.get(session.connection, "shop", "team")


# One attempt


def test_a_version_that_was_rejected_is_not_sent_again(session: Quiet) -> None:
    asked = asking(session, REJECTED, ACCEPTED)
    first = check_registry(asked, "shop", "team")
    again = check_registry(asked, "shop", "team")

    assert len(asked.seen) == 1
    assert (first.rejected_since, again.rejected_since) == (None, first.at)
    assert (again.at, again.version, again.result) == (first.at, 1, first.result)


def test_it_is_sent_again_where_that_is_meant_and_then_counts(session: Quiet) -> None:
    asked = asking(session, REJECTED, UNREACHABLE, ACCEPTED)
    check_registry(asked, "shop", "team")

    assert check_registry(asked, "shop", "team", again=True).result.login == "not proven"
    assert check_registry(asked, "shop", "team").result.login == "rejected"
    assert len(asked.seen) == 2
    assert check_registry(asked, "shop", "team", again=True).result.good
    assert check_registry(asked, "shop", "team").rejected_since is None
    assert len(asked.seen) == 4


def test_a_new_version_is_a_new_attempt(session: Quiet) -> None:
    asked = asking(session, REJECTED, ACCEPTED)
    check_registry(asked, "shop", "team")
    accept(session, "team")

    assert check_registry(asked, "shop", "team").version == 2
    assert [one.version for one in asked.seen] == [1, 2]


def test_one_that_only_could_not_be_asked_is_asked_again(session: Quiet) -> None:
    asked = asking(session, UNREACHABLE, ACCEPTED)
    check_registry(asked, "shop", "team")
    assert check_registry(asked, "shop", "team").result.good


def test_an_earlier_version_that_was_rejected_does_not_count_again(session: Quiet) -> None:
    asked = asking(session, REJECTED, ACCEPTED)
    check_registry(asked, "shop", "team")
    accept(session, "team")

    with pytest.raises(Failed, match=r"v1 has been rejected since .* and was not sent again") as refused:
        return_registry(asked, "shop", "team", 1)
    assert "--again" in refused.value.hint
    assert len(asked.seen) == 1
    assert team(session).version == 2
    assert return_registry(asked, "shop", "team", 1, again=True).registry.version == 1


@pytest.mark.parametrize("verdict", ["denied", "not found"])
def test_a_version_whose_login_works_is_not_said_to_be_revoked(session: Quiet, verdict: str) -> None:
    define(session, "web")
    image = {"image": "registry.example/web:1.0", "verdict": verdict, "reason": "there is no such tag"}
    asked = asking(session, {**ACCEPTED, "images": [image]}, REJECTED)
    accept(session, "team")

    with pytest.raises(Failed, match="there is no such tag") as refused:
        return_registry(asked, "shop", "team", 1)
    assert "look at the token's rights and the images" in refused.value.hint
    assert "--no-check" in refused.value.hint
    with pytest.raises(Failed, match="login rejected") as refused:
        return_registry(asked, "shop", "team", 1)
    assert "may have been revoked" in refused.value.hint


def test_two_that_ask_the_same_at_once_send_it_once(session: Quiet) -> None:
    registry = team(session)
    with session.store.write() as tx:
        first = checks.request(tx, registry.id, 1, [], clock.now(), "mira")
    asked = asking(session, ACCEPTED)
    assert check_registry(asked, "shop", "team").result.good
    assert [one.id for one in asked.seen] == [first]


# Several


def test_several_registries_are_asked_at_the_same_time(session: Quiet) -> None:
    accept(session, "other")
    asked = asking(session, ACCEPTED, UNREACHABLE)

    found = {one.handle: one for one in check_registries(asked, "shop", ["team", "other", "team"])}

    assert [one.id for one in asked.seen] == [1, 2]
    assert {handle: one.result.login for handle, one in found.items()} == {
        "team": "accepted",
        "other": "not proven",
    }
    assert found["team"].place == "bastion"


def test_nothing_is_asked_where_one_of_them_does_not_exist(session: Quiet) -> None:
    asked = asking(session, ACCEPTED)
    with pytest.raises(NotFound):
        list(check_registries(asked, "shop", ["team", "nope"]))
    assert asked.seen == []


def test_those_that_do_not_end_are_named_after_the_others(
    session: Quiet, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(session, "other")
    monkeypatch.setattr(checking, "TIMEOUT", 0.5)
    check_registry(asking(session, REJECTED), "shop", "team")
    found = check_registries(asking(session), "shop", ["other", "team"])
    assert next(found).handle == "team"
    with pytest.raises(Failed, match="registry other did not end"):
        next(found)


# What was checked last


def test_a_check_of_a_former_version_is_told_as_that(session: Quiet) -> None:
    check_registry(asking(session, ACCEPTED), "shop", "team")
    accept(session, "team")
    seen, id_ = overview(session, "shop"), team(session).id
    assert id_ not in seen.checks
    assert seen.former_checks[id_].version == 1
    check_registry(asking(session, ACCEPTED), "shop", "team")
    seen = overview(session, "shop")
    assert (seen.checks[id_].version, seen.former_checks) == (2, {})


# Settings


def change(session: Quiet, answer: dict[str, Any], settings: ConnectionSettings, **more: Any) -> Asked:
    asked = asking(session, answer)
    edit_registry(asked, "shop", "team", settings=settings, **more)
    return asked


def test_other_settings_are_tried_with_the_current_version_and_then_kept(
    session: Quiet, tmp_path: Path
) -> None:
    define(session, "web")
    ca = tmp_path / "ca.pem"
    ca.write_text("PEM")
    wanted = ConnectionSettings(False, str(ca), PROXY)

    asked = asking(session, ACCEPTED)
    done = edit_registry(asked, "shop", "team", settings=wanted, name="Team")

    (tried,) = asked.seen
    assert (tried.version, tried.settings, tried.images) == (1, wanted, ("registry.example/web:1.0",))
    assert settings_of(team(session)) == wanted
    assert (team(session).name, done.registry) == ("Team", team(session))
    assert sum("every node's container runtime" in note for note in done.notes) == 1
    last = checks.last(session.connection, team(session).id)
    assert last is not None
    assert last.id == tried.id


def test_plain_http_and_a_proxy_do_not_go_together(session: Quiet) -> None:
    both = ConnectionSettings(plain_http=True, proxy=PROXY)
    with pytest.raises(BadInput, match="show the password"):
        edit_registry(session, "shop", "team", settings=both, check=False)
    assert settings_of(team(session)) == ConnectionSettings()


@pytest.mark.parametrize("answer", [REJECTED, UNREACHABLE], ids=["rejected", "unreachable"])
def test_settings_that_do_not_work_are_not_kept(session: Quiet, answer: dict[str, Any]) -> None:
    check_registry(asking(session, ACCEPTED), "shop", "team")
    before = team(session)
    with pytest.raises(Failed, match="nothing was changed"):
        change(session, answer, ConnectionSettings(proxy=PROXY), name="Other")
    assert team(session) == before
    last = checks.last(session.connection, before.id)
    assert last is not None
    assert last.result == ACCEPTED, "what was only tried is not the state of the registry"


def test_one_that_was_never_proven_may_be_asked_in_another_way(session: Quiet) -> None:
    asked = asking(session, UNREACHABLE)
    done = edit_registry(asked, "shop", "team", settings=ConnectionSettings(proxy=PROXY))
    assert team(session).proxy == PROXY
    assert done.notes == ("stored, but not proven: login not proven: connection refused",)


def test_settings_are_stored_unchecked_where_that_is_meant(session: Quiet) -> None:
    assert change(session, REJECTED, ConnectionSettings(plain_http=True), check=False).seen == []
    assert team(session).plain_http


def test_the_same_settings_and_other_edits_ask_nobody(session: Quiet) -> None:
    asked = change(session, REJECTED, ConnectionSettings(), name="Team")
    edit_registry(asked, "shop", "team", expires="2027-01-31")
    assert asked.seen == []


def test_a_rejected_version_is_not_sent_by_way_of_other_settings(session: Quiet) -> None:
    check_registry(asking(session, REJECTED), "shop", "team")
    asked = asking(session, ACCEPTED)
    with pytest.raises(Failed, match="was not sent again"):
        edit_registry(asked, "shop", "team", settings=ConnectionSettings(proxy=PROXY))
    assert asked.seen == []
    edit_registry(asked, "shop", "team", settings=ConnectionSettings(proxy=PROXY), again=True)
    assert (len(asked.seen), team(session).proxy) == (1, PROXY)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        (ConnectionSettings(ca_file="/does/not/exist"), NotFound),
        (ConnectionSettings(proxy="proxy:3128"), BadInput),
    ],
)
@pytest.mark.parametrize("verb", ["add", "edit", "rotate"])
def test_settings_that_cannot_be_right_are_refused_before_anything(
    session: Quiet, settings: ConnectionSettings, error: type[BahriyaError], verb: str
) -> None:
    def never(_: object) -> Any:
        raise AssertionError("a token was asked for")

    verbs: dict[str, Callable[[], object]] = {
        "add": lambda: connect_registry(
            session, "shop", "new", server="ghcr.io", username="u", read_token=never, settings=settings
        ),
        "edit": lambda: edit_registry(session, "shop", "team", settings=settings),
        "rotate": lambda: rotate_registry(session, "shop", "team", read_token=never, settings=settings),
    }
    before = team(session)
    with pytest.raises(error):
        verbs[verb]()
    assert registries.all(session.connection, "shop") == [before]


def test_a_rotation_tries_its_token_with_its_settings(session: Quiet) -> None:
    wanted = ConnectionSettings(proxy=PROXY)
    asked = asking(session, ACCEPTED)
    done = rotate_registry(
        asked,
        "shop",
        "team",
        read_token=lambda context: read_token("t0ken", context, session.places.public_keys),
        settings=wanted,
    )
    assert [(one.version, one.settings) for one in asked.seen] == [(2, wanted)]
    assert settings_of(done.registry) == wanted


# A new registry


def test_a_new_registry_is_tried_with_images_that_are_not_stored(session: Quiet) -> None:
    asked = asking(session, ACCEPTED)
    done = connect_registry(
        asked,
        "shop",
        "ghcr",
        server="ghcr.io",
        username="bot",
        read_token=lambda context: read_token("t0ken", context, session.places.public_keys),
        images=["ghcr.io/acme/api:1"],
        settings=ConnectionSettings(proxy=PROXY),
    )
    assert [one.images for one in asked.seen] == [("ghcr.io/acme/api:1",)]
    assert done.registry.proxy == PROXY
    check_registry(asked, "shop", "ghcr")
    assert asked.seen[-1].images == ()


@pytest.mark.parametrize(
    ("image", "said"), [("quay.io/acme/api:1", "is on quay.io, not on ghcr.io"), ("ghcr.io/acme/api", "tag")]
)
def test_an_image_that_it_cannot_serve_is_refused_before_the_token(
    session: Quiet, image: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        connect_registry(
            replace(session),
            "shop",
            "ghcr",
            server="ghcr.io",
            username="bot",
            read_token=lambda _: pytest.fail("a token was asked for"),
            images=[image],
        )
