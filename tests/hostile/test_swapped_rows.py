"""Whoever can write the store cannot have a credential sent anywhere else, or for anything else.

Rolling whole rows back to what they were once is not among these: old rows are genuine, and open.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.container import Container
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import checks, registries
from tests.hostile.regions import HeldWorld
from tests.oci.odd_server import OddServer, http
from tests.worker.desk import Desk, until


@dataclass
class Target:
    """What is attacked: registry `team` (versions 1 and 2), its container, another registry, and a thief."""

    desk: Desk
    world: HeldWorld
    team: Registry
    other: Registry
    container: Container
    thief: OddServer

    def rewrite(self, statements: str) -> None:
        """Write into the store as its schema would not let anybody."""
        connection = self.desk.store.connection
        known = {"TEAM": self.team.id, "OTHER": self.other.id, "THIEF": self.thief.address}
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements.format(**known).split(";"):
            connection.execute(statement)
        connection.execute("PRAGMA foreign_keys = ON")

    def deploy(self, statements: str = "") -> dict[str, str]:
        """Deploy what `statements` changed while it was queued; give what each region says at its end."""
        number = self.desk.deploy(self.container)
        self.rewrite(statements)
        self.desk.start()
        ended = self.desk.ended(number)
        return {one.region: f"{one.state}: {one.message}" for one in ended.regions}

    def check(self) -> str:
        """Have the registry's current version checked, and give login and reason."""
        store = self.desk.store
        with store.write() as tx:
            registry = registries.get(tx.conn, "shop", "team")
            number = checks.request(tx, registry.id, registry.version, [], clock.now())
        until(lambda: checks.get(store.connection, number).state == "done")
        result = checks.get(store.connection, number).result
        assert result is not None
        return f"{result['login']}: {result['reason']}"


@pytest.fixture
def target(desk: Desk, held_world: HeldWorld, canary: str) -> Iterator[Target]:
    with OddServer(lambda _request: http(401, WWW_Authenticate='Basic realm="r"')) as thief:
        team = desk.rotate(desk.registry("team", f"old-{canary}"), canary)
        other = desk.registry("other", f"other-{canary}")
        container = desk.container("app", registry=team)
        yield Target(desk, held_world, team, other, container, thief)


ROWS = {
    "another server": "UPDATE registry SET server = '{THIEF}'; UPDATE credential SET server = '{THIEF}'",
    "another user": "UPDATE registry SET username = 'root'; UPDATE credential SET username = 'root'",
    "a character moved from the server to the user": """
        UPDATE registry SET username = substr(server, -1) || username;
        UPDATE registry SET server = substr(server, 1, length(server) - 1);
        UPDATE credential SET username = substr(server, -1) || username;
        UPDATE credential SET server = substr(server, 1, length(server) - 1)
        """,
    "the other registry's credential": """
        UPDATE credential SET sealed = (SELECT sealed FROM credential WHERE registry_id = '{OTHER}')
        WHERE registry_id = '{TEAM}' AND version = 2
        """,
    "two registries swapped": """
        UPDATE credential SET registry_id = 'x' WHERE registry_id = '{TEAM}' AND version = 2;
        UPDATE credential SET registry_id = '{TEAM}', version = 2 WHERE registry_id = '{OTHER}';
        UPDATE credential SET registry_id = '{OTHER}', version = 1 WHERE registry_id = 'x'
        """,
    "the old version under the new number": """
        UPDATE credential SET sealed =
          (SELECT sealed FROM credential WHERE registry_id = '{TEAM}' AND version = 1)
        WHERE registry_id = '{TEAM}' AND version = 2
        """,
    "the same version under a higher number": """
        UPDATE credential SET version = 3 WHERE registry_id = '{TEAM}' AND version = 2;
        UPDATE registry SET version = 3 WHERE id = '{TEAM}'
        """,
    "a bit flipped": """
        UPDATE credential SET sealed = CAST(substr(sealed, 1, 100) || x'00ff' || substr(sealed, 103) AS BLOB)
        """,
    "cut off": "UPDATE credential SET sealed = substr(sealed, 1, 200)",
    "no record at all": "UPDATE credential SET sealed = x'7b7d'",
    "another key's id": """
        UPDATE credential SET sealed = CAST(x'0100010011223344556677' || substr(sealed, 12) AS BLOB)
        """,
}
SPECS = {
    "another server": "UPDATE deployment SET spec = json_set(spec, '$.server', '{THIEF}')",
    "another user": "UPDATE deployment SET spec = json_set(spec, '$.username', 'root')",
    "another project": "UPDATE deployment SET spec = json_set(spec, '$.project', 'thieves')",
    "another registry": """
        UPDATE credential SET version = 2 WHERE registry_id = '{OTHER}';
        UPDATE deployment SET spec = json_set(spec, '$.registry_id', '{OTHER}', '$.server', '{THIEF}')
        """,
}


def nothing_was_sent(target: Target) -> None:
    """Neither a region nor a registry, the right one or the thief's, was sent any credential."""
    assert target.world.secrets_sent() == []
    assert target.thief.received == []
    assert target.world.registry.requests == []


def test_without_an_attack_the_credential_is_sent(target: Target, canary: str) -> None:
    assert set(target.deploy().values()) == {"running: 1 of 1 replicas run the new revision"}
    assert target.check() == "accepted: "
    assert len(target.world.secrets_sent()) == 3


@pytest.mark.parametrize("attack", ROWS)
def test_a_changed_row_ends_in_an_error_that_says_what_to_do(
    target: Target, canary: str, attack: str
) -> None:
    target.rewrite(ROWS[attack])
    said = {*target.deploy().values(), target.check()}
    nothing_was_sent(target)
    for sentence in said:
        assert sentence.startswith(("failed: ", "not proven: "))
        assert "needs re-entry" in sentence
        assert "rotate" in sentence
        assert "\n" not in sentence
        assert canary not in sentence


@pytest.mark.parametrize("attack", SPECS)
def test_a_changed_deployment_ends_in_an_error_that_says_what_to_do(target: Target, attack: str) -> None:
    said = target.deploy(SPECS[attack])
    nothing_was_sent(target)
    for sentence in said.values():
        assert sentence.startswith("failed: ")
        assert "needs re-entry" in sentence
