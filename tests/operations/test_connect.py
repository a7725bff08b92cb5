"""New credentials: reserved, read, checked, accepted; and whatever fails leaves what was there before."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from bahriya_tui.custody.create import create
from bahriya_tui.launch.tokens import ReadToken, SealedToken
from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.errors import BadInput, Failed, InUse
from bahriya_tui.operations.check import check_registry
from bahriya_tui.operations.connect import connect_registry
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.dry_run import plan_rotation
from bahriya_tui.operations.edit import edit_registry
from bahriya_tui.operations.inspect import overview
from bahriya_tui.operations.link import link
from bahriya_tui.operations.rotate import rotate_registry
from bahriya_tui.operations.session import Session
from bahriya_tui.store import checks, history, registries
from bahriya_tui.store.database import open_store
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import find_public, find_recovery
from bahriya_tui.vault.record import parse
from tests.operations.conftest import Quiet, accept, declare, define
from tests.sealing import read_token, well_formed

REJECTED = {"login": "rejected", "reason": "the registry said 401", "images": []}
UNREACHABLE = {"login": "not proven", "reason": "connection refused", "images": []}
ACCEPTED = {"login": "accepted", "reason": "", "images": []}
HOST: dict[str, Any] = {"server": "ghcr.io", "username": "bot"}


@dataclass(frozen=True, slots=True)
class Checking(Quiet):
    """A session whose worker answers every check with `answer`."""

    answer: dict[str, Any] | None = None

    def wake_worker(self) -> bool:
        with self.store.write() as tx:
            check = checks.claim(tx)
            if check is not None and self.answer is not None:
                checks.finish(tx, check.id, self.answer, clock.now())
        return True


def answering(session: Quiet, answer: dict[str, Any]) -> Checking:
    return Checking(session.store, session.places, session.who, session.woken, True, answer)


@pytest.fixture
def token(session: Quiet) -> ReadToken:
    return lambda context: read_token("t0ken", context, session.places.public_keys)


def test_a_registry_that_was_checked_counts_from_version_one(session: Quiet, token: ReadToken) -> None:
    done = connect_registry(
        answering(session, ACCEPTED), "shop", "ghcr", read_token=token, **{**HOST, "server": "GHCR.io"}
    )

    assert (done.registry.version, done.registry.server) == (1, "ghcr.io")
    assert done.check is not None
    assert done.check.login == "accepted"
    assert "bahriya vault recovery-key" in done.notes[0]
    assert len(done.notes) == 2
    sealed = registries.sealed(session.connection, done.registry.id, 1)
    assert parse(sealed).key_id == find_public(session.places.public_keys).id
    recovery = session.connection.execute("SELECT recovery FROM credential WHERE recovery IS NOT NULL")
    assert parse(recovery.fetchone()[0]).key_id == find_recovery(session.places.public_keys).id


def test_a_rejected_registry_leaves_nothing_and_its_number_is_not_used_again(
    session: Quiet, token: ReadToken
) -> None:
    with pytest.raises(Failed) as failure:
        connect_registry(answering(session, REJECTED), "shop", "ghcr", read_token=token, **HOST)

    assert "login rejected" in failure.value.message
    assert [one.handle for one in registries.all(session.connection, "shop")] == ["team"]
    done = connect_registry(session, "shop", "ghcr", read_token=token, check=False, **HOST)
    assert done.registry.version == 2


def test_an_unreachable_registry_is_stored_with_a_word_of_warning(session: Quiet, token: ReadToken) -> None:
    done = connect_registry(answering(session, UNREACHABLE), "shop", "ghcr", read_token=token, **HOST)

    assert done.registry.version == 1
    assert "not proven" in done.notes[-1]


@pytest.mark.parametrize("error", [BadInput("the password is empty"), KeyboardInterrupt()], ids=repr)
def test_a_token_that_is_not_given_leaves_nothing(session: Quiet, error: BaseException) -> None:
    def refuse(_: CredentialContext) -> SealedToken:
        raise error

    with pytest.raises(type(error)):
        connect_registry(session, "shop", "ghcr", read_token=refuse, **HOST)
    with pytest.raises(type(error)):
        rotate_registry(session, "shop", "team", read_token=refuse)

    (team,) = registries.all(session.connection, "shop")
    assert team.version == 1
    assert registries.sealed(session.connection, team.id, 1) == well_formed()


def test_a_rejected_rotation_leaves_the_version_that_counted(session: Quiet, token: ReadToken) -> None:
    define(session, "web")
    before = registries.get(session.connection, "shop", "team")

    with pytest.raises(Failed):
        rotate_registry(answering(session, REJECTED), "shop", "team", read_token=token)

    assert registries.get(session.connection, "shop", "team") == before
    states = [(one.version, one.state) for one in history.all(session.connection, before.id)]
    assert states == [(1, "current"), (2, "rejected")]


def test_a_rotation_is_checked_with_the_images_that_need_it(session: Quiet, token: ReadToken) -> None:
    define(session, "web")
    define(session, "api")
    define(session, "docs", registry=None)

    rotated = rotate_registry(answering(session, ACCEPTED), "shop", "team", read_token=token).registry

    last = checks.last(session.connection, rotated.id)
    assert last is not None
    assert last.version == rotated.version == 2
    assert last.images == ("registry.example/api:1.0", "registry.example/web:1.0")


def test_other_people_work_on_while_a_token_is_typed(session: Quiet, token: ReadToken) -> None:
    def slow(context: CredentialContext) -> SealedToken:
        with open_store(session.places.database) as other:
            elsewhere = Session(other, session.places, Actor("somebody"))
            add_container(elsewhere, "shop", "web", image="nginx:1", regions=["helsinki-1"])
            with pytest.raises(InUse):
                add_container(
                    elsewhere, "shop", "api", image="nginx:1", regions=["helsinki-1"], registry="ghcr"
                )
        return token(context)

    connect_registry(session, "shop", "ghcr", read_token=slow, check=False, **HOST)

    add_container(session, "shop", "api", image="nginx:1", regions=["helsinki-1"], registry="ghcr")


def test_what_was_changed_while_a_token_was_typed_stays_so(session: Quiet, token: ReadToken) -> None:
    def slow(context: CredentialContext) -> SealedToken:
        edit_registry(session, "shop", "team", name="Team", max_versions=7)
        return token(context)

    rotated = rotate_registry(session, "shop", "team", read_token=slow, check=False).registry

    assert (rotated.version, rotated.name, rotated.max_versions) == (2, "Team", 7)


def test_the_later_of_two_rotations_counts(session: Quiet, token: ReadToken) -> None:
    def overtaken(context: CredentialContext) -> SealedToken:
        accept(replace(session), "team")
        return token(context)

    with pytest.raises(InUse):
        rotate_registry(session, "shop", "team", read_token=overtaken, check=False)

    assert registries.get(session.connection, "shop", "team").version == 3


def test_a_check_of_nothing_asks_nobody(session: Quiet) -> None:
    with session.store.write() as tx:
        registries.insert(
            tx,
            "shop",
            "half",
            name="",
            server="ghcr.io",
            username="bot",
            expires=None,
            plain_http=False,
            ca_file=None,
            now=clock.now(),
        )

    with pytest.raises(Failed):
        check_registry(session, "shop", "half")
    assert check_registry(answering(session, ACCEPTED), "shop", "team").result.good


def test_a_registry_without_a_token_is_linked_to_once_it_has_one(session: Quiet, token: ReadToken) -> None:
    declare(session, "later")
    define(session, "web", registry=None)
    with pytest.raises(Failed, match="no credentials yet") as refused:
        link(session, "shop", "web", "later")
    assert refused.value.hint == "bahriya registry rotate later"

    dated = plan_rotation(session, "shop", "later", (), push=False, check=False)
    assert [name for name, *_ in dated.store[0].fields] == ["version"]
    first = rotate_registry(session, "shop", "later", read_token=token, check=False)
    assert (first.registry.expires, first.registry.version) == ("2031-01-31", 1)
    assert not [one for one in first.notes if "expiry" in one]
    link(session, "shop", "web", "later")

    second = rotate_registry(session, "shop", "later", read_token=token, check=False)
    assert (second.registry.expires, second.registry.version) == (None, 2)


@pytest.mark.parametrize(("given", "kept"), [("2032-02-29", "2032-02-29"), ("", None)])
def test_the_first_token_may_end_otherwise_than_was_declared(
    session: Quiet, token: ReadToken, given: str, kept: str | None
) -> None:
    declare(session, "later")
    done = rotate_registry(session, "shop", "later", read_token=token, check=False, expires=given)
    assert done.registry.expires == kept


def test_a_token_sealed_for_a_key_that_is_gone_is_not_stored(session: Quiet, token: ReadToken) -> None:
    public, private = session.places.public_keys, session.places.private_keys

    def too_slow(context: CredentialContext) -> SealedToken:
        sealed = token(context)
        for path in private.glob("*.key"):
            path.unlink()
        create(public, private)
        return sealed

    with pytest.raises(Failed, match="key was changed meanwhile"):
        connect_registry(session, "shop", "ghcr", read_token=too_slow, check=False, **HOST)

    assert [one.handle for one in registries.all(session.connection, "shop")] == ["team"]


def test_what_needs_reentry_is_told_and_hides_nothing_else(session: Quiet) -> None:
    bad, moved = accept(session, "bad"), accept(session, "moved")
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET sealed = x'00' WHERE registry_id = ?", [bad.id])
        tx.execute("UPDATE credential SET unreadable = 'it was moved' WHERE registry_id = ?", [moved.id])

    seen = overview(session, "shop")

    assert len(seen.registries) == 3
    assert seen.reentry == {bad.id: "it is incomplete", moved.id: "it was moved"}
