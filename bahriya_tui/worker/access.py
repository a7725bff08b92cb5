"""The way into a region: its kubeconfig entry, checked against what was pinned when the region was added."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bahriya_tui.cluster.transport import Transport
from bahriya_tui.kubeconfig.contexts import pins
from bahriya_tui.kubeconfig.endpoint import Endpoint, endpoint
from bahriya_tui.model.errors import Failed, NotFound
from bahriya_tui.model.region import ContextPin, Region


@dataclass(frozen=True, slots=True)
class _File:
    changed_ns: int
    pins: dict[str, ContextPin]


class Access:
    """Opens regions; a kubeconfig is read once for as long as it does not change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[Path, _File] = {}

    def endpoint(self, region: Region) -> Endpoint:
        """Give address and credentials of a region; `Failed` when the kubeconfig names another server now.

        May run the kubeconfig's exec plugin, which takes seconds.
        """
        path = Path(region.kubeconfig)
        file = self._file(path)
        found = file.pins.get(region.context)
        if found is None:
            raise NotFound(
                f"kubeconfig {path} has no context {region.context!r} any more",
                "put it back, or edit the region",
            )
        if (found.server, found.ca_fingerprint) != (region.server, region.ca_fingerprint):
            what = "server" if found.server != region.server else "CA certificate"
            raise Failed(
                f"kubeconfig {path} names another {what} for context {region.context!r} than when the region"
                " was added",
                "if that is meant, delete the region and add it again",
            )
        return endpoint(path, region.context)

    @contextmanager
    def transport(self, region: Region) -> Iterator[Transport]:
        """Give the connections to a region; nothing is sent yet."""
        transport = Transport(self.endpoint(region))
        try:
            yield transport
        finally:
            transport.close()

    def _file(self, path: Path) -> _File:
        with self._lock:
            known = self._files.get(path)
            try:
                changed = path.stat().st_mtime_ns
                if known is not None and known.changed_ns == changed:
                    return known
                text = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                raise Failed(
                    f"kubeconfig {path} cannot be read", "put it back, or look at its mode"
                ) from None
            found = {pin.context: pin for pin in pins(text, path.absolute().parent)}
            known = self._files[path] = _File(changed, found)
            return known
