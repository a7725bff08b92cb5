"""`bahriya vault`, and what other commands say while the vault is locked or a key is lost."""

import json
from pathlib import Path

import pytest

from bahriya_tui.launch import vault as processes
from bahriya_tui.places import places
from bahriya_tui.vault import keys
from tests.cli.conftest import Commands
from tests.cli.outside import USER, Outside
from tests.custody.hands import protect

ONE, TWO = b"correct horse\n", b"battery staple\n"


@pytest.fixture
def protected(shop: Commands) -> Commands:
    """A project with a registry, and a vault with the passphrase `ONE`."""
    add(shop, "ghcr")
    protect((places().public_keys, places().private_keys), ONE.decode().strip())
    return shop


def add(shop: Commands, handle: str, token: bytes = b"t0ken") -> None:
    where = ["--server", "ghcr.io", "--username", "bot", "--password-stdin", "--no-check"]
    shop.good("registry", "add", handle, *where, stdin=token)


def status(shop: Commands) -> dict[str, object]:
    found: dict[str, object] = shop.good("vault", "status", "--json").json
    return found


def test_before_there_are_keys_the_status_says_so(shop: Commands) -> None:
    assert status(shop) == {
        "protected": False,
        "unlocked": False,
        "key_id": None,
        "private_key": "missing",
        "recovery_key": "none",
        "retiring": [],
        "credentials": {"total": 0, "to_reseal": 0, "unreadable": 0},
    }
    assert "private key   missing" in shop.good("vault", "status").out


def test_the_status_follows_what_is_done(shop: Commands) -> None:
    add(shop, "ghcr")
    first = status(shop)
    assert (first["protected"], first["unlocked"], first["private_key"]) == (False, True, "ok")
    assert first["recovery_key"] == "not shown"
    assert first["credentials"] == {"total": 1, "to_reseal": 0, "unreadable": 0}
    assert "1 total, 0 to reseal, 0 unreadable" in shop.good("vault", "status").out

    shop.good("vault", "recovery-key", "--output", str(shop.home / "recovery"))
    assert status(shop)["recovery_key"] == "shown"
    refused = shop("vault", "recovery-key", "--output", str(shop.home / "other"), "--json")
    assert (refused.code, refused.error["code"]) == (1, 1)

    keys.private_path(places().private_keys, bytes.fromhex(str(first["key_id"]))).chmod(0o644)
    assert "mode 0644" in str(status(shop)["private_key"])
    assert status(shop)["unlocked"] is False


def test_a_passphrase_waits_for_the_recovery_key(shop: Commands) -> None:
    refused = shop("vault", "passphrase", "--passphrase-stdin", "--json", stdin=ONE)
    assert refused.code == 3
    assert "recovery-key" in refused.error["hint"]


def test_a_vault_is_unlocked_for_a_time_and_locked_again(protected: Commands) -> None:
    shop = protected
    assert (status(shop)["protected"], status(shop)["unlocked"]) == (True, False)
    assert shop("vault", "unlock", "--passphrase-stdin", stdin=TWO).code == 5
    assert status(shop)["unlocked"] is False
    assert "for 30m" in shop.good("vault", "unlock", "--for", "30m", "--passphrase-stdin", stdin=ONE).out
    assert status(shop)["unlocked"] is True
    assert "is locked" in shop.good("vault", "lock").out
    assert status(shop)["unlocked"] is False
    assert shop.good("vault", "lock", "--json").json == {"ended": False}
    assert "no passphrase" not in shop.good("vault", "unlock", "--passphrase-stdin", stdin=ONE).out
    shop.good("vault", "passphrase", "--remove", "--passphrase-stdin", stdin=ONE)
    assert (status(shop)["protected"], status(shop)["unlocked"]) == (False, True)
    assert "no passphrase" in shop.good("vault", "unlock", "--passphrase-stdin", stdin=ONE).out


def rejected(shop: Commands) -> list[str]:
    """The actions that the audit log says were rejected."""
    entries = shop.good("audit", "list", "--json").json
    return [one["action"] for one in entries if one["outcome"] == "rejected"]


def test_a_wrong_passphrase_is_in_the_audit_log(protected: Commands) -> None:
    refused = protected("vault", "unlock", "--passphrase-stdin", "--json", stdin=TWO)
    assert (refused.code, refused.error["message"]) == (5, "the passphrase does not open the key")
    assert rejected(protected) == ["vault.unlocked"]


def test_keys_that_others_could_use_are_no_wrong_passphrase(protected: Commands) -> None:
    places().private_keys.chmod(0o755)
    refused = protected("vault", "unlock", "--passphrase-stdin", "--json", stdin=ONE)
    assert (refused.code, "has mode 0755" in refused.error["message"]) == (5, True)
    assert rejected(protected) == []


