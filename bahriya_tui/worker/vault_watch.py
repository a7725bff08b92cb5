"""When the worker looks after sealed credentials: after changes, and again and again while that waits."""

import time

from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.worker import log, unforeseen
from bahriya_tui.worker.run import Resources
from bahriya_tui.worker.vault_care import Outcome, care

_WAIT_SECONDS, _FAILED_SECONDS = 1.0, 5.0


class VaultCare:
    """Runs the care of the vault, one at a time, whenever the store or the key folders have changed."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._seen: tuple[int, ...] = ()
        self._again_at = 0.0
        self._waits = False
        self._running = False
        self._told = ""

    @property
    def busy(self) -> bool:
        """Tell whether something is under way, or waits for unlock."""
        return self._running or self._waits

    def due(self, version: int) -> bool:
        """Tell whether to `run` now, with the store at this version."""
        if self._running or time.monotonic() < self._again_at:
            return False
        folders = (self._resources.places.public_keys, self._resources.places.private_keys)
        seen = (version, *(folder.stat().st_mtime_ns for folder in folders if folder.exists()))
        if seen == self._seen and not self._waits:
            return False
        self._seen, self._running = seen, True
        return True

    def run(self) -> None:
        """Do what can be done; what goes wrong is written to the log once, and tried again."""
        pause, error = _WAIT_SECONDS, ""
        outcome: Outcome = "nothing"
        try:
            while (outcome := care(self._resources)) == "done":
                pass
        except BahriyaError as known:
            error = str(known)
        except Exception as unknown:
            error = unforeseen.report(unknown)
        if error:
            self._seen, pause = (), _FAILED_SECONDS
            if error != self._told:
                log.warning(f"the vault's keys could not be looked after: {error}")
        self._told, self._waits = error, outcome == "waits"
        self._again_at, self._running = time.monotonic() + pause, False
