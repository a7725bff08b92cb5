"""The way into a region: its kubeconfig entry, held against what was pinned when the region was added."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path

from bahriya_tui.cluster.transport import Transport
from bahriya_tui.kubeconfig.contexts import pin
from bahriya_tui.kubeconfig.document import read
from bahriya_tui.kubeconfig.endpoint import Endpoint, endpoint
from bahriya_tui.model.errors import Failed, NotFound
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.places import Places
from bahriya_tui.worker import log

_NO_DISK = (Path("/proc"), Path("/dev"))
"""Where a path may lead to the open files and the terminals of another process."""


def endpoint_of(region: Region, places: Places) -> Endpoint:
    """Give address and credentials of a region; `Failed` when the kubeconfig names another server now.

    May run the kubeconfig's exec plugin, which takes seconds. So a kubeconfig that the locked-in processes
    could have written is not even read: with it they would run programs, and send credentials, as we do.
    """
    path = Path(region.kubeconfig)
    if screens_could_write(path, places):
        raise Failed(
            f"kubeconfig {path} is not used, as the screens could have written it",
            f"move it elsewhere, then: bahriya region edit {region.id} --kubeconfig F",
        )
    try:
        text = read(path)
    except (OSError, UnicodeDecodeError):
        raise Failed(f"kubeconfig {path} cannot be read", "put it back, or look at its mode") from None
    found = pin(text, region.context, path.absolute().parent)
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
    return endpoint(path, region.context)


def screens_could_write(path: str | Path, places: Places) -> bool:
    """Tell whether what lies at `path` may be of whoever took the locked-in processes over."""
    return os.path.realpath(path).startswith(_untrusted(places))


def ca_file_of(registry: Registry, places: Places) -> str | None:
    """Give the CA file with which a registry is asked; `Failed` for one that the screens could have written.

    With a CA and a proxy of theirs, whoever took them over would be told the password in the registry's name.
    """
    if registry.ca_file is not None and screens_could_write(registry.ca_file, places):
        raise Failed(
            f"CA file {registry.ca_file} is not used, as the screens could have written it",
            f"move it elsewhere, then: bahriya registry edit {registry.handle} --ca-file F",
        )
    return registry.ca_file


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
