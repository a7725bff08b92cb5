"""What of a project needs somebody, as it stands in the store: ends, failures, advice."""

from typing import Any

from bahriya_tui.model import clock
from bahriya_tui.model.expiry import Span, parse_span
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.token import TokenFacts
from bahriya_tui.operations.attention import ending, look
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.delete import delete_registry
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.edit import edit_registry
from bahriya_tui.operations.inspect import overview
from bahriya_tui.operations.link import unlink
from bahriya_tui.operations.lint import lint_registries
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.vault import ensure_keys
from bahriya_tui.store import audit, checks, credentials, registries
from tests.operations.conftest import REGIONS, accept, define, end, start_deployment
from tests.sealing import well_formed

WEEK = parse_span("7d")
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


def enter(
    s: Session, handle: str, server: str, username: str = "bot", *, says: str | None = None, kind: str = ""
) -> Registry:
    """Give a registry another version, whose token shows this of itself."""
    at = clock.now()
    with s.store.write() as tx:
        known = {one.handle: one for one in registries.all(tx.conn, "shop")}
        registry = known.get(handle) or registries.insert(
            tx,
            "shop",
            handle,
            name="",
            server=server,
            username=username,
            expires=None,
            plain_http=False,
            ca_file=None,
            now=at,
        )
        version = registries.reserve_version(
            tx, registry, server=server, username=username, actor="operator", now=at
        )
        registries.keep_sealed(tx, registry.id, version, well_formed(), facts=TokenFacts(kind, says))
        return registries.accept_version(tx, registry.id, version, at)


def checked(s: Session, registry: Registry, result: dict[str, Any], version: int = 0) -> None:
    """Let a check of a registry have ended like this."""
    with s.store.write() as tx:
        number = checks.request(tx, registry.id, version or registry.version, [], clock.now())
        checks.finish(tx, number, result, clock.now())


def in_days(days: float) -> str:
    return clock.later(clock.now(), days * 86400)


def found(s: Session, within: Span = WEEK) -> list[tuple[str, str]]:
    return [(one.registry.handle, one.due.source) for one in ending(s, "shop", within, clock.now())]


def test_ends_come_soonest_first_whatever_tells_them(session: Session) -> None:
    enter(session, "late", "quay.io", says=in_days(8))
    enter(session, "pasted", ECR, "AWS")
    enter(session, "key", ECR, "AKIAIOSFODNN7EXAMPLE")
    enter(session, "jwt", "ghcr.io", says=in_days(-1))
    edit_registry(session, "shop", "team", expires=in_days(3)[:10])
    assert found(session) == [
        ("jwt", "the token says"),
        ("pasted", "Amazon ECR tokens live 12 h"),
        ("team", "declared"),
    ]
    assert [handle for handle, _ in found(session, parse_span("12h"))] == ["jwt", "pasted"]
    assert [handle for handle, _ in found(session, parse_span("2w"))][-1] == "late"


def test_the_end_of_a_token_that_was_replaced_is_no_end(session: Session) -> None:
    enter(session, "jwt", "ghcr.io", says=in_days(1))
    assert [handle for handle, _ in found(session)] == ["jwt"]
    enter(session, "jwt", "ghcr.io")
    assert found(session) == []


def test_the_end_that_counts_is_that_of_the_version_that_counts(session: Session) -> None:
    jwt = enter(session, "jwt", "ghcr.io", says=in_days(1))
    enter(session, "jwt", "ghcr.io")
    with session.store.write() as tx:
        registries.return_to(tx, jwt.id, 1, clock.now())
    assert [handle for handle, _ in found(session)] == ["jwt"]


def test_a_registry_that_is_being_deleted_is_looked_at_no_more(session: Session) -> None:
    define(session, "api")
    edit_registry(session, "shop", "team", expires=in_days(-1)[:10])
    end(session, start_deployment(session, plan_deployment(session, "shop", ["api"])[0]))
    assert [one.rule for one in lint_registries(session.connection, "shop")] == ["expired-linked"]
    delete_registry(session, "shop", "team", unlink=True)
    assert registries.get(session.connection, "shop", "team").deleting
    attention = look(session, "shop", WEEK, clock.now())
    assert (attention.ending, attention.failing, attention.advice) == ((), (), ())


def test_what_was_rejected_or_denied_fails_and_what_could_not_be_asked_does_not(session: Session) -> None:
    image = {"image": "ghcr.io/acme/api:1", "verdict": "denied", "reason": "read:packages is missing"}
    results: dict[str, dict[str, Any]] = {
        "rejected": {"login": "rejected", "reason": "wrong password"},
        "denied": {"login": "accepted", "reason": "", "images": [image]},
        "good": {"login": "accepted", "reason": ""},
        "away": {"login": "not proven", "reason": "no DNS"},
        # Somebody tried an image that no container pulls.
        "tried": {"login": "accepted", "reason": "", "images": [image]},
    }
    for handle, result in results.items():
        checked(session, enter(session, handle, f"{handle}.example"), result)
    add_container(session, "shop", "api", image="ghcr.io/acme/api:1", regions=REGIONS, registry="denied")
    failing = look(session, "shop", WEEK, clock.now()).failing
    assert [(one.registry.handle, one.reason) for one in failing] == [
        ("denied", "login works, but read:packages is missing"),
        ("rejected", "login rejected: wrong password"),
    ]
    assert all(one.since is not None for one in failing)


