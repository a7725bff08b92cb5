"""A backup goes to another machine, opens there with the recovery key, and deploys."""

import gzip
import io
import shutil
import tarfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bahriya_tui.model.audit import Actor
from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.store import archive
from bahriya_tui.store.driver import connect
from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator

WHO = Actor("operator")


def test_a_backup_goes_on_on_another_machine(
    deployed: Operator, world: Outside, tmp_path: Path, canary: str
) -> None:
    file, recovery = tmp_path / "kept.tar.gz", tmp_path / "recovery"
    deployed.run("vault", "recovery-key", "--output", str(recovery))
    assert "holds the store" in deployed.run("backup", str(file)).out
    before = deployed.run("registry", "list", "--json").json
    deployed.run("worker", "stop")

    other = Operator(tmp_path / "other machine")
    said = other.run("restore", str(file), "--json").json

    assert (said["projects"], said["registries"], said["key_missing"]) == (["shop"], 1, True)
    assert other.run("registry", "list", "--json").json == before
    other.run("vault", "recover", "--key-stdin", password=recovery.read_text())
    other.run("deploy", "app")
    other.run("registry", "rotate", "team", "--password-stdin", "--no-check", "--deploy", password=canary)
    assert pull_secrets_at_rest(other, world) > "bahriya-team-v1000"
    other.run("worker", "stop")
    other.run("audit", "verify")


def pull_secrets_at_rest(operator: Operator, world: Outside) -> str:
    """Wait until the worker has ended, and give the name of the one pull secret that is everywhere."""
    while operator.run("worker", "status", "--json").json["running"]:
        pass
    (name,) = {name for names in world.pull_secrets().values() for name in names}
    return name


def test_a_backup_holds_no_key_and_no_token(team: Commands, canary: str) -> None:
    file = team.home / "kept.tar.gz"
    team.good("backup", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as members:
        names = members.getnames()
        content = b"".join(found.read() for one in members if (found := members.extractfile(one)))
    assert {name.partition("/")[0] for name in names} == {"about.json", "bahriya.db", "keys"}
    private = [path.read_bytes().strip() for path in (team.home / "keys/private").glob("*.key")]
    assert private
    assert not any(key in content or bytes.fromhex(key.decode()) in content for key in private)
    assert canary.encode() not in content


def test_nothing_is_written_over(team: Commands) -> None:
    file = team.home / "kept.tar.gz"
    file.write_text("mine")
    refused = team("backup", str(file), "--json")
    assert (refused.code, file.read_text()) == (2, "mine")
    assert "exists" in refused.error["message"]
    file.unlink()
    team.good("backup", str(file))
    before = team.stored()
    refused = team("restore", str(file), "--json")
    assert refused.code == 3
    assert "not empty" in refused.error["message"]
    assert team.stored() == before


def test_the_log_says_that_a_backup_was_begun_and_what_came_of_it(team: Commands) -> None:
    begun, done, failed = (
        ("store.backing-up", "started"),
        ("store.backed-up", "done"),
        ("store.backed-up", "failed"),
    )
    file = team.home / "kept.tar.gz"
    team.good("backup", str(file))
    assert backups_told(team) == [begun, done]
    assert team("backup", str(file)).code == 2
    assert team("backup", str(team.home / "no folder" / "kept")).code == 2
    assert backups_told(team) == [begun, done, begun, failed, begun, failed]

    copy = team.home / "copy.db"
    with tarfile.open(file) as members:
        found = members.extractfile("bahriya.db")
        assert found is not None
        copy.write_bytes(found.read())
    with closing(connect(copy)) as c:
        (last,) = c.execute("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    assert last == begun[0]


def backups_told(team: Commands) -> list[tuple[str, str]]:
    """What the log says of backups, oldest first."""
    found = team.good("audit", "list", "--json").json
    return [(one["action"], one["outcome"]) for one in found[::-1] if one["action"].startswith("store.")]


def test_what_is_not_there_is_said(bahriya: Commands) -> None:
    assert bahriya("restore", str(bahriya.home / "none")).code == 4


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an empty store."""
    from bahriya_tui.store.database import open_store

    folder = tmp_path_factory.mktemp("whole")
    (folder / "public").mkdir()
    (folder / "public" / "vault.pub").write_text("00" * 32)
    open_store(folder / "store" / "bahriya.db").close()
    archive.write(folder / "store" / "bahriya.db", folder / "public", folder / "kept")
    return folder / "kept"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 1 << 20), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_backup_is_taken_whole_or_not_at_all(
    whole: Path, tmp_path: Path, at: int, byte: int, cut: bool
) -> None:
    content = bytearray(whole.read_bytes())
    at %= len(content)
    if cut:
        del content[at:]
    else:
        content[at] = byte
    home = tmp_path / "home"
    shutil.rmtree(home, ignore_errors=True)
    (home / "public").mkdir(parents=True)
    (home / "store").mkdir()
    (tmp_path / "damaged").write_bytes(content)
    try:
        archive.install(home / "store" / "bahriya.db", home / "public", tmp_path / "damaged", WHO)
    except BahriyaError:
        assert list((home / "store").iterdir()) == []
        assert list((home / "public").iterdir()) == []


def test_content_that_cannot_be_unpacked_is_said(whole: Path, tmp_path: Path) -> None:
    content = gzip.decompress(whole.read_bytes())
    packed = zlib.compressobj(wbits=31)
    head = packed.compress(content[: 1 << 17]) + packed.flush(zlib.Z_FULL_FLUSH)
    # A block of the one type that DEFLATE does not have.
    (tmp_path / "damaged").write_bytes(head + b"\xff" * 64)
    (tmp_path / "store").mkdir()
    with pytest.raises(BahriyaError, match="no whole backup"):
        archive.install(tmp_path / "store" / "bahriya.db", tmp_path, tmp_path / "damaged", WHO)
    assert list((tmp_path / "store").iterdir()) == []


def test_without_room_for_the_keys_nothing_is_put_back(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    with pytest.raises(OSError, match="No such file"):
        archive.install(tmp_path / "store" / "bahriya.db", tmp_path / "public", whole, WHO)
    assert list((tmp_path / "store").iterdir()) == []
    (tmp_path / "public").mkdir()
    assert archive.install(tmp_path / "store" / "bahriya.db", tmp_path / "public", whole, WHO)["made_at"]


def test_a_damaged_store_is_to_be_moved_away_first(whole: Path, tmp_path: Path) -> None:
    store = tmp_path / "store" / "bahriya.db"
    store.parent.mkdir()
    store.write_bytes(b"rubbish" * 1000)
    with pytest.raises(Failed, match="cannot be read") as refusal:
        archive.install(store, tmp_path, whole, WHO)
    assert "move it away" in refusal.value.hint
    assert store.read_bytes() == b"rubbish" * 1000


@pytest.mark.parametrize("name", ["../bahriya.db", "keys/../../evil", "/etc/evil", "keys/.hidden", "keys/"])
def test_members_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil", "w:gz") as members:
        member = tarfile.TarInfo(name)
        members.addfile(member, io.BytesIO(b""))
    (tmp_path / "store").mkdir()
    with pytest.raises(BahriyaError, match="no whole backup"):
        archive.install(tmp_path / "store" / "bahriya.db", tmp_path, tmp_path / "evil", WHO)
