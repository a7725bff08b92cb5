"""Keys and kubeconfigs are handled by processes of their own, whose errors arrive as ours."""

import json
from pathlib import Path

import pytest

from bahriya_tui.launch.keys import ensure_keys
from bahriya_tui.launch.kubeconfig import read_pins
from bahriya_tui.model.errors import BadInput, Locked, NotFound
from bahriya_tui.model.region import ContextPin
from bahriya_tui.places import Places
from bahriya_tui.vault.keys import check_private, find_public, private_path


def test_the_first_keys_are_made_once(tmp_path: Path) -> None:
    places = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    places.prepare()
    ensure_keys(places)
    first = find_public(places.public_keys)
    check_private(private_path(places.private_keys, first.id))
    ensure_keys(places)
    assert find_public(places.public_keys) == first


def test_an_open_folder_gets_no_keys(tmp_path: Path) -> None:
    places = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    places.prepare()
    places.private_keys.chmod(0o755)
    with pytest.raises(Locked, match="mode 0755"):
        ensure_keys(places)


def test_contexts_are_read_with_their_pins(home: Places, tmp_path: Path, canary: str) -> None:
    config = {
        "contexts": [{"name": "falkenstein-1", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:6443"}}],
        "users": [{"name": "u", "user": {"token": canary}}],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    assert read_pins(home, path) == [ContextPin("falkenstein-1", "https://127.0.0.1:6443", "")]


def test_paths_in_a_kubeconfig_start_where_it_really_is(home: Places, tmp_path: Path) -> None:
    cluster = {"server": "https://127.0.0.1:6443", "certificate-authority": "ca.pem"}
    config = {
        "contexts": [{"name": "falkenstein-1", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": cluster}],
    }
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "config").write_text(json.dumps(config))
    (folder / "ca.pem").write_text("CA")
    (tmp_path / "link").symlink_to(folder / "config")
    assert read_pins(home, tmp_path / "link") == read_pins(home, folder / "config")


def test_a_missing_kubeconfig_is_named(home: Places, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no such file") as missing:
        read_pins(home, tmp_path / "config")
    assert str(tmp_path / "config") in missing.value.message


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"contexts: []", b"- 1", b""])
def test_a_file_that_is_no_kubeconfig_is_refused(home: Places, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_pins(home, path)
    assert str(path) in refused.value.message
    assert refused.value.hint