def test_what_has_no_token_and_what_no_key_opens_fails(session: Session) -> None:
    ensure_keys(session)
    with session.store.write() as tx:
        registries.insert(
            tx,
            "shop",
            "declared",
            name="",
            server="ghcr.io",
            username="bot",
            expires=None,
            plain_http=False,
            ca_file=None,
            now=clock.now(),
        )

    def failing() -> dict[str, str]:
        return {one.registry.handle: one.reason for one in look(session, "shop", WEEK, clock.now()).failing}

    assert failing() == {"declared": "has no token yet: bahriya registry rotate declared"}
    for key in session.places.private_keys.glob("*.key"):
        key.unlink()
    assert failing()["team"] == "the vault's private key is missing: bahriya vault recover"


def test_a_rejection_of_an_earlier_version_is_forgotten_with_it(session: Session) -> None:
    team = registries.get(session.connection, "shop", "team")
    checked(session, team, {"login": "rejected", "reason": "wrong"})
    assert len(look(session, "shop", WEEK, clock.now()).failing) == 1
    accept(session, "team")
    assert look(session, "shop", WEEK, clock.now()).failing == ()


def test_what_has_to_be_entered_again_fails_whatever_the_last_check_said(session: Session) -> None:
    team = registries.get(session.connection, "shop", "team")
    checked(session, team, {"login": "accepted", "reason": ""})
    (sealed,) = credentials.all(session.connection)
    with session.store.write() as tx:
        credentials.judge(tx, team.id, 1, sealed.sealed, "its key is gone")
    (failing,) = look(session, "shop", WEEK, clock.now()).failing
    assert (failing.reason, failing.since) == ("needs re-entry: its key is gone", None)


def advised(s: Session) -> list[tuple[str, str]]:
    return [(one.rule, one.registry) for one in lint_registries(s.connection, "shop")]


def test_the_kind_of_the_current_token_and_its_rights_are_read_from_the_store(session: Session) -> None:
    enter(session, "ghcr", "ghcr.io", kind="github-classic")
    assert advised(session) == [("personal-token", "ghcr")]
    ghcr = enter(session, "ghcr", "ghcr.io")
    assert advised(session) == []
    checked(session, ghcr, {"login": "accepted", "reason": "", "can_push": True})
    assert advised(session) == [("push-rights", "ghcr")]
    checked(session, ghcr, {"login": "accepted", "reason": ""})
    assert advised(session) == []


def test_public_images_are_remembered_from_before_the_credential_was_rejected(session: Session) -> None:
    define(session, "docs")
    define(session, "api")
    team = registries.get(session.connection, "shop", "team")
    images = [
        {"image": "registry.example/docs:1.0", "verdict": "public", "reason": ""},
        {"image": "registry.example/api:1.0", "verdict": "ok", "reason": ""},
    ]
    checked(session, team, {"login": "accepted", "reason": "", "images": images})
    assert advised(session) == []
    denied = [{**one, "verdict": "denied"} for one in images]
    checked(session, team, {"login": "rejected", "reason": "expired", "images": denied})
    (found,) = lint_registries(session.connection, "shop")
    assert found.rule == "breaks-public"
    assert found.sentence.endswith("those of docs")


def test_a_check_may_see_what_is_public_although_the_credential_is_rejected(session: Session) -> None:
    define(session, "docs")
    team = registries.get(session.connection, "shop", "team")
    image = {
        "image": {"input": "registry.example/docs:1.0"},
        "verdict": "denied",
        "reason": "",
        "public": True,
    }
    with session.store.write() as tx:
        number = checks.request(tx, team.id, team.version, [], clock.now())
        checks.finish(tx, number, {"login": "rejected", "reason": "", "images": [image]}, clock.now())
    assert advised(session) == [("breaks-public", "team")]


def test_an_image_that_is_public_no_more_is_not_told_of(session: Session) -> None:
    define(session, "docs")
    team = registries.get(session.connection, "shop", "team")
    image = {"image": "registry.example/docs:1.0", "reason": ""}
    for verdict in ("public", "ok"):
        checked(session, team, {"login": "accepted", "reason": "", "images": [{**image, "verdict": verdict}]})
    checked(session, team, {"login": "rejected", "reason": "expired"})
    assert advised(session) == []


def _age(s: Session, days: float) -> None:
    """Let the registry `team` have been made so many days ago, and not changed since."""
    with s.store.write() as tx:
        at = in_days(-days)
        tx.execute("UPDATE registry SET created_at = ?, updated_at = ? WHERE handle = 'team'", [at, at])


def test_a_deployment_keeps_a_registry_from_counting_as_unused_after_it_was_unlinked(
    session: Session,
) -> None:
    _age(session, 100)
    assert advised(session) == [("unused", "team")]
    define(session, "api")
    assert advised(session) == []
    start_deployment(session, plan_deployment(session, "shop", ["api"])[0])
    unlink(session, "shop", "api")
    _age(session, 100)
    assert advised(session) == []


def test_a_check_is_no_use_of_a_registry(session: Session) -> None:
    _age(session, 100)
    with session.store.write() as tx:
        named: dict[str, Any] = {"project": "shop", "registry": "team"}
        audit.append(tx, session.who, "credential.opened", now=clock.now(), outcome="accepted", **named)
    assert advised(session) == [("unused", "team")]


def test_the_picture_of_the_screens_holds_what_the_rules_look_at(session: Session) -> None:
    enter(session, "jwt", "ghcr.io", says=in_days(1))
    world = overview(session, "shop")
    dues = {one.registry.handle: one.due and one.due.source for one in world.subjects.values()}
    assert dues == {"jwt": "the token says", "team": None}
