"""Which registries of a project serve an image, and why; and what is linked to one that cannot serve it.

Owns the words for it. The rule itself is `matching.serves`: whether nodes find the login for the image.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bahriya_tui.model.container import Container, InitJob
from bahriya_tui.model.errors import BadInput, InUse
from bahriya_tui.model.image import HUB, Image, parse
from bahriya_tui.model.matching import serves
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import meant


@dataclass(frozen=True, slots=True)
class Unserved:
    """An image that is linked to a registry which cannot serve it."""

    container: str
    """Its handle."""
    what: str
    """`container api`, `init job migrate of container api`."""
    image: str
    reason: str
    """A sentence of `misfit`."""
    fix: str
    """The command that links another registry."""

    @property
    def sentence(self) -> str:
        """Say what it is about, and why it cannot work."""
        return f"{self.what} pulls {self.image}, but {self.reason}"


class CannotServe(InUse):
    """Refused, because nodes would not use a linked registry for its image; nothing was changed."""

    def __init__(self, found: Sequence[Unserved]) -> None:
        first, more = found[0], len(found) - 1
        told = f"{first.sentence}; so it is with {more} more" if more else first.sentence
        super().__init__(told, f"{first.fix}; or insist: bahriya deploy {first.container} --force")


def serving(image: Image, registries: Iterable[Registry]) -> list[Registry]:
    """List the registries whose login nodes use for `image`."""
    return [one for one in registries if serves(one.server, image)]


def fits(registry: Registry, texts: Iterable[str]) -> bool:
    """Tell whether `registry` serves every one of these images; none that cannot be read is in the way."""
    return all(outlook(text, registry, ())[1] for text in texts)


def why(image: Image, registries: Sequence[Registry], project: str) -> str:
    """Say which registries of `project` serve `image`, or why none does."""
    found = serving(image, registries)
    if len(found) > 1:
        names = ", ".join(one.handle for one in found)
        return f"{_number(len(found))} registries are at {image.domain}: {names}; the one linked counts"
    if found:
        return f"{found[0].handle} serves {image.domain}"
    near = next((misfit(one, image) for one in registries if _mistake(one.server, image)), "")
    none = _with(f"no registry of project {project} is at {image.domain}", _instead(image))
    return f"{near or none}; public images need none"


def misfit(registry: Registry, image: Image) -> str:
    """Say that `registry` cannot serve `image`, and what to write where that is a usual mistake."""
    told = f"registry {registry.handle} is at {registry.server} and cannot serve {image.domain}"
    return _with(told, _mistake(registry.server, image) or _instead(image))


def outlook(text: str, chosen: Registry | None, registries: Sequence[Registry]) -> tuple[str, bool]:
    """Say, while `text` is being typed, what serves it, and tell whether that can work.

    Nothing is said while it is no reference yet: saving says why.
    """
    try:
        image = parse(text)
    except BadInput:
        return "", True
    able = " or ".join(one.handle for one in serving(image, registries))
    if chosen is not None and serves(chosen.server, image):
        return f"{chosen.handle} serves {image.domain}", True
    if chosen is not None:
        return misfit(chosen, image) + (f"; {able} can" if able else ""), False
    if able:
        return f"{able} serves {image.domain}: choose it if the image is private", True
    none = _with(f"no registry is at {image.domain}", _instead(image))
    return f"{none}; public images need none", True


def link_missing(container: Container, registries: Iterable[Registry]) -> str:
    """Say which registries would serve a container that is linked to none; nothing where none would."""
    if container.registry_id is not None:
        return ""
    able = [one.handle for one in serving(parse(container.image), registries)]
    if not able:
        return ""
    link = f"bahriya container link {container.handle} {able[0]}"
    return f"{' or '.join(able)} serves its image and is not linked; if that is private: {link}"


def unserved(container: Container, registries: Iterable[Registry]) -> list[Unserved]:
    """List what of `container`, itself and its init jobs, is linked to one of `registries` in vain."""
    known = list(registries)
    pulling: list[Container | InitJob] = [container, *container.init_jobs]
    return [found for one in pulling for found in _in_vain(container, one, known)]


def _in_vain(container: Container, one: Container | InitJob, known: list[Registry]) -> Iterator[Unserved]:
    linked = next((registry for registry in known if registry.id == one.registry_id), None)
    try:
        image = parse(one.image)
    except BadInput:
        return
    if linked is None or serves(linked.server, image):
        return
    handle = container.handle
    if isinstance(one, Container):
        what, link = f"container {handle}", f"bahriya container link {handle} "
        unlink = f"bahriya container unlink {handle}"
    else:
        what = f"init job {one.name} of container {handle}"
        link = unlink = f"bahriya container edit {handle} --init-registry {one.name}="
    able = next((other.handle for other in serving(image, known)), None)
    fix = (
        f"{link}{able}"
        if able
        else f"{link}REGISTRY, with one at {image.domain}, or {unlink} if it is public"
    )
    yield Unserved(handle, what, one.image, misfit(linked, image), fix)


def _mistake(server: str, image: Image) -> str:
    """Name the usual mistake because of which `server` does not count for `image`; empty for any other."""
    domain = image.domain
    if domain == server:
        return f"nodes find no login for an IPv6 address without a port, write {server}:443 in both"
    if domain.lower() == server:
        return f"capital letters count, write {server} in the image"
    if server == HUB and meant(domain) == HUB:
        return f"nodes know Docker Hub as {HUB} only, write {HUB}/{image.path} in the image"
    if _name(domain) == _name(server):
        return "another port is another registry, write the same in both"
    return ""


def _instead(image: Image) -> str:
    """Say what is meant by the domain of `image`, where that is clear; empty where it is not."""
    domain, lower = image.domain, image.domain.lower()
    if domain != lower and not {".", ":"} & set(domain):
        return f"{domain} is taken for a host because of its capitals, write {lower}/{image.path}"
    known = meant(domain)
    return f"if {known} is meant, write {known}/{image.path}" if known else ""


def _name(server: str) -> str:
    """Give `host[:port]` without its port."""
    return server.rpartition("]")[0] or server.partition(":")[0]


def _with(told: str, more: str) -> str:
    return f"{told}: {more}" if more else told


def _number(count: int) -> str:
    return {2: "two", 3: "three"}.get(count, str(count))
