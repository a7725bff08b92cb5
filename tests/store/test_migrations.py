"""A store of an earlier release, with rows in it, is brought up to date; nothing is lost or loosened."""

from pathlib import Path

import pytest

from bahriya_tui.store import containers, deployments, regions, removals, schema, tables_since
from bahriya_tui.store.database import APPLICATION_ID, VERSION, Store, open_store
from bahriya_tui.store.driver import JOURNAL, connect, sqlite

from .world import NOW

ID = "0123456789abcdef" * 2
_ROWS = f"""
INSERT INTO project VALUES ('shop', '', '{NOW}');
INSERT INTO region VALUES ('helsinki-1', '', '', '', 'c', 'k', 's', 'f', 'active', '', NULL, '{NOW}');
INSERT INTO region VALUES ('virginia-1', '', '', '', 'c', 'k', 's', 'f', 'active', '', NULL, '{NOW}');
INSERT INTO registry VALUES ('{ID}', 'shop', 'ghcr', '', 'ghcr.io', 'bot', 0, NULL, 0, NULL, '{NOW}',
  '{NOW}');
INSERT INTO container VALUES ('{ID}', 'shop', 'api', 'The API', 'ghcr.io/acme/api:1', 'http', 'ghcr', '{ID}',
  NULL, 2, 80, '[["A", "1"]]', 'running', 3, '{NOW}', '{NOW}');
INSERT INTO container_region VALUES ('{ID}', 'virginia-1', 0);
INSERT INTO container_region VALUES ('{ID}', 'helsinki-1', 1);
INSERT INTO deployment (project, container, container_id, revision, kind, state, spec, max_parallel,
  status_before, created_by, created_at) VALUES ('shop', 'api', '{ID}', 3, 'deploy', 'done',
  '{{"project": "shop", "container": "api", "image": "ghcr.io/acme/api:1", "type": "http", "replicas": 2,
    "port": 80, "env": [["A", "1"]], "registry": "ghcr", "registry_id": "{ID}", "server": "ghcr.io",
    "username": "bot", "version": 1, "secret": "bahriya-ghcr-v1"}}', 2, 'terminated', 'ops', '{NOW}');
INSERT INTO deployment_region VALUES (1, 'helsinki-1', 0, 0, 'running', '', 2, 2, '{NOW}', '{NOW}');
INSERT INTO placement VALUES ('shop', 'api', 'helsinki-1', 1, 'ghcr.io/acme/api:1', 'bahriya-ghcr-v1',
  '{ID}', 1, 'u1', 'u2');
INSERT INTO removal (id, project, region, kind, name, uid, reason, state, attempts, next_try_at, last_error,
  created_at) VALUES (7, 'shop', 'virginia-1', 'Deployment', 'old', 'u3', 'it left', 'pending', 2, '{NOW}',
  'no answer', '{NOW}');
"""


_RELEASES = [
    name for name, value in vars(schema).items() if getattr(value, "__module__", "") == schema.__name__
]
"""The names of all migrations in their order."""
_from_every_release = pytest.mark.parametrize("earlier", range(1, VERSION), indirect=True)


@pytest.fixture
def earlier(path: Path, request: pytest.FixtureRequest) -> Path:
    """A store with rows of the first release, brought to a later one (2) by the migrations of that time."""
    release = getattr(request, "param", 2)
    path.parent.mkdir(mode=0o700)
    with Store(connect(path)) as store:
        store.connection.execute(f"PRAGMA journal_mode = {JOURNAL}")
        with store.write() as tx:
            schema.migrations.apply(tx, stop_before=_RELEASES[1])
            tx.executescript(_ROWS)
            schema.migrations.apply(tx, stop_before=_RELEASES[release])
            tx.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            tx.execute(f"PRAGMA user_version = {release}")
    return path


@_from_every_release
def test_every_row_is_there_afterwards(earlier: Path) -> None:
    with open_store(earlier) as store:
        c = store.connection
        assert c.execute("PRAGMA user_version").fetchone()[0] == VERSION
        (api,) = containers.all(c, "shop")
        assert (api.handle, api.name, api.type, api.replicas, api.port) == ("api", "The API", "http", 2, 80)
        assert (api.registry, api.registry_id, api.env) == ("ghcr", ID, (("A", "1"),))
        assert api.regions == ("virginia-1", "helsinki-1")
        assert (api.status, api.revision, api.schedule) == ("running", 3, None)
        (placed,) = containers.placements(c)
        assert placed.workloads == [("Deployment", "u1")]
        (left,) = removals.pending(c)
        assert (left.id, left.name, left.uid, left.attempts) == (7, "old", "u3", 2)
        assert regions.get(c, "helsinki-1").cron_api == ""
        assert c.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_deployment_of_then_is_read_as_it_was(earlier: Path) -> None:
    with open_store(earlier) as store:
        (old,) = deployments.all(store.connection, "shop")
    assert (old.spec.type, old.spec.version, old.spec.env) == ("http", 1, (("A", "1"),))
    assert old.spec.schedule is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM container",
        "DELETE FROM region WHERE id = 'helsinki-1'",
        "DELETE FROM registry",
        "UPDATE container SET revision = 2",
        "UPDATE container SET type = 'batch'",
        "UPDATE container SET type = 'cronjob'",
        "UPDATE container SET schedule = '@daily'",
        "UPDATE removal SET kind = 'Pod'",
        "UPDATE placement SET kind = 'Pod'",
        "INSERT INTO removal SELECT 8, project, region, kind, name, uid, reason, state, attempts,"
        " next_try_at, last_error, created_at, registry_id FROM removal",
        "INSERT INTO container_region SELECT container_id, region, 2 FROM container_region",
    ],
)
def test_what_must_always_hold_still_holds(earlier: Path, statement: str) -> None:
    with open_store(earlier) as store, pytest.raises(sqlite.IntegrityError), store.write() as tx:
        tx.execute(statement)


@_from_every_release
def test_it_has_the_tables_of_a_store_made_today(earlier: Path, tmp_path: Path) -> None:
    def described(store: Store) -> dict[str, str]:
        found = store.connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {row["name"]: row["sql"] for row in found}

    with open_store(earlier) as migrated, open_store(tmp_path / "new" / "bahriya.db") as new:
        assert described(migrated) == described(new)


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "KINDS", tables_since.KINDS + "\nINSERT INTO nothing VALUES (1);\n")
    with pytest.raises(Exception, match="nothing"):
        open_store(earlier)
    monkeypatch.undo()
    with Store(connect(earlier)) as store:
        assert store.connection.execute("PRAGMA user_version").fetchone()[0] == 2
        assert store.connection.execute("SELECT count(*) FROM container_region").fetchone()[0] == 2
    test_every_row_is_there_afterwards(earlier)
