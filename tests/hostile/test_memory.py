"""The scanner finds every form of a token wherever it is, and nothing where there is nothing."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.hostile.memory import FRAGMENT, NEEDS_ROOT, Hits, Scanner, forms, may_read_memory
from tests.opener.conftest import Ask
from tests.opener.region import region

ROOT = Path(__file__).parents[2]
needs_root = pytest.mark.skipif(not may_read_memory, reason=NEEDS_ROOT)
HOLDS = "import sys; held = sys.stdin.buffer.readline(); print('held', flush=True); sys.stdin.read()"
AWKWARD = 'c4n"ry/+\\%-9f8e7d6c5b4a?>ü'
"""A token that no form leaves as it is."""

ENCODERS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16": lambda token: token.encode("utf-16-le"),
    "utf-32": lambda token: token.encode("utf-32-le"),
    "hex": lambda token: token.encode().hex().encode(),
    "reversed": lambda token: token.encode()[::-1],
    "json": lambda token: json.dumps({"password": token}).encode(),
    "percent": lambda token: quote(token).encode(),
    "base64": lambda token: base64.b64encode(f"bot:{token}".encode()),
    "base64 of base64": lambda token: base64.b64encode(base64.b64encode(f"bot:{token}".encode())),
    "fragment": lambda token: token.encode()[5 : 5 + FRAGMENT],
}


@contextmanager
def running(program: list[str], first_line: bytes = b"") -> Iterator[int]:
    """Run a Python process until the block ends; it has printed its first line when the block begins."""
    process = subprocess.Popen(
        [sys.executable, *program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        process.stdin.write(first_line + b"\n")
        assert process.stdout.readline() in (b"held\n", b"sent\n")
        yield process.pid
        process.stdin.close()


def looked_into(program: list[str], first_line: bytes, token: str) -> Hits:
    with running(program, first_line) as pid:
        return Scanner(token).process(pid)


def test_every_form_has_its_encoder() -> None:
    assert {*forms(AWKWARD), "fragment"} == set(ENCODERS)


@needs_root
@pytest.mark.parametrize("form", ENCODERS)
def test_a_process_that_holds_a_form_is_caught(form: str) -> None:
    encoded = ENCODERS[form](AWKWARD)
    assert b"\n" not in encoded
    assert looked_into(["-I", "-c", HOLDS], encoded, AWKWARD)[form] > 0


@needs_root
def test_a_process_that_holds_nothing_shows_nothing(canary: str) -> None:
    assert looked_into(["-I", "-c", HOLDS], b"canary-nothing of it", canary) == Hits()


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("token", [AWKWARD, "canary-0123456789abcdef"])
def test_base64_is_found_at_every_alignment(
    before: int, after: int, encode: Callable[[bytes], bytes], token: str
) -> None:
    once = encode(b"~" * before + token.encode() + b"~" * after)
    assert Scanner(token).scan(once)["base64"] > 0
    for shift in range(3):
        twice = base64.b64encode(b"~" * shift + once + b"~")
        assert Scanner(token).scan(twice)["base64 of base64"] > 0


@pytest.mark.parametrize("length", range(FRAGMENT, 39))
def test_every_fragment_of_the_least_length_is_found(length: int, canary: str) -> None:
    scanner, raw = Scanner(canary), canary.encode()
    for start in range(len(raw) - length + 1):
        assert scanner.scan(b"xx" + raw[start : start + length] + b"xx") == Hits(fragment=1)


def test_less_than_a_fragment_is_no_hit(canary: str) -> None:
    scanner, raw = Scanner(canary), canary.encode()
    pieces = [raw[start : start + FRAGMENT - 1] for start in range(len(raw) - FRAGMENT + 2)]
    assert scanner.scan(b"~".join(pieces)) == Hits()


@needs_root
def test_nothing_is_missed_where_one_reading_ends_and_the_next_begins(canary: str) -> None:
    program = (
        "import mmap, sys; token = sys.stdin.buffer.readline().strip(); held = mmap.mmap(-1, 4 << 20)\n"
        "held[:] = b'~' * len(held)\n"
        "for page in range(4096, len(held), 4096): held[page - 20 : page - 20 + len(token)] = token\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    assert looked_into(["-I", "-c", program], canary.encode(), canary)["utf-8"] >= 1023


@needs_root
def test_an_open_file_without_a_name_is_looked_into(canary: str) -> None:
    program = (
        "import sys, tempfile; held = tempfile.TemporaryFile(buffering=0)\n"
        "held.write(bytes.fromhex(sys.stdin.readline())[::-1]); print('held', flush=True); sys.stdin.read()"
    )
    with running(["-I", "-c", program], canary.encode()[::-1].hex().encode()) as pid:
        scanner = Scanner(canary)
        files = [path for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_file()]
        assert sum(scanner.scan(path.read_bytes())["utf-8"] for path in files) == 1
        assert scanner.process(pid)["utf-8"] > scanner._memory(pid)["utf-8"]


@needs_root
def test_arguments_are_looked_into(canary: str) -> None:
    assert looked_into(["-I", "-c", HOLDS, canary], b"", canary)["utf-8"] > 0


def test_a_process_that_is_gone_is_not_taken_for_clean(canary: str) -> None:
    gone = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    gone.wait()
    with pytest.raises(ProcessLookupError):
        Scanner(canary).process(gone.pid)


def test_files_are_named_that_hold_a_form_or_are_called_so(tmp_path: Path, canary: str) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "clean").write_text("nothing")
    held, called = tmp_path / "deep" / "er" / "held", tmp_path / f"core.{canary}"
    held.write_bytes(b"\0" * 5000 + base64.b64encode(f":{canary}".encode()))
    called.touch()
    found = Scanner(canary).files(tmp_path)
    assert {path: sorted(hits) for path, hits in found.items()} == {
        str(held): ["base64"],
        str(called): ["utf-8"],
    }


@needs_root
@pytest.mark.parametrize("client", ["http.client", "kubernetes"])
def test_a_naive_design_is_caught_although_it_tidied_up(
    tmp_path: Path, ask: Ask, canary: str, client: str
) -> None:
    with region(tmp_path / "a") as here:
        request = json.dumps(ask(here.target())).encode()
        hits = looked_into(["-W", "ignore", "-m", "tests.hostile.naive", client], request, canary)
        assert len(here.requests) == 1
    assert sum(hits.values()) > 0, "the scanner sees nothing where there must be something"
