"""Which versions are kept, who still pulls with which, and the way back to an earlier one."""

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.errors import BadInput, Failed, InUse, NotFound
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.audit import verify_log
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.deploy import plan_deployment
from bahriya_tui.operations.edit import edit_registry
from bahriya_tui.operations.go_back import return_registry
from bahriya_tui.operations.link import unlink
from bahriya_tui.operations.push import push_now
from bahriya_tui.operations.usage import Usage, registry_usage
from bahriya_tui.store import audit, checks, history, registries, secret_writes
from tests.operations.conftest import REGIONS, Quiet, accept, declare, define, end, start_deployment


def deploy(session: Quiet, handle: str, **unlike: str) -> int:
    (plan,) = plan_deployment(session, "shop", [handle])
    started = start_deployment(session, plan)
    end(session, started, **unlike)  # type: ignore[arg-type]
    return started.id


def kept(session: Quiet) -> list[int]:
    return [one.version for one in history.all(session.connection, team(session).id)]


def team(session: Quiet) -> Registry:
    return registries.get(session.connection, "shop", "team")


def usage(session: Quiet) -> Usage:
    return registry_usage(session.connection, "shop", "team")


def rotate(session: Quiet, times: int = 1) -> None:
    for _ in range(times):
        accept(session, "team")


def checked(session: Quiet, version: int, login: str, *images: str, seconds: float = 0) -> None:
    """Let a check of a version have ended so many seconds from now; each image has the verdict named."""
    at = clock.later(clock.now(), seconds)
    result = {"login": login, "reason": "", "images": [{"image": "x", "verdict": one} for one in images]}
    with session.store.write() as tx:
        checks.finish(tx, checks.request(tx, team(session).id, version, [], at), result, at)


def pushed(session: Quiet) -> None:
    """Let every pull secret hold the token of v2, which is new."""
    rotate(session)
    asked = push_now(session, "shop", "team")
    with session.store.write() as tx:
        for number in asked.writes:
            secret_writes.done(tx, number, 2)
        tx.execute("UPDATE applied_secret SET holds = 2")


