"""Deployments that go together: their waves in order, all regions of a wave at once, each to its end.

Only those that go to all regions at once have company; one with waves or limits goes alone.
"""

import queue
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from bahriya_tui.model.deployment import REGION_ENDED, Deployment, RegionRun
from bahriya_tui.model.manifests.workload import kind_of
from bahriya_tui.model.waves import why_held
from bahriya_tui.turns import do_together
from bahriya_tui.worker.going import Going
from bahriya_tui.worker.lane import Lane
from bahriya_tui.worker.opener_batch import OpenerBatches
from bahriya_tui.worker.opener_calls import sender
from bahriya_tui.worker.region import write_end
from bahriya_tui.worker.run import Cancelled, Held, Run
from bahriya_tui.worker.soak import soak

MOST_THREADS = 256


def groups(runs: Iterable[Run]) -> list[list[Run]]:
    """Sort runs into those that go together: to all regions at once, in one project, with one pull secret."""
    found: dict[Any, list[Run]] = {}
    for run in runs:
        key = _key(run.deployment) if not run.cancel.is_set() else None
        found.setdefault(key or run.deployment.id, []).append(run)
    return list(found.values())


def run_deployments(runs: Sequence[Run]) -> None:
    """Bring every region of claimed deployments to an end, then sum each of them up.

    Writes nothing more of one that another worker has taken, nor of any when the worker stops; raises
    `StoreUnwritable` when nothing can be written.
    """
    going = Going(runs)
    since = going.each(lambda run: run.recorder.begin())
    for wave in sorted({one.wave for run in going for one in _left(run.deployment)}):
        going.each(soak)
        _run_lanes(_lanes(wave, going, since), going, since)
    going.each(soak)
    going.each(lambda run: run.recorder.finish())
    going.end()


def _lanes(wave: int, going: Going, since: dict[int, str]) -> dict[str, list[Run]]:
    """Give the regions of a wave that may begin, each with those that go there."""
    may_begin = going.each(lambda run: _may_begin(run, wave, since[run.deployment.id]))
    lanes: dict[str, list[Run]] = {}
    for run in going:
        for region in may_begin[run.deployment.id]:
            lanes.setdefault(region, []).append(run)
    return lanes


def _may_begin(run: Run, wave: int, since: str) -> list[str]:
    """Give the regions of a wave that may begin; write down of the others why not."""
    left = [one for one in _left(run.deployment) if one.wave == wave]
    stop: Exception | None = None
    if run.cancel.is_set():
        stop = Cancelled()
    elif _waits_for_others(run.deployment, wave) and (why := why_held(run.stored(), wave, since)):
        stop = Held(why)
    if stop is None:
        return [one.region for one in left]
    for one in left:
        write_end(run, one.region, stop)
    return []


def _waits_for_others(of: Deployment, wave: int) -> bool:
    """Tell whether anything could hold a wave back at all, so that the store is to be asked."""
    careful = of.canary is not None or of.max_failures is not None
    return careful or any(one.wave < wave for one in of.regions)


def _run_lanes(lanes: dict[str, list[Run]], going: Going, since: dict[int, str]) -> None:
    """Run all regions of a wave, at most `max_parallel` at a time."""
    runs = list(going)
    if not lanes:
        return
    parallel = sum(run.deployment.max_parallel for run in runs) or MOST_THREADS
    threads = min(len(lanes), parallel, MOST_THREADS)
    batches = OpenerBatches(threads, partial(sender, runs[0]))
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for region in lanes:
        waiting.put(region)
    at_once = dict.fromkeys(list(lanes)[:threads])
    going.each(lambda run: run.recorder.connecting(one for one in at_once if run in lanes[one]))

    def work() -> None:
        while True:
            try:
                region = waiting.get_nowait()
            except queue.Empty:
                return
            begin = Run.check if region in at_once else partial(_begin_later, region, since)
            Lane(region, lanes[region], going, begin).run(batches)

    do_together(work, threads)


def _begin_later(region: str, since: dict[int, str], run: Run) -> None:
    """Begin in a region when its wave is under way; `Held` if too many have failed meanwhile."""
    run.check()
    if run.deployment.max_failures is not None:
        wave = next(one.wave for one in run.deployment.regions if one.region == region)
        if why := why_held(run.stored(), wave, since[run.deployment.id]):
            raise Held(why)
    run.recorder.connecting([region])


def _left(deployment: Deployment) -> list[RegionRun]:
    return [one for one in deployment.regions if one.state not in REGION_ENDED]


def _key(deployment: Deployment) -> tuple[object, ...] | None:
    """Say with what others a deployment may go; None for one that goes alone."""
    spec, waves = deployment.spec, {one.wave for one in deployment.regions}
    limited = len(waves) > 1 or deployment.max_parallel < len(deployment.regions)
    careful = deployment.canary is not None or deployment.max_failures is not None
    if deployment.kind != "deploy" or kind_of(spec) != "Deployment" or limited or careful:
        return None
    # The log tells of one operator for each opening.
    return (spec.project, spec.pulls, deployment.created_by)
