"""Our reading of image references against the reference implementation itself, which is written in Go.

It takes Debian's `golang-go` and the library, `golang-github-docker-distribution-dev` or the newer
`golang-github-distribution-reference-dev`; the test is left out where they are not installed.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import MAX_PATH, parse
from tests.model.references import mutated

GOPATH = Path("/usr/share/gocode")
NEW, OLD = "github.com/distribution/reference", "github.com/docker/distribution/reference"
LIBRARY = next((name for name in (NEW, OLD) if (GOPATH / "src" / name).is_dir()), None)
ORACLE = Path(__file__).with_name("oracle") / "oracle.go"
FIELDS = ("domain", "path", "tag", "digest", "normalised", "familiar")
MANY = 200_000

pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or LIBRARY is None,
    reason="needs golang-go and golang-github-docker-distribution-dev",
)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the program that asks the library."""
    folder = tmp_path_factory.mktemp("oracle")
    (folder / "main.go").write_text(ORACLE.read_text().replace(OLD, LIBRARY or ""))
    go = {"GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "", "GOCACHE": str(folder / "cache")}
    build = ["go", "build", "-o", "oracle", "main.go"]
    subprocess.run(build, cwd=folder, env={**os.environ, **go, "CGO_ENABLED": "0"}, check=True)
    return folder / "oracle"


def test_two_hundred_thousand_references_are_read_as_in_go(oracle: Path) -> None:
    texts = list(mutated(MANY, seed=40))
    asked = "\n".join(map(json.dumps, texts))
    told = subprocess.run([oracle], input=asked, capture_output=True, text=True, check=True).stdout
    answers = [json.loads(line) for line in told.splitlines()]
    pairs = [(text, in_go(answer), ours(text)) for text, answer in zip(texts, answers, strict=True)]
    differing = [one for one in pairs if one[1] != one[2]]
    assert [one for one in differing if one[1] or LIBRARY == NEW or not learned_since(one[2])] == []
    assert sum(answer["valid"] for answer in answers) > MANY * 0.3


def ours(text: str) -> dict[str, str] | None:
    try:
        image = parse(text)
    except BadInput:
        return None
    return {field: getattr(image, field) or "" for field in FIELDS}


def in_go(answer: dict[str, str]) -> dict[str, str] | None:
    """Give what Go reads; nothing for a name without a domain, which no registry could serve."""
    return {field: answer[field] for field in FIELDS} if answer["valid"] and answer["domain"] else None


def learned_since(image: dict[str, str] | None) -> bool:
    """Tell whether this is what the library took only after its release 2.8: these three, nothing else."""
    if image is None:
        return False
    domain, path = image["domain"], image["path"]
    name_as_host = domain != "localhost" and not {".", ":"} & set(domain)
    return domain[0] == "[" or name_as_host or len(f"{domain}/{path}") > MAX_PATH
