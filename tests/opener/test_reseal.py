"""Sealing again: each record for the context it opens with and for no other; the keys never come out."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bahriya_tui.custody.recovery_text import write
from bahriya_tui.launch.verbs import perform
from bahriya_tui.model.errors import Locked, VaultLocked
from bahriya_tui.places import Places
from bahriya_tui.vault import keys
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.keys import PublicKey, find_public, find_recovery, private_path, unshown_path
from bahriya_tui.vault.open import open_sealed
from bahriya_tui.vault.record import RecordUnreadable, parse
from bahriya_tui.vault.resealing import request, rows
from bahriya_tui.vault.seal import seal
from bahriya_tui.worker.openers import NoAnswer, reseal
from tests.custody.hands import protect
from tests.opener.conftest import CONTEXT, Vault
from tests.vault.conftest import public_of

NEW, RECOVERY = X25519PrivateKey.generate(), X25519PrivateKey.generate()
OTHER = replace(CONTEXT, registry_id="r2", version=7)


def asked(vault: Vault, *rows: tuple[bytes, CredentialContext]) -> dict[str, Any]:
    path = private_path(vault.private, find_public(vault.public).id)
    return request(rows, public_of(NEW), public_of(RECOVERY), str(path))


def test_each_row_is_sealed_for_both_keys_and_its_own_context(vault: Vault, canary: str) -> None:
    key = find_public(vault.public)
    rows = [
        (seal(f"{canary}{number}".encode(), context, key), context)
        for number, context in enumerate((CONTEXT, OTHER))
    ]

    lines = list(reseal(asked(vault, *rows)))

    assert [(line["result"], line["row"]) for line in lines] == [("resealed", 0), ("resealed", 1)]
    assert canary not in str(lines)
    for line, (_, context) in zip(lines, rows, strict=True):
        for name, private in (("sealed", NEW), ("recovery", RECOVERY)):
            blob = bytes.fromhex(line[name])
            assert open_sealed(blob, context, private) == f"{canary}{line['row']}".encode()
            with pytest.raises(RecordUnreadable):
                open_sealed(blob, replace(context, server="evil.example"), private)


def test_a_row_that_does_not_open_holds_up_no_other_and_is_not_sealed_for_what_was_asked(
    vault: Vault,
) -> None:
    key = find_public(vault.public)
    good = seal(b"t0ken", CONTEXT, key)
    rows = [
        (good, replace(CONTEXT, server="evil.example")),
        (b"rubbish", CONTEXT),
        (seal(b"t0ken", CONTEXT, public_of(NEW)), CONTEXT),
        (good, CONTEXT),
    ]
    lines = list(reseal(asked(vault, *rows)))
    assert [line["result"] for line in lines] == ["unreadable"] * 3 + ["resealed"]
    assert "another registry, server or user" in lines[0]["message"]
    assert "incomplete" in lines[1]["message"]
    assert "another key" in lines[2]["message"]


def test_a_key_that_is_missing_or_locked_says_so(vault: Vault) -> None:
    wanted = asked(vault, (seal(b"t0ken", CONTEXT, find_public(vault.public)), CONTEXT))
    protect((vault.public, vault.private), "one")
    with pytest.raises(VaultLocked, match="the vault is locked"):
        list(reseal(wanted))
    for path in vault.private.glob("*.wrapped"):
        path.unlink()
    with pytest.raises(Locked, match="no such file") as missing:
        list(reseal(wanted))
    assert not isinstance(missing.value, VaultLocked)


def test_an_opener_that_is_killed_is_no_end_of_the_rows(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bahriya_tui.worker.openers._START_SECONDS", -30.0)
    with pytest.raises(NoAnswer, match="ended without an answer"):
        list(reseal(asked(vault, (seal(b"t0ken", CONTEXT, find_public(vault.public)), CONTEXT))))


def test_a_key_file_with_rubbish_in_it_is_no_key(vault: Vault) -> None:
    wanted = asked(vault, (seal(b"t0ken", CONTEXT, find_public(vault.public)), CONTEXT))
    for content in ("", "zz", "00" * 31):
        Path(wanted["key_path"]).write_text(content)
        with pytest.raises(Locked, match="is no private key"):
            list(reseal(wanted))


@pytest.fixture
def recovery(vault: Vault) -> tuple[PublicKey, str]:
    """The recovery key, and its text."""
    public = find_recovery(vault.public)
    return public, write(bytes.fromhex(unshown_path(vault.private, public.id).read_text()))


def recover(vault: Vault, wanted: Any, typed: bytes) -> tuple[int, list[dict[str, Any]]]:
    file = vault.public.parent / "request"
    file.write_text(json.dumps(wanted))
    arguments = [str(vault.public), str(file), "--stdin"]
    command = [sys.executable, "-I", "-m", "bahriya_tui.opener.recover", *arguments]
    done = subprocess.run(command, input=typed, capture_output=True, timeout=60)
    assert done.stderr == b""
    assert typed.strip() not in done.stdout or not typed.strip()
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_recovery_key_opens_what_was_sealed_for_it_without_any_private_file(
    vault: Vault, recovery: tuple[PublicKey, str], canary: str
) -> None:
    public, text = recovery
    wanted = rows([(seal(canary.encode(), CONTEXT, public), CONTEXT), (b"rubbish", CONTEXT)])
    for path in vault.private.iterdir():
        path.unlink()
    (vault.public / "vault.pub").write_text(public_of(NEW).raw.hex())

    code, lines = recover(vault, wanted, text.lower().replace("-", " ").encode() + b"\n")

    assert code == 0
    assert [line["result"] for line in lines] == ["resealed", "unreadable", "closed", "ended"]
    assert open_sealed(bytes.fromhex(lines[0]["sealed"]), CONTEXT, NEW) == canary.encode()
    assert canary not in str(lines)


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        (write(bytes(range(32))), 5, "nothing here was sealed for this recovery key"),
        ("ABCD", 2, "this has 4"),
        ("ü", 2, "letters, digits and dashes only"),
        ("", 2, "no line"),
    ],
)
def test_another_key_opens_nothing(
    vault: Vault, recovery: tuple[PublicKey, str], typed: str, code: int, words: str
) -> None:
    wanted = rows([(seal(b"t0ken", CONTEXT, recovery[0]), CONTEXT)])
    ended, lines = recover(vault, wanted, typed.encode())
    assert ended == code
    assert words in lines[-1]["message"]
    assert len(lines) == 1


def test_who_asks_for_recovery_cannot_have_it_sealed_for_a_key_of_their_own(
    vault: Vault, recovery: tuple[PublicKey, str], canary: str
) -> None:
    public, text = recovery
    theirs = asked(vault, (seal(canary.encode(), CONTEXT, public), CONTEXT))
    request_of_theirs = {"rows": theirs["rows"], "source": "stdin", "request": theirs, **theirs}
    places = Places(vault.public.parent, vault.public.parent, vault.public.parent)
    assert (places.public_keys, places.private_keys) == (vault.public, vault.private)
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    before = os.dup(0)
    os.dup2(reading, 0)
    try:
        lines = list(perform("recover", places, request_of_theirs, ["vault", "recover", "--key-stdin"]))
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(reading)
    sealed = bytes.fromhex(lines[0]["sealed"])
    assert parse(sealed).key_id == find_public(vault.public).id
    assert parse(bytes.fromhex(lines[0]["recovery"])).key_id == public.id


def test_the_boundary_between_plain_and_wrapped_is_told_by_names_alone(vault: Vault) -> None:
    id_ = find_public(vault.public).id
    assert keys.kind_of(vault.private, id_) == "plain"
    keys.private_path(vault.private, id_).rename(keys.wrapped_path(vault.private, id_))
    assert keys.kind_of(vault.private, id_) == "wrapped"
