"""Image references: the grammar of github.com/distribution/reference, so that we read them as nodes do.

Owns taking a reference apart and writing it in its long and short form. Never asks a registry, and never adds
a tag: an image without a version is the caller's to refuse (`require_version`). Stricter than the original in
one place: a name whose host could not be one (`my_host.com/api`) is refused, since no registry can serve it.
"""

import re
from dataclasses import dataclass

from bahriya_tui.model.errors import BadInput

HUB = "docker.io"
_HUB_OLD = "index.docker.io"
_OFFICIAL = "library/"
MAX_PATH = 255
MAX_TAG = 128
_EXAMPLE = "write it as host/path:tag, for example ghcr.io/acme/api:1.4"

_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_LABEL = r"[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*"
_DOMAIN = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_COMPONENT = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(rf"\w[\w.-]{{0,{MAX_TAG - 1}}}", re.ASCII)
_DIGEST = re.compile(r"([a-z0-9]+):([a-f0-9]+)")


@dataclass(frozen=True, slots=True)
class Image:
    """One image reference, taken apart the way a node does it."""

    input: str
    """As it was given."""
    domain: str
    """`host[:port]` of the registry; `docker.io` where none was named."""
    path: str
    """Repository below the domain, with `library/` for official images of Docker Hub."""
    tag: str | None
    digest: str | None
    """`sha256:<64 hex digits>` and the like; where it is given, nodes pull by it and not by the tag."""

    @property
    def repository(self) -> str:
        """Domain and path, which is what credentials are matched against."""
        return f"{self.domain}/{self.path}"

    @property
    def normalised(self) -> str:
        """The long form: every part that is implied is written out."""
        return self.repository + self._version

    @property
    def familiar(self) -> str:
        """The short form people write for Docker Hub; otherwise the long one. For showing only.

        As in the original, a Hub user named like a host (`docker.io/a.b/c`) is not read back from it.
        """
        if self.domain != HUB:
            return self.normalised
        official = self.path.removeprefix(_OFFICIAL)
        return (self.path if "/" in official else official) + self._version

    @property
    def _version(self) -> str:
        tag = "" if self.tag is None else f":{self.tag}"
        return tag if self.digest is None else f"{tag}@{self.digest}"


def parse(text: str) -> Image:
    """Take a reference apart; `BadInput` says what is wrong with it and what to write instead."""
    if not text:
        raise BadInput("no image was given", _EXAMPLE)
    _refuse_habits(text)
    domain, rest = _split_domain(text)
    if not _DOMAIN.fullmatch(domain):
        raise BadInput(f"image {shown(text)} names a registry that is no host", _EXAMPLE)
    name, _, digest = rest.partition("@")
    path, colon, tag = name.partition(":")
    _check_path(text, domain, path)
    if colon and not _TAG.fullmatch(tag):
        hint = (
            f"a tag has 1 to {MAX_TAG} letters, digits, '_', '.' or '-', and starts with none of the last two"
        )
        raise BadInput(f"image {shown(text)} has no valid tag", hint)
    if "@" in rest:
        _check_digest(text, digest)
    return Image(text, domain, path, tag or None, digest or None)


def require_version(image: Image) -> Image:
    """Give the image back if it carries a tag or a digest; `BadInput` otherwise."""
    if image.tag is None and image.digest is None:
        hint = f"name the version to run, for example {image.familiar}:1.0"
        raise BadInput(f"image {shown(image.input)} has no tag or digest", hint)
    return image


def shown(text: str) -> str:
    """Quote what was typed for a message: one line, short, and without what may be a login before an `@`."""
    after = _after_login(text)
    text = text if after is None else f"...@{after}"
    text = text if len(text) <= 80 else text[:77] + "..."
    return '"' + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text) + '"'


def _after_login(text: str) -> str | None:
    """Give what follows `user:password@`; None where the `@` begins a digest, or there is none."""
    before, at, after = text.rpartition("@")
    return after if at and ":" in before and not after.startswith(tuple(_DIGEST_LENGTHS)) else None


def _refuse_habits(text: str) -> None:
    if text != text.strip():
        raise BadInput(f"image {shown(text)} has blanks around it", "remove them")
    if "://" in text:
        raise BadInput(f"image {shown(text)} is a URL", "leave out the scheme: " + _EXAMPLE)
    if "/" in (_after_login(text) or ""):
        hint = "user name and password belong to a registry: bahriya registry add"
        raise BadInput(f"image {shown(text)} has an @ before its registry", hint)
    if _IDENTIFIER.fullmatch(text):
        raise BadInput(f"image {shown(text)} is an image id, which no registry can look up", _EXAMPLE)


def _split_domain(text: str) -> tuple[str, str]:
    """Separate the registry from the rest; a first part without dot, colon or capital is a Hub name."""
    first, slash, rest = text.partition("/")
    is_host = slash and (first == "localhost" or "." in first or ":" in first or first != first.lower())
    domain, rest = (first, rest) if is_host else (HUB, text)
    domain = HUB if domain == _HUB_OLD else domain
    return domain, _OFFICIAL + rest if domain == HUB and "/" not in rest else rest


def _check_path(text: str, domain: str, path: str) -> None:
    if not _PATH.fullmatch(path):
        lower = path.lower()
        if _PATH.fullmatch(lower):
            hint = f"write {shown(f'{domain}/{lower}')}"
            raise BadInput(f"image {shown(text)} has capital letters in its path", hint)
        raise BadInput(f"image {shown(text)} is no valid reference", _EXAMPLE)
    if len(path) > MAX_PATH:
        raise BadInput(
            f"image {shown(text)} has a path of {len(path)} characters", f"at most {MAX_PATH} are allowed"
        )


def _check_digest(text: str, digest: str) -> None:
    match = _DIGEST.fullmatch(digest)
    if match is None or len(match[2]) != _DIGEST_LENGTHS.get(match[1]):
        hint = "a digest is sha256: and 64 digits 0-9 a-f (or sha384: and 96, sha512: and 128)"
        raise BadInput(f"image {shown(text)} has no valid digest", hint)
