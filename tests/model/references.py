"""Image references without end: good ones, and what typing, pasting and cutting make of them."""

import random
from collections.abc import Iterator

HEX = "0123456789abcdef" * 8
DIGESTS = [f"sha256:{HEX[:64]}", f"sha384:{HEX[:96]}", f"sha512:{HEX}"]
DOMAINS = [
    "ghcr.io",
    "docker.io",
    "index.docker.io",
    "registry-1.docker.io",
    "docker.io:443",
    "localhost",
    "localhost:5000",
    "myhost:5000",
    "myhost",
    "Acme",
    "GHCR.io",
    "127.0.0.1:31500",
    "[fd00::1]",
    "[FD00::1]:5000",
    "[fd00123]:0",
    "reg--istry.example.com:065536",
    "my_host.com",
    "xn--bcher-kva.example",
    "1",
    "h" * 300 + ".io",
]
PATHS = [
    "nginx",
    "library/nginx",
    "library/a/b",
    "team/api",
    "a__b/c--d/e.f_g",
    "localhost/x",
    "a.b/c",
    "sha256",
    "library",
    HEX[:64],
    HEX[:63],
    "/".join(["p" * 63] * 4),
    "p" * 254,
]
TAGS = ["1.27", "v1", "latest", "A_.-", "_", "t" * 127, "5000", HEX[:64]]
PIECES = [
    *"aZ09_-./:@[]%+~* \t\n\r\x00\\",
    *"üİſKß²٣\u200b\ud800\U0001f433",
    "..",
    "__",
    "___",
    "--",
    "-.",
    "//",
    "://",
    "@sha256:",
    "sha256+b64:",
    "docker.io/",
    "index.docker.io/",
    "library/",
    "localhost/",
    ":5000/",
    "p" * 100,
    *(f"@{digest}" for digest in DIGESTS),
]


def mutated(how_many: int, seed: int) -> Iterator[str]:
    """Give the same `how_many` references for the same `seed`; about half of them are valid."""
    chance = random.Random(seed)
    for _ in range(how_many):
        text = _good(chance)
        for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
            text = _changed(chance, text)
        yield text


def _good(chance: random.Random) -> str:
    text = chance.choice(PATHS)
    if chance.random() < 0.7:
        text = f"{chance.choice(DOMAINS)}/{text}"
    if chance.random() < 0.5:
        text += ":" + chance.choice(TAGS)
    if chance.random() < 0.3:
        text += "@" + chance.choice(DIGESTS)
    return text


def _changed(chance: random.Random, text: str) -> str:
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.randrange(4))
    part = text[start:end]
    match chance.randrange(6):
        case 0:
            part += chance.choice(PIECES)
        case 1:
            part = ""
        case 2:
            part = chance.choice(PIECES)
        case 3:
            part = part.swapcase()
        case 4:
            part += part
        case _:
            other = _good(chance)
            return text[:start] + other[chance.randrange(len(other) + 1) :]
    return text[:start] + part + text[end:]
