"""The tables, as migrations that never change once released; importing this imports sqlite-utils.

No column can hold a plaintext credential. What must hold whatever the program does stands here: references,
states, one active deployment a container, version numbers never used twice, events that are only added.
Checks and triggers call no JSON functions: older SQLite refuses them where the schema is not trusted.
Their SQL stands in `tables` (the first release) and `tables_since`.
"""

from sqlite_utils import Database, Migrations

from bahriya_tui.store.tables import (
    CONTAINERS,
    DEPLOYMENTS,
    EVENTS,
    IN_REGIONS,
    PROJECTS,
    REGIONS,
    REGISTRIES,
)
from bahriya_tui.store.tables_since import (
    ADOPTIONS,
    AUDIT,
    CHANGES,
    CREDENTIALS_2,
    DELETION,
    HEALTH,
    INDEXES,
    INIT_JOBS,
    KINDS,
    LATENCIES,
    MANNER,
    MINTED,
    NOTICES,
    OBSERVED,
    PROTECTION,
    REPAIRS,
    SHOWN_OF_TOKENS,
    VERSIONS_3,
    WRITES_3,
)

migrations = Migrations("bahriya")


@migrations()
def first(database: Database) -> None:
    """Create every table of the first release."""
    for part in (PROJECTS, REGIONS, REGISTRIES, CONTAINERS, DEPLOYMENTS, IN_REGIONS, EVENTS):
        database.executescript(part)


@migrations()
def vault_and_audit(database: Database) -> None:
    """Seal for recovery too, say how a deployment was isolated, and keep an audit log."""
    for part in (CREDENTIALS_2, AUDIT):
        database.executescript(part)


@migrations()
def careful_deployments(database: Database) -> None:
    """Say of a deployment how carefully it goes: canary, soak, gate, failures, fields of others."""
    database.executescript(MANNER)


@migrations()
def rotation(database: Database) -> None:
    """Let a registry return to an earlier version, and write a newer token into a secret of an older one."""
    for part in (VERSIONS_3, WRITES_3):
        database.executescript(part)


@migrations()
def kinds_of_container(database: Database) -> None:
    """Let containers be cronjobs, and say of which kind their workloads are."""
    database.executescript(KINDS)


@migrations()
def init_jobs(database: Database) -> None:
    """Let containers have init jobs, each with a registry of its own."""
    database.executescript(INIT_JOBS)


@migrations()
def observations(database: Database) -> None:
    """Keep what regions showed, when an unreachable one is looked at again, and what is to be repaired."""
    for part in (OBSERVED, HEALTH, REPAIRS):
        database.executescript(part)


@migrations()
def deletion(database: Database) -> None:
    """Keep a registry that is being deleted until the regions have answered."""
    database.executescript(DELETION)


@migrations()
def indexes(database: Database) -> None:
    """Find what is in a region, and the deployments that may still bring something there."""
    database.executescript(INDEXES)


_CHANGED = {
    "container": "container",
    "container_region": "container",
    "init_job": "container",
    "placement": "placement",
    "placement_secret": "placement",
    "applied_secret": "secret",
}
_COUNTED = "".join(
    f"CREATE TRIGGER {table}_{event.lower()}_counts AFTER {event} ON {table}\n"  # noqa: S608
    f"BEGIN UPDATE change SET number = number + 1 WHERE kind = '{kind}'; END;\n"
    for table, kind in _CHANGED.items()
    for event in ("INSERT", "UPDATE", "DELETE")
)


@migrations()
def changes(database: Database) -> None:
    """Count the changes of what screens would else read again after every change of anything."""
    for part in (CHANGES, _COUNTED):
        database.executescript(part)


@migrations()
def protection(database: Database) -> None:
    """Let regions be protected; none is until somebody says so."""
    database.executescript(PROTECTION)


@migrations()
def latencies(database: Database) -> None:
    """Keep how long the latest contacts with a region took to connect."""
    database.executescript(LATENCIES)


@migrations()
def token_facts(database: Database) -> None:
    """Keep what a token showed of itself when it was sealed: its kind, and its end."""
    database.executescript(SHOWN_OF_TOKENS)


@migrations()
def proxies(database: Database) -> None:
    """Let a registry be asked through a proxy."""
    database.executescript("ALTER TABLE registry ADD COLUMN proxy TEXT;")


@migrations()
def minted_tokens(database: Database) -> None:
    """Keep when the token in a region's secret ends and is replaced, where it is made for a time only."""
    database.executescript(MINTED)


@migrations()
def adoptions(database: Database) -> None:
    """Ask the worker for the pull secrets of others in a region, and for what is in one, sealed."""
    database.executescript(ADOPTIONS)


@migrations()
def notices(database: Database) -> None:
    """Remember of what people were told."""
    database.executescript(NOTICES)
