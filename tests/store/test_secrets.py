from dataclasses import replace

from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.store import secrets, work
from bahriya_tui.store.database import Store

SENT = AppliedSecret("shop", "helsinki-1", "bahriya-ghcr-v1", "r1", "ghcr", 1, None)


def test_a_secret_is_known_before_it_is_sent_and_confirmed_after(store: Store) -> None:
    with store.write() as tx:
        secrets.note(tx, SENT)
    assert secrets.applied(store.connection) == [SENT]
    with store.write() as tx:
        secrets.note(tx, replace(SENT, uid="u1"))
    assert secrets.applied(store.connection) == [replace(SENT, uid="u1")]


def test_secrets_are_found_by_project_region_and_registry(store: Store) -> None:
    newer = replace(SENT, name="bahriya-ghcr-v2", version=2)
    elsewhere = replace(SENT, region="virginia-1")
    foreign = replace(SENT, project="blog", registry_id="r2")
    with store.write() as tx:
        for secret in (newer, foreign, elsewhere, SENT):
            secrets.note(tx, secret)
    assert secrets.applied(store.connection) == [foreign, SENT, elsewhere, newer]
    assert secrets.applied(store.connection, project="blog") == [foreign]
    assert secrets.applied(store.connection, region="virginia-1") == [elsewhere]
    assert secrets.applied(store.connection, registry_id="r1") == [SENT, elsewhere, newer]


def test_a_forgotten_secret_leaves_those_of_other_regions_and_versions(store: Store) -> None:
    elsewhere, newer = replace(SENT, region="virginia-1"), replace(SENT, name="bahriya-ghcr-v2", version=2)
    with store.write() as tx:
        for secret in (SENT, elsewhere, newer):
            secrets.note(tx, secret)
        secrets.forget(tx, "shop", "helsinki-1", "bahriya-ghcr-v1")
    assert secrets.applied(store.connection) == [elsewhere, newer]


def test_who_is_due_takes_along_all_that_hold_the_same_versions_token(store: Store) -> None:
    due = replace(SENT, uid="u", expires_at="2026-11-29T22:00:00.000Z", refresh_at="2026-11-29T16:00:00.000Z")
    later = replace(due, region="virginia-1", refresh_at="2026-11-29T18:00:00.000Z")
    of_another_version = replace(later, name="bahriya-ghcr-v2", version=2, holds=2)
    of_another_registry = replace(later, project="blog", registry_id="r2")
    for_ever = replace(SENT, region="oslo-1")
    with store.write() as tx:
        for secret in (due, later, of_another_version, of_another_registry, for_ever):
            secrets.note(tx, secret)
    assert secrets.to_refresh(store.connection, "2026-11-29T15:59:59.999Z") == []
    assert secrets.to_refresh(store.connection, "2026-11-29T16:00:00.000Z") == [due, later]
    with store.write() as tx:
        for secret in (due, later):
            secrets.refresh_asked(tx, secret)
    assert secrets.to_refresh(store.connection, "2026-11-29T16:00:00.000Z") == []
    assert work.next_due(store.connection) == "2026-11-29T18:00:00.000Z"
