"""What the threads of one deployment share, and how they learn that they should stop."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field

from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.region import Region
from bahriya_tui.places import Places
from bahriya_tui.store import deployments, regions
from bahriya_tui.worker.openers import Standby
from bahriya_tui.worker.recorder import Recorder
from bahriya_tui.worker.shared_store import SharedStore


class Cancelled(Exception):
    """The operator asked for the end of this deployment."""


class Halted(Exception):
    """The worker is ending; another one will go on from here, so nothing more is written."""


class Held(Exception):
    """A region must not begin now; the text says why."""


class RegionLocks:
    """One lock per region: a removal and a deployment never decide about the same object at once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def of(self, region: str) -> threading.Lock:
        """Give the lock of `region`."""
        with self._guard:
            return self._locks[region]


@dataclass(frozen=True, slots=True)
class Resources:
    """What every job of the worker needs."""

    places: Places
    store: SharedStore
    locks: RegionLocks = field(default_factory=RegionLocks)
    standby: Standby = field(default_factory=Standby)

    def region(self, id: str) -> Region:  # noqa: A002
        """Find a region in the store."""
        return self.store.look_up(lambda c: regions.get(c, id))


@dataclass(frozen=True, slots=True)
class Run:
    """One claimed deployment on its way."""

    resources: Resources
    deployment: Deployment
    recorder: Recorder
    cancel: threading.Event = field(default_factory=threading.Event)
    halt: threading.Event = field(default_factory=threading.Event)

    def stored(self) -> Deployment:
        """Read the deployment as it is stored now."""
        return self.resources.store.read(lambda c: deployments.get(c, self.deployment.id))

    def check(self) -> None:
        """Go on, or raise `Halted` or `Cancelled`; asked between steps and while waiting."""
        if self.halt.is_set():
            raise Halted
        if self.cancel.is_set():
            raise Cancelled

    def before_change(self) -> None:
        """Ask, before a region is changed, whether this deployment is still ours; `Halted` or `FenceLost`."""
        if self.halt.is_set():
            raise Halted
        self.recorder.assert_ours()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until the worker ends; then `check`."""
        self.halt.wait(seconds)
        self.check()