def test_a_passphrase_is_set_and_changed(shop: Commands) -> None:
    add(shop, "ghcr")
    shop.good("vault", "recovery-key", "--output", str(shop.home / "recovery"))
    shop.good("vault", "passphrase", "--passphrase-stdin", stdin=ONE)
    changed = shop.good("vault", "passphrase", "--passphrase-stdin", "--json", stdin=ONE + TWO)
    assert changed.json == {"protected": True}
    assert shop("vault", "unlock", "--passphrase-stdin", stdin=ONE).code == 5
    assert status(shop)["protected"] is True


@pytest.mark.parametrize("time", ["8 h", "x", "-1h", "25h", "0", "1d", "٣h"])
def test_a_time_that_is_none_or_too_long_is_refused(protected: Commands, time: str) -> None:
    assert protected("vault", "unlock", f"--for={time}", "--passphrase-stdin", stdin=ONE).code == 2


@pytest.mark.parametrize(
    "command",
    [
        ("vault", "unlock"),
        ("vault", "passphrase"),
        ("vault", "recovery-key"),
        ("vault", "recover"),
    ],
)
def test_nobody_is_asked_where_nobody_may_be(protected: Commands, command: tuple[str, ...]) -> None:
    refused = protected(*command, "--no-input", "--json")
    assert (refused.code, refused.error["code"]) == (2, 2)


def test_what_needs_the_locked_key_ends_with_5_and_says_how_to_go_on(protected: Commands) -> None:
    shop = protected
    shop.good(
        "container", "add", "web", "--image", "ghcr.io/a/b:1", "--registry", "ghcr", "--region", "helsinki-1"
    )
    shop.good("container", "add", "docs", "--image", "nginx:1.27", "--region", "helsinki-1")
    where = ["--server", "ghcr.io", "--username", "bot", "--password-stdin"]
    for command in (
        ["deploy", "web", "--no-wait"],
        ["registry", "add", "other", *where],
        ["registry", "rotate", "ghcr", "--password-stdin"],
        ["registry", "edit", "ghcr", "--username", "b", "--password-stdin"],
        ["registry", "check", "ghcr"],
        ["vault", "rekey"],
    ):
        refused = shop(*command, "--json", stdin=b"t0ken")
        assert (refused.code, refused.error["hint"]) == (5, "first: bahriya vault unlock"), command
    assert [one["handle"] for one in shop.good("registry", "list", "--json").json] == ["ghcr"]
    add(shop, "other")
    shop.good("registry", "rotate", "ghcr", "--password-stdin", "--no-check", stdin=b"t0ken")
    shop.good("deploy", "docs", "--no-wait")


def test_a_rekey_seals_everything_for_the_new_key(protected: Commands) -> None:
    shop = protected
    before = status(shop)["key_id"]
    shop.good("vault", "unlock", "--passphrase-stdin", stdin=ONE)
    assert shop("vault", "rekey", "--passphrase-stdin", stdin=TWO).code == 5

    made = shop.good("vault", "rekey", "--passphrase-stdin", "--json", stdin=ONE).json

    after = status(shop)
    assert made == {"made": True, "key_id": after["key_id"]}
    assert after["key_id"] != before
    assert (after["retiring"], after["unlocked"], after["protected"]) == ([], True, True)
    assert after["credentials"] == {"total": 1, "to_reseal": 0, "unreadable": 0}
    assert shop.good("registry", "show", "ghcr", "--json").json["version"] == 1
    shop.good("vault", "lock")


def test_a_new_recovery_key_is_sealed_for_and_can_be_shown(shop: Commands) -> None:
    add(shop, "ghcr")
    for name in ("one", "two"):
        answer = shop.good("vault", "rekey", "--recovery")
        assert "recovery-key" in answer.err
        assert status(shop)["recovery_key"] == "not shown"
        shop.good("vault", "recovery-key", "--output", str(shop.home / name))
    assert (shop.home / "one").read_text() != (shop.home / "two").read_text()
    assert status(shop)["credentials"] == {"total": 1, "to_reseal": 0, "unreadable": 0}