def test_a_version_that_runs_somewhere_is_kept_beyond_the_limit(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web")
    rotate(session, 7)
    assert kept(session) == [1, 4, 5, 6, 7, 8]


def test_a_version_that_only_a_rollback_would_use_is_kept(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web")
    rotate(session)
    deploy(session, "web")
    with session.store.write() as tx:
        tx.execute("DELETE FROM applied_secret WHERE version = 1")
    edit_registry(session, "shop", "team", max_versions=1)
    assert kept(session) == [1, 2]
    deploy(session, "web")
    edit_registry(session, "shop", "team", max_versions=1)
    assert kept(session) == [2]


def test_a_version_that_a_held_deployment_would_bring_is_kept(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web", helsinki_1="held", falkenstein_1="failed", virginia_1="failed")
    rotate(session)
    edit_registry(session, "shop", "team", max_versions=1)
    assert kept(session) == [1, 2]


@pytest.mark.parametrize("number", [0, 21])
def test_a_number_of_versions_that_cannot_be_kept_is_refused(session: Quiet, number: int) -> None:
    with pytest.raises(BadInput, match="from 1 to 20"):
        edit_registry(session, "shop", "team", max_versions=number)


def test_an_old_token_may_be_revoked_only_when_nothing_pulls_with_it(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web")
    assert (usage(session).verdict.may_revoke, usage(session).verdict.sentence) == (
        False,
        "v1 is the only version",
    )
    rotate(session)
    found = usage(session).verdict
    assert not found.may_revoke
    assert found.sentence == "do not revoke the old token yet: web still pulls with v1 in 3 regions"
    assert [(one.container, one.region, one.holds) for one in found.still] == [
        ("web", region, 1) for region in REGIONS
    ]
    deploy(session, "web")
    assert usage(session).verdict.may_revoke


def test_a_container_that_was_unlinked_but_still_runs_keeps_the_token_needed(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web")
    rotate(session)
    unlink(session, "shop", "web")
    assert {one.container for one in usage(session).verdict.still} == {"web"}


def test_a_region_whose_rollout_failed_may_have_pods_with_the_old_token(session: Quiet) -> None:
    define(session, "web")
    first = deploy(session, "web")
    rotate(session)
    second = deploy(session, "web")
    assert usage(session).verdict.may_revoke
    with session.store.write() as tx:
        tx.execute(
            "UPDATE deployment_region SET state = 'failed' WHERE deployment = ? AND region = 'helsinki-1'",
            [second],
        )
    (left,) = usage(session).verdict.still
    assert (left.region, left.holds, left.why) == ("helsinki-1", 1, "unfinished")
    assert first < left.deployment


def test_a_deployment_under_way_with_the_old_version_keeps_it_needed(session: Quiet) -> None:
    define(session, "web")
    (plan,) = plan_deployment(session, "shop", ["web"])
    started = start_deployment(session, plan)
    rotate(session)
    still = usage(session).verdict.still
    assert {one.words for one in still} == {f"deployment {started.id} is under way with it"}
    assert not usage(session).verdict.may_revoke


def test_what_holds_the_new_token_does_not_count_although_its_secret_has_the_old_name(
    session: Quiet,
) -> None:
    define(session, "web")
    deploy(session, "web")
    rotate(session)
    checked(session, 2, "accepted")
    asked = push_now(session, "shop", "team")
    assert len(usage(session).verdict.still) == len(usage(session).writes) == 3
    with session.store.write() as tx:
        for number in asked.writes:
            secret_writes.done(tx, number, 2)
        tx.execute("UPDATE applied_secret SET holds = 2")
    assert usage(session).verdict.may_revoke
    assert {one.version for one in usage(session).versions[0].pulls} == {1}


UNPROVEN = "do not revoke the old token yet: v2 is not proven; bahriya registry check team"
REJECTED = "do not revoke the old token yet: v2 is rejected by its registry"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ([], UNPROVEN),
        ([(2, "not proven")], UNPROVEN),
        ([(2, "accepted", "ok", "denied")], UNPROVEN),
        ([(1, "accepted")], UNPROVEN),
        ([(2, "rejected")], REJECTED),
        ([(2, "accepted"), (2, "rejected"), (2, "not proven")], REJECTED),
        ([(2, "rejected"), (2, "accepted"), (2, "not proven")], "the old token may be revoked now"),
        ([(2, "not needed")], "the old token may be revoked now"),
    ],
)
def test_a_new_token_that_nothing_pulls_with_yet_is_proven_by_its_check(
    session: Quiet, said: list[tuple[int, str]], sentence: str
) -> None:
    define(session, "web")
    deploy(session, "web")
    pushed(session)
    for number, (version, *answer) in enumerate(said):
        checked(session, version, *answer, seconds=number)
    found = usage(session).verdict
    assert (found.sentence, found.still) == (sentence, ())
    assert found.may_revoke is (sentence not in (UNPROVEN, REJECTED))


@pytest.mark.parametrize(("seconds", "may_revoke"), [(-60, True), (60, False)])
def test_a_rollout_proves_a_token_until_the_registry_rejects_it(
    session: Quiet, seconds: float, may_revoke: bool
) -> None:
    define(session, "web")
    deploy(session, "web")
    pushed(session)
    deploy(session, "web", helsinki_1="failed")
    assert usage(session).verdict.may_revoke
    checked(session, 2, "rejected", seconds=seconds)
    assert usage(session).verdict.may_revoke is may_revoke


def test_a_rollout_under_way_takes_no_proof_away(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web")
    pushed(session)
    deploy(session, "web")
    deploy(session, "web", falkenstein_1="failed", helsinki_1="failed", virginia_1="failed")
    with session.store.write() as tx:
        tx.execute("UPDATE placement SET deployment = (SELECT max(id) FROM deployment)")
    assert usage(session).verdict.may_revoke


def test_a_cronjob_that_was_only_scheduled_proves_nothing(session: Quiet) -> None:
    image, when = "registry.example/web:1.0", "0 3 * * *"
    add_container(
        session, "shop", "web", image=image, type="cronjob", schedule=when, regions=REGIONS, registry="team"
    )
    deploy(session, "web")
    rotate(session)
    deploy(session, "web")
    assert usage(session).verdict.sentence == UNPROVEN


def test_after_a_return_the_token_in_use_is_not_among_those_that_may_be_revoked(session: Quiet) -> None:
    define(session, "web")
    rotate(session, 3)
    deploy(session, "web")
    return_registry(session, "shop", "team", 2, check=False)
    assert usage(session).verdict.sentence == (
        "do not revoke any token yet: web still pulls with v4 in 3 regions"
    )
    deploy(session, "web")
    found = usage(session).verdict
    assert (found.may_revoke, found.sentence) == (
        True,
        "every token but that of v2 may be revoked now: v1, v3, v4",
    )


def test_a_version_that_was_not_taken_is_no_newer_one(session: Quiet) -> None:
    define(session, "web")
    rotate(session, 2)
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET state = 'rejected', sealed = NULL WHERE version = 3")
        tx.execute("UPDATE credential SET state = 'current' WHERE version = 2")
        tx.execute("UPDATE registry SET version = 2")
    deploy(session, "web")
    assert usage(session).verdict.sentence == "the old token may be revoked now"


def test_a_registry_without_a_token_is_told_so(session: Quiet) -> None:
    declare(session, "later")
    found = registry_usage(session.connection, "shop", "later").verdict
    assert (found.may_revoke, found.sentence) == (False, "it has no token yet; bahriya registry rotate later")


def test_a_token_for_another_server_is_not_pushed(session: Quiet) -> None:
    define(session, "web")
    deploy(session, "web")
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET server = 'old.example'")
    rotate(session)
    asked = push_now(session, "shop", "team")
    assert (asked.withdrawn, asked.writes) == ((), ())
    assert "bahriya-team-v1 in falkenstein-1" in asked.notes[0]


def test_a_registry_returns_to_an_earlier_version_and_numbers_go_on(session: Quiet) -> None:
    define(session, "web")
    rotate(session, 2)
    edit_registry(session, "shop", "team", expires="2031-01-31")
    returned = return_registry(session, "shop", "team", 2, check=False)
    assert (returned.registry.version, returned.registry.expires) == (2, None)
    assert "2031-01-31" in returned.notes[0]
    assert [(one.version, one.state) for one in history.all(session.connection, team(session).id)] == [
        (1, "previous"),
        (2, "current"),
        (3, "previous"),
    ]
    entry = audit.latest(session.connection, 1)[0]
    assert (entry.action, entry.versions) == ("registry.returned", "2")
    (plan,) = plan_deployment(session, "shop", ["web"])
    assert (plan.spec.version, plan.spec.secret) == (2, "bahriya-team-v2")
    rotate(session)
    assert team(session).version == 4


def test_what_an_old_version_was_rotated_to_meanwhile_is_found_after_a_return(session: Quiet) -> None:
    rotate(session)
    return_registry(session, "shop", "team", 1, check=False)
    assert verify_log(session, offline=True).findings == ()
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET state = 'previous' WHERE version = 1")
        tx.execute("UPDATE credential SET state = 'current' WHERE version = 2")
        tx.execute("UPDATE registry SET version = 2")
    assert [one.kind for one in verify_log(session, offline=True).findings] == ["strayed"]


def test_a_version_that_cannot_count_again_is_refused_with_the_reason(session: Quiet) -> None:
    rotate(session)
    with pytest.raises(BadInput, match="is the current one already"):
        return_registry(session, "shop", "team", 2, check=False)
    with pytest.raises(NotFound, match='v9 of registry "team" is not kept') as missing:
        return_registry(session, "shop", "team", 9, check=False)
    assert missing.value.hint == "there is v1, v2"
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET unreadable = 'it was altered' WHERE version = 1")
    with pytest.raises(Failed, match="cannot be opened: it was altered"):
        return_registry(session, "shop", "team", 1, check=False)
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET unreadable = ''")
    push_now(session, "shop", "team")
    with pytest.raises(Failed, match="withdrawn when v2 was pushed"):
        return_registry(session, "shop", "team", 1, check=False)
    with session.store.write() as tx:
        tx.execute("UPDATE credential SET state = 'rejected', sealed = NULL WHERE version = 1")
    with pytest.raises(Failed, match="was never taken"):
        return_registry(session, "shop", "team", 1, check=False)
    assert team(session).version == 2


def test_a_rotation_that_began_before_another_was_accepted_does_not_count_after_a_return(
    session: Quiet,
) -> None:
    at = "2026-11-23T22:00:00.000Z"
    with session.store.write() as tx:
        late = registries.reserve_version(
            tx, team(session), server="registry.example", username="bot", actor="ops", now=at
        )
        registries.keep_sealed(tx, team(session).id, late, b"sealed")
    rotate(session)
    return_registry(session, "shop", "team", 1, check=False)
    with pytest.raises(InUse, match="rotated to version 3 meanwhile"), session.store.write() as tx:
        registries.accept_version(tx, team(session).id, late, at)
