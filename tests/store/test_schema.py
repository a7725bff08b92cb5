from collections.abc import Iterator
from dataclasses import fields

import pytest

from bahriya_tui.model.audit import Anchor, Entry
from bahriya_tui.model.container import (
    AppliedSecret,
    Container,
    InitJob,
    PlacedSecret,
    Placement,
    Removal,
    SecretWrite,
)
from bahriya_tui.model.deployment import MOVES, REGION_MOVES, Deployment, RegionRun
from bahriya_tui.model.event import Event
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import CredentialVersion, Project, Registry
from bahriya_tui.store import schema
from bahriya_tui.store.checks import Check
from bahriya_tui.store.database import APPLICATION_ID, VERSION, Store
from bahriya_tui.store.driver import sqlite

from .world import NOW, add_container, queue


def tables(store: Store) -> Iterator[tuple[str, bool]]:
    for row in store.connection.execute("PRAGMA table_list"):
        if row["schema"] == "main" and row["type"] == "table" and not row["name"].startswith("sqlite_"):
            yield row["name"], bool(row["strict"])


def columns(store: Store, table: str) -> dict[str, str]:
    return {row["name"]: row["type"] for row in store.connection.execute(f"PRAGMA table_info({table})")}


def test_every_table_is_strict(store: Store) -> None:
    assert len(dict(tables(store))) > 10
    assert all(strict for _, strict in tables(store))


def test_the_file_says_that_it_is_a_store_and_of_which_release(store: Store) -> None:
    assert store.connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert store.connection.execute("PRAGMA user_version").fetchone()[0] == VERSION


def test_the_release_number_counts_the_migrations(store: Store) -> None:
    with store.write() as tx:
        assert len(schema.migrations.applied(tx)) == VERSION
        assert schema.migrations.pending(tx) == []


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("project", Project),
        ("registry", Registry),
        ("credential", CredentialVersion),
        ("container", Container),
        ("placement", Placement),
        ("placement_secret", PlacedSecret),
        ("init_job", InitJob),
        ("applied_secret", AppliedSecret),
        ("region", Region),
        ("deployment", Deployment),
        ("deployment_region", RegionRun),
        ("removal", Removal),
        ("secret_write", SecretWrite),
        ("registry_check", Check),
        ("event", Event),
        ("audit", Entry),
        ("audit_anchor", Anchor),
        ("read_back", ReadBack),
        ("observed_secret", ObservedSecret),
        ("observed_workload", ObservedWorkload),
    ],
)
def test_columns_are_called_what_the_fields_are_called(store: Store, table: str, kind: type) -> None:
    elsewhere = {"regions", "init_jobs", "more", "settings"}
    assert {field.name for field in fields(kind)} - elsewhere <= columns(store, table).keys()


def test_sealed_credentials_are_the_only_bytes_and_no_column_is_meant_for_a_password(store: Store) -> None:
    all_columns = {
        (table, name): kind for table, _ in tables(store) for name, kind in columns(store, table).items()
    }
    blobs = [where for where, kind in all_columns.items() if kind == "BLOB"]
    assert blobs == [("credential", "sealed"), ("credential", "recovery")]
    suspicious = ("passw", "token", "auth", "plain")
    named = {name for _, name in all_columns if any(word in name for word in suspicious)}
    # The kind of a token, not the token.
    assert named == {"plain_http", "plaintext_ms", "token_kind"}


@pytest.mark.parametrize("table", ["deployment", "deployment_region"])
def test_the_tables_know_exactly_the_states_of_the_model(store: Store, table: str) -> None:
    queue(store, add_container(store, "api"))
    states = MOVES.keys() if table == "deployment" else REGION_MOVES.keys()
    with store.write() as tx:
        for state in states:
            lease = ", lease_until = iif(:s IN ('running', 'cancelling'), :now, NULL)"
            tx.execute(
                f"UPDATE {table} SET state = :s{lease if table == 'deployment' else ''}",
                {"s": state, "now": NOW},
            )
    with pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute(f"UPDATE {table} SET state = 'sleeping'")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET message = 'nothing happened'",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event (seq, at, phase, message, actor) VALUES (1, 'x', 'x', 'x', '')",
        "UPDATE version_counter SET last = 1",
        "DELETE FROM version_counter",
        "UPDATE registry SET version = 0",
        "UPDATE container SET revision = 0",
        "UPDATE deployment SET fence = 0",
        "UPDATE credential SET sealed = NULL",
        "UPDATE credential SET sealed = zeroblob(70001)",
        "UPDATE credential SET sealed = x''",
        "UPDATE credential SET sealed = 'text'",
        "UPDATE registry SET project = 'blog'",
        "DELETE FROM registry",
        "DELETE FROM credential; DELETE FROM registry",
        "DELETE FROM region",
        "DELETE FROM project",
        "UPDATE container SET port = 0",
        "UPDATE container SET replicas = 'two'",
        "UPDATE deployment SET lease_until = NULL",
        "INSERT INTO deployment_region SELECT 99, region, position, wave, state, message, updated, replicas,"
        " started_at, finished_at FROM deployment_region",
        "INSERT INTO deployment (project, container, container_id, revision, kind, state, spec, max_parallel,"
        " status_before, created_by, created_at) SELECT project, container, container_id, 9, kind, 'queued',"
        " spec, max_parallel, status_before, created_by, created_at FROM deployment",
    ],
)
def test_what_must_always_hold_is_refused_by_the_tables_themselves(store: Store, statement: str) -> None:
    from bahriya_tui.store import deployments, events, projects, registries

    from .world import SOON, rotate

    registry = registries.get(store.connection, "shop", "ghcr")
    queue(store, add_container(store, "api", rotate(store, registry)))
    with store.write() as tx:
        projects.insert(tx, "blog", "", NOW)
        deployments.claim(tx, "worker", NOW, SOON)
        events.append(tx, phase="registry.added", message="", now=NOW)
    with pytest.raises((sqlite.IntegrityError, sqlite.DataError)), store.write() as tx:
        tx.executescript(statement + ";")


def test_the_largest_credential_fits(store: Store) -> None:
    with store.write() as tx:
        tx.execute("UPDATE credential SET sealed = zeroblob(70000)")
    assert store.connection.execute("SELECT length(sealed) FROM credential").fetchone()[0] == 70000


def test_the_references_between_the_tables_are_sound(store: Store) -> None:
    queue(store, add_container(store, "api"))
    assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
