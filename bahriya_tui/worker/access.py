"""The way into a region: its kubeconfig entry, held against what was pinned when the region was added."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path

from bahriya_tui.actor import account_name
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.kubeconfig.contexts import pin
from bahriya_tui.kubeconfig.document import read
from bahriya_tui.kubeconfig.endpoint import Endpoint, endpoint
from bahriya_tui.model.errors import Failed, NotFound
from bahriya_tui.model.judgement.modes import opening_to_others
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.places import Places
from bahriya_tui.sharing import access_of_group
from bahriya_tui.worker import log

_NO_DISK = (Path("/proc"), Path("/dev"))
"""Where a path may lead to the open files and the terminals of another process."""


def endpoint_of(region: Region, places: Places) -> Endpoint:
    """Give address and credentials of a region; `Failed` when the kubeconfig names another server now.

    May run the kubeconfig's exec plugin, which takes seconds. So a kubeconfig that the locked-in processes
    could have written is not even read: with it they would run programs, and send credentials, as we do.
    Paths in it start at the folder that it really is in.
    """
    path = Path(region.kubeconfig)
    try:
        real = _real(path)
    except OSError:
        raise _unreadable("kubeconfig", path) from None
    if _screens_could_write(real, places):
        raise Failed(
            f"kubeconfig {path} is not used, as the screens could have written it",
            f"move it elsewhere, then: bahriya region edit {region.id} --kubeconfig F",
        )
    if why := _not_ours(real, places):
        raise Failed(
            f"kubeconfig {path} is not used, as it could have the worker run programs of others: {why}",
            f"give it to {account_name(os.geteuid())}, who runs the worker, where only that account writes",
        )
    try:
        text = read(real)
    except (OSError, UnicodeDecodeError):
        raise _unreadable("kubeconfig", path) from None
    found = pin(text, region.context, real.parent)
    if found is None:
        raise NotFound(
            f"kubeconfig {path} has no usable context {region.context!r} any more",
            f"put it back, or choose another: bahriya region edit {region.id} --context C",
        )
    if (found.server, found.ca_fingerprint) != (region.server, region.ca_fingerprint):
        what = "server" if found.server != region.server else "CA certificate"
        raise Failed(
            f"kubeconfig {path} names another {what} for context {region.context!r} than when the region"
            " was added",
            f"if that is meant: bahriya region edit {region.id} --context {region.context}",
        )
    return endpoint(real, region.context)


def ca_file_of(registry: Registry, places: Places) -> str | None:
    """Give where the CA file of a registry really is; `Failed` for one that the screens could have written.

    With a CA and a proxy of theirs, whoever took them over would be told the password in the registry's name.
    """
    if registry.ca_file is None:
        return None
    try:
        real = _real(Path(registry.ca_file))
    except OSError:
        raise _unreadable("CA file", registry.ca_file) from None
    if _screens_could_write(real, places):
        raise Failed(
            f"CA file {registry.ca_file} is not used, as the screens could have written it",
            f"move it elsewhere, then: bahriya registry edit {registry.handle} --ca-file F",
        )
    if why := _not_ours(real, places):
        raise Failed(
            f"CA file {registry.ca_file} is not used, as others could read the password with it: {why}",
            f"give it to {account_name(os.geteuid())}, who runs the worker, where only that account writes",
        )
    return str(real)


def _real(path: Path) -> Path:
    """Give where `path` leads now: whoever judges it opens that, as a link may lead elsewhere a moment later.

    `OSError` where it leads nowhere: of such a path, links would be left.
    """
    return Path(os.path.realpath(path, strict=True))


def _unreadable(what: str, path: Path | str) -> Failed:
    return Failed(f"{what} {path} cannot be read", "put it back, or look at its mode")


def _screens_could_write(real: Path, places: Places) -> bool:
    """Tell whether what lies there may be of whoever took the locked-in processes over."""
    return str(real).startswith(_untrusted(places))


def _not_ours(real: Path, places: Places) -> str:
    """Say why members of the group that shares this store could have written a file; empty when none could.

    Each of them may name a file to the worker, which must not do with it what they could not do themselves.
    As for ssh, every folder on the way counts, since whoever can change one can put another file there.
    """
    if access_of_group(places.store) != "write":
        return ""
    for one in (real, *real.parents):
        try:
            found = one.lstat()
        except OSError as error:
            return f"{one}: {str(error.strerror).lower()}"
        if stat.S_ISLNK(found.st_mode):
            return f"{one} became a link just now"
        trusted = found.st_uid in (0, os.geteuid())
        opening = opening_to_others(found.st_mode, trusted=trusted, above=one != real)
        if opening == "owner":
            return f"{one} belongs to {account_name(found.st_uid)}"
        if opening == "mode":
            return f"{one} has mode {stat.S_IMODE(found.st_mode):04o}"
    return ""


@lru_cache(maxsize=4)
def _untrusted(places: Places) -> tuple[str, ...]:
    """Find out how real paths in these folders begin, once: the locked-in processes cannot move them."""
    return tuple(os.path.realpath(folder) + os.sep for folder in (*places.changed_by_screens, *_NO_DISK))


@contextmanager
def transport(
    region: Region, places: Places, before_change: Callable[[], None] = lambda: None
) -> Iterator[Transport]:
    """Give the connections to a region; nothing is sent yet. `before_change` may forbid each change."""
    told = partial(log.debug, region=region.id)
    opened = Transport(endpoint_of(region, places), before_change=before_change, told=told)
    try:
        yield opened
    finally:
        opened.close()
