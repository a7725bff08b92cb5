"""What a monitoring system watches of an installation, read from the store in one view; asks no region."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bahriya_tui.launch.worker import worker_running
from bahriya_tui.model import clock
from bahriya_tui.model.expiry import due
from bahriya_tui.model.metrics import Family, Sample
from bahriya_tui.operations import reentry
from bahriya_tui.operations.session import Session
from bahriya_tui.store import (
    checks,
    containers,
    deployments,
    history,
    projects,
    regions,
    registries,
    removals,
    work,
)
from bahriya_tui.store import secret_writes as writes

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def measure(s: Session) -> list[Family]:
    """Count and time everything; names begin with `bahriya_`, times are seconds since 1970, in UTC."""
    with s.store.read() as c:
        known = [one.handle for one in projects.all(c)]
        return [
            _gauge(
                "worker_up",
                "Whether a worker of this store runs.",
                [_one(worker_running(s.places) is not None)],
            ),
            _gauge("worker_work_waits", "Whether work is due now.", [_one(work.anything(c, clock.now()))]),
            *_regions(c),
            *_registries(c, known),
            *_containers(c, known),
            _pending(
                "removals_pending", "Objects still to be removed.", (r.region for r in removals.pending(c))
            ),
            _pending(
                "secret_writes_pending",
                "Pull secrets to be rewritten.",
                (w.region for w in writes.pending(c)),
            ),
        ]


def _regions(c: "Connection") -> list[Family]:
    there = regions.all(c)
    contacted = [one for one in there if one.last_seen_at or one.failures]
    up = [Sample({"region": one.id}, float(one.status == "active")) for one in contacted]
    seen = [Sample({"region": one.id}, _seconds(one.last_seen_at)) for one in there if one.last_seen_at]
    latency = [Sample({"region": one.id}, one.latency / 1000) for one in there if one.latency is not None]
    return [
        _gauge("region_up", "Whether the last contact with a region succeeded.", up),
        _gauge("region_last_seen_timestamp_seconds", "When a region last answered.", seen),
        _gauge("region_connect_seconds", "How long the last contact took to connect.", latency),
    ]


def _registries(c: "Connection", known: list[str]) -> list[Family]:
    version, expires, unreadable, checked = [], [], [], []
    for project in known:
        reasons, current = reentry.reasons(c, project), history.current(c, project)
        for one in registries.all(c, project):
            labels = {"project": project, "registry": one.handle}
            version.append(Sample(labels, one.version))
            unreadable.append(Sample(labels, float((one.id, one.version) in reasons)))
            end = due(one, current.get(one.id))
            if end is not None:
                expires.append(Sample(labels, _seconds(end.at)))
            last = checks.last(c, one.id)
            if last is not None and last.result is not None:
                checked.append(Sample(labels, float(last.result.get("login") in ("accepted", "not needed"))))
    return [
        _gauge("registry_version", "The version of the credentials that counts.", version),
        _gauge("registry_expires_timestamp_seconds", "When the credentials end.", expires),
        _gauge("registry_needs_reentry", "Whether the credentials cannot be opened.", unreadable),
        _gauge("registry_login_accepted", "Whether the last check was accepted.", checked),
    ]


def _containers(c: "Connection", known: list[str]) -> list[Family]:
    status: Counter[tuple[str, str]] = Counter()
    state: Counter[tuple[str, str]] = Counter()
    took = []
    for project in known:
        status.update((project, one.status) for one in containers.all(c, project))
        latest = deployments.newest(c, project)
        state.update((project, one.state) for one in latest)
        for one in latest:
            if one.started_at and one.finished_at:
                seconds = clock.seconds_between(one.started_at, one.finished_at)
                took.append(Sample({"project": project, "container": one.container}, seconds))
    return [
        _gauge("containers", "Containers by status.", _counted(status, "status")),
        _gauge(
            "deployments_latest",
            "Containers by the state of their latest deployment.",
            _counted(state, "state"),
        ),
        _gauge("deployment_seconds", "How long the latest deployment of a container took.", took),
    ]


def _counted(counts: Counter[tuple[str, str]], label: str) -> list[Sample]:
    return [Sample({"project": project, label: word}, n) for (project, word), n in sorted(counts.items())]


def _pending(name: str, words: str, where: Iterable[str]) -> Family:
    counts = Counter(where)
    samples = [Sample({"region": region}, n) for region, n in sorted(counts.items())]
    return _gauge(name, words, samples or [Sample({}, 0)])


def _gauge(name: str, words: str, samples: Iterable[Sample]) -> Family:
    return Family(f"bahriya_{name}", "gauge", words, tuple(samples))


def _one(value: float) -> Sample:
    return Sample({}, float(value))


def _seconds(at: str) -> float:
    return clock.parse(at).timestamp()
