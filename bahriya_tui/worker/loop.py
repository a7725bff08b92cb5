"""The worker's main loop: looks for work a few times a second and gives each piece a thread of its own."""

import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from bahriya_tui.model import clock
from bahriya_tui.model.container import Removal, SecretWrite
from bahriya_tui.model.errors import StoreUnwritable
from bahriya_tui.store import (
    adoptions,
    checks,
    deletions,
    deployments,
    events,
    observations,
    regions,
    removals,
    secret_writes,
    work,
)
from bahriya_tui.store.leases import LEASE_SECONDS
from bahriya_tui.turns import take_turns_here
from bahriya_tui.worker import lease, log
from bahriya_tui.worker.adoption import run_adoption
from bahriya_tui.worker.checks import run_check
from bahriya_tui.worker.deploy import groups, run_deployments
from bahriya_tui.worker.log_events import EventLog
from bahriya_tui.worker.notices import Notices
from bahriya_tui.worker.read_back import run_read_back
from bahriya_tui.worker.recorder import Recorder
from bahriya_tui.worker.refresh import ask_for_next_tokens
from bahriya_tui.worker.region_checks import run_health_look, run_region_check
from bahriya_tui.worker.removals import run_removals
from bahriya_tui.worker.run import Resources, Run
from bahriya_tui.worker.secret_writes import run_secret_writes
from bahriya_tui.worker.vault_watch import VaultCare

K = TypeVar("K")

POLL_SECONDS = 0.2
MOST_REGIONS = 256
"""Regions under way, over all deployments, beyond which no further deployment is begun."""
MOST_CLAIMS = 64
"""Deployments taken in one look: they begin, and leases are kept, before the next are taken."""
_CHECKS_AT_ONCE = 8
_END_SECONDS = 3.0
_REST_SECONDS = 1.0
"""After the last job, until the next opener is loaded: what still computes is not to wait for it."""
_STORE_SECONDS = 1.0
"""Between two tries to write a store that takes nothing."""