def test_the_recovery_drill(bahriya: Commands, world: Outside, canary: str) -> None:
    shop = bahriya
    shop.good("project", "add", "shop")
    shop.good("region", "import", "--kubeconfig", str(world.kubeconfig), "--yes")
    where = ["--server", world.registry.address, "--username", USER, "--password-stdin"]
    shop.good("registry", "add", "team", *where, stdin=canary.encode())
    image = f"{world.registry.address}/team/app:v1"
    region = world.regions[0]
    shop.good("container", "add", "web", "--image", image, "--registry", "team", "--region", region)
    shop.good("vault", "recovery-key", "--output", str(shop.home / "recovery"))
    typed = (shop.home / "recovery").read_bytes()
    for path in places().private_keys.iterdir():
        path.unlink()

    failed = shop("deploy", "web")
    assert failed.code == 1
    assert "needs re-entry" in failed.out
    (listed,) = shop.good("registry", "list", "--json").json
    assert listed["needs_reentry"] == "its private key is missing"
    assert "its private key is missing" in shop.good("registry", "list").out
    (version,) = shop.good("registry", "show", "team", "--json").json["versions"]
    assert version["needs_reentry"] == "its private key is missing"

    other = typed.replace(typed[:4], b"AAAA")
    assert shop("vault", "recover", "--key-stdin", stdin=other).code == 2
    recovered = shop.good("vault", "recover", "--key-stdin", "--json", stdin=typed).json
    assert recovered == {"recovered": ["shop/team v1"], "failed": []}

    shop.good("deploy", "web")
    assert world.pull_secrets()[region] == {"bahriya-team-v1"}
    (listed,) = shop.good("registry", "list", "--json").json
    assert listed["needs_reentry"] is None
    assert canary.encode() not in shop.written()
    assert list(places().store.glob("recover-*")) == []


def test_a_wrong_recovery_key_changes_nothing(shop: Commands) -> None:
    add(shop, "ghcr")
    shop.good("vault", "recovery-key", "--output", str(shop.home / "first"))
    shop.good("vault", "rekey", "--recovery")
    for path in places().private_keys.glob("*.key"):
        path.unlink()
    before = shop.stored()["credential"]
    refused = shop("vault", "recover", "--key-stdin", "--json", stdin=(shop.home / "first").read_bytes())
    assert (refused.code, refused.error["code"]) == (5, 5)
    assert shop.stored()["credential"] == before
    assert rejected(shop) == ["vault.recovered"]


def test_a_public_key_that_is_none_is_no_wrong_recovery_key(shop: Commands) -> None:
    add(shop, "ghcr")
    shop.good("vault", "recovery-key", "--output", str(shop.home / "recovery"))
    for path in places().private_keys.glob("*.key"):
        path.unlink()
    (places().public_keys / keys.RECOVERY_NAME).write_text("rubbish")
    typed = (shop.home / "recovery").read_bytes()
    refused = shop("vault", "recover", "--key-stdin", "--json", stdin=typed)
    assert (refused.code, "is no public key" in refused.error["message"]) == (5, True)
    assert rejected(shop) == []


def test_what_recovery_cannot_open_is_named(shop: Commands) -> None:
    for handle in ("good", "moved", "early"):
        add(shop, handle)
    from bahriya_tui.operations.session import open_session

    with open_session() as session, session.store.write() as tx:
        where = "WHERE registry_id = (SELECT id FROM registry WHERE handle = ?)"
        tx.execute(f"UPDATE credential SET username = 'root' {where}", ["moved"])
        tx.execute(f"UPDATE credential SET recovery = NULL {where}", ["early"])
    shop.good("vault", "recovery-key", "--output", str(shop.home / "recovery"))
    for path in places().private_keys.glob("*.key"):
        path.unlink()
    answer = shop("vault", "recover", "--key-stdin", "--json", stdin=(shop.home / "recovery").read_bytes())
    assert answer.code == 1
    assert answer.json["recovered"] == ["shop/good v1"]
    assert {one["credential"] for one in answer.json["failed"]} == {"shop/moved v1", "shop/early v1"}
    told = shop("vault", "recover", "--key-stdin", stdin=(shop.home / "recovery").read_bytes())
    assert told.code == 1
    assert "shop/early v1 has to be entered again" in told.err
    assert "0 credentials were recovered" in told.out


def test_without_anything_lost_there_is_nothing_to_recover(shop: Commands) -> None:
    add(shop, "ghcr")
    answer = shop.good("vault", "recover", "--key-stdin", "--json", stdin=b"")
    assert answer.json == {"recovered": [], "failed": []}


def test_no_command_holds_or_shows_a_passphrase(protected: Commands) -> None:
    shop = protected
    answers = [
        shop("vault", "unlock", "--passphrase-stdin", "--json", stdin=b"a secret phrase\n"),
        shop("vault", "unlock", "--passphrase-stdin", "--json", stdin=ONE),
        shop("vault", "status", "--json"),
    ]
    assert processes.lock(places())
    assert "secret phrase" not in str(answers)
    assert ONE.strip() not in shop.written()


def test_the_request_for_recovery_is_gone_also_after_an_error(shop: Commands, tmp_path: Path) -> None:
    add(shop, "ghcr")
    for path in places().private_keys.iterdir():
        path.unlink()
    refused = shop("vault", "recover", "--key-stdin", "--json", stdin=b"ABCD\n")
    assert json.loads(refused.err)["error"]["code"] == 2
    assert list(places().store.glob("recover-*")) == []