class Loop:
    """Claims deployments, checks and due removals until it is stopped or has been idle for long enough."""

    def __init__(self, resources: Resources, stop: threading.Event, idle_seconds: float) -> None:
        self._resources = resources
        self._stop = stop
        self._idle_seconds = idle_seconds
        self._runs: dict[int, Run] = {}
        self._together: dict[int, list[Run]] = {}
        self._checks: set[int] = set()
        self._adoptions: set[int] = set()
        self._regions: set[str] = set()
        self._contacts: set[str] = set()
        self._writing: set[int] = set()
        self._reads: set[tuple[str, str]] = set()
        self._looks: set[str] = set()
        self._over = threading.Event()
        self._vault = VaultCare(resources)
        self._notices = Notices(resources)
        self._events = EventLog(resources.store)
        self._guard = threading.Lock()
        self._seen_version = -1
        self._beat = self._rested_at = time.monotonic()
        self._unwritable: StoreUnwritable | None = None
        """Why a job of ours could not write down what it did."""

    def run(self) -> None:
        """Work until there is nothing left to do; what is under way when stopped goes to the next worker."""
        self._patiently(self._begin)
        busy_at = time.monotonic()
        while not self._stop.is_set():
            if self._patiently(self._look):
                busy_at = time.monotonic()
            elif time.monotonic() - busy_at > self._idle_seconds:
                self._over.set()
                return
            self._stop.wait(POLL_SECONDS)
        self._over.set()
        with suppress(StoreUnwritable):
            self._end()

    def _patiently(self, step: Callable[[], bool]) -> bool:
        """Do a step of the main loop; begin it anew when the store took nothing, once it does."""
        while not self._stop.is_set():
            try:
                if self._unwritable is not None:
                    error, self._unwritable = self._unwritable, None
                    raise error
                return step()
            except StoreUnwritable as error:
                self._wait_until_writable(str(error))
        return False

    def _wait_until_writable(self, why: str) -> None:
        """Do nothing else until the store can be written: no region hears from us what we could not keep."""
        log.warning(f"waiting: {why}")
        since = clock.now()
        while not self._stop.wait(_STORE_SECONDS):
            with suppress(StoreUnwritable), self._resources.store.write() as tx:
                events.append(tx, phase="store", message=f"nothing could be written: {why}", now=since)
                events.append(tx, phase="store", message="it can be written again", now=clock.now())
                deployments.end_leases(tx, clock.now(), [run.deployment.id for run in self._running()])
                return

    def _begin(self) -> bool:
        """Take over what the worker before has left: whoever holds the worker's lock is the only one."""
        with self._resources.store.write() as tx:
            checks.reset_running(tx)
            adoptions.reset_running(tx)
            deployments.end_leases(tx, clock.now())
        return True

    def _look(self) -> bool:
        """Take up what can be taken up; tell whether anything is under way or will be due."""
        store = self._resources.store
        version = store.data_version()
        if version != self._seen_version:
            self._seen_version = version
            self._pass_on_cancellations()
            self._events.tell()
        if store.read(lambda c: work.anything(c, clock.now())):
            self._take_deployments()
            self._take_checks()
            self._take_adoptions()
            self._take_region_checks()
            self._take_read_backs()
            self._take_removals()
            ask_for_next_tokens(self._resources.store)
            self._take_secret_writes()
            self._finish_deletions()
        self._look_at_the_unreachable()
        if self._vault.due(version):
            self._start("vault", self._vault.run, lambda: None)
        if self._notices.due(version):
            self._start("notices", self._notices.run, lambda: None)
        if time.monotonic() - self._beat > lease.HEARTBEAT_SECONDS:
            self._beat = time.monotonic()
            lease.keep(store, self._running())
        with self._guard:
            under_way = bool(
                self._runs
                or self._checks
                or self._adoptions
                or self._contacts
                or self._reads
                or self._regions
                or self._writing
                or self._vault.busy
                or self._notices.busy
            )
        if under_way:
            self._rested_at = time.monotonic()
        elif time.monotonic() - self._rested_at > _REST_SECONDS:
            self._resources.standby.prepare()
        return under_way or store.read(work.next_due) is not None

    def _pass_on_cancellations(self) -> None:
        runs = {run.deployment.id: run for run in self._running()}
        for id_ in self._resources.store.look_up(lambda c: deployments.to_cancel(c, runs)):
            runs[id_].cancel.set()

    def _take_deployments(self) -> None:
        with self._guard:
            held, under_way = set(self._runs), list(self._together.values())
        if _load(under_way) >= MOST_REGIONS:
            return
        taken: list[Run] = []
        while len(taken) < MOST_CLAIMS and _load(groups(taken)) < MOST_REGIONS:
            with self._resources.store.write() as tx:
                now = clock.now()
                until = clock.later(now, LEASE_SECONDS)
                claimed = deployments.claim(tx, f"pid {os.getpid()}", now, until, held)
            if claimed is None:
                break
            run = Run(self._resources, claimed, Recorder(self._resources.store, claimed))
            if claimed.cancel_requested:
                run.cancel.set()
            taken.append(run)
            held.add(claimed.id)
        for runs in groups(taken):
            self._run(runs)

    def _run(self, runs: list[Run]) -> None:
        with self._guard:
            self._runs.update({run.deployment.id: run for run in runs})
            self._together[id(runs)] = runs
        self._start("deployment", partial(run_deployments, runs), partial(self._ended, runs))

    def _take_checks(self) -> None:
        while len(self._checks) < _CHECKS_AT_ONCE:
            with self._resources.store.write() as tx:
                check = checks.claim(tx)
            if check is None:
                return
            self._once("check", self._checks, check.id, run_check, check)

    def _take_adoptions(self) -> None:
        while len(self._adoptions) < _CHECKS_AT_ONCE:
            with self._resources.store.write() as tx:
                asked = adoptions.claim(tx)
            if asked is None:
                return
            self._once("adoption", self._adoptions, asked.id, run_adoption, asked)

    def _take_region_checks(self) -> None:
        for region in self._resources.store.read(regions.to_check):
            self._once("region check", self._contacts, region, run_region_check, region)

    def _take_read_backs(self) -> None:
        for asked in self._resources.store.read(observations.requested):
            self._once("read-back", self._reads, (asked.project, asked.region), run_read_back, asked)

    def _look_at_the_unreachable(self) -> None:
        """Look whether regions answer again; no reason for a worker with nothing else to do to stay."""
        for region in self._resources.store.read(lambda c: regions.to_look_at(c, clock.now())):
            self._once("health", self._looks, region, run_health_look, region, self._over)

    def _take_removals(self) -> None:
        by_region: dict[str, list[Removal]] = {}
        for one in self._resources.store.read(lambda c: removals.due(c, clock.now())):
            by_region.setdefault(one.region, []).append(one)
        for region, due in by_region.items():
            self._once("removals", self._regions, region, run_removals, region, due)

    def _take_secret_writes(self) -> None:
        by_token: dict[tuple[str, int, str], list[SecretWrite]] = {}
        for one in self._resources.store.read(lambda c: secret_writes.due(c, clock.now())):
            # One that is under way is left alone, also when another version was asked for meanwhile.
            if one.id not in self._writing:
                by_token.setdefault((one.registry_id, one.version, one.actor), []).append(one)
        for asked in by_token.values():
            due = asked[:MOST_REGIONS]
            numbers = {one.id for one in due}
            with self._guard:
                self._writing |= numbers
            self._start(
                "secret writes",
                partial(run_secret_writes, self._resources, due),
                partial(self._writing.difference_update, numbers),
            )

    def _finish_deletions(self) -> None:
        """Delete the registries whose regions have all answered, should one have been left behind."""
        for registry in self._resources.store.read(deletions.answered):
            with self._resources.store.write() as tx:
                deletions.finish(tx, registry, clock.now())

    def _once(self, name: str, busy: set[K], key: K, job: Callable[..., None], *about: object) -> None:
        """Begin a job unless one with this key is under way."""
        with self._guard:
            if key in busy:
                return
            busy.add(key)
        self._start(name, partial(job, self._resources, *about), partial(busy.discard, key))

    def _start(self, name: str, job: Callable[[], None], ended: Callable[[], None]) -> None:
        def work_off() -> None:
            try:
                take_turns_here()
                job()
            except StoreUnwritable as error:
                self._unwritable = error
            finally:
                with self._guard:
                    ended()

        threading.Thread(target=work_off, name=name, daemon=True).start()

    def _ended(self, runs: list[Run]) -> None:
        del self._together[id(runs)]
        for run in runs:
            del self._runs[run.deployment.id]

    def _running(self) -> list[Run]:
        with self._guard:
            return list(self._runs.values())

    def _end(self) -> None:
        """Stop writing, and leave what is under way to the next worker."""
        runs = self._running()
        for run in runs:
            run.halt.set()
        until = time.monotonic() + _END_SECONDS
        while self._running() and time.monotonic() < until:
            time.sleep(0.05)
        lease.release(self._resources.store, runs)
        self._events.tell()


def _load(together: Iterable[list[Run]]) -> int:
    """Count the regions under way; deployments that go together are in each of theirs only once."""
    return sum(len({one.region for run in runs for one in run.deployment.regions}) for runs in together)
