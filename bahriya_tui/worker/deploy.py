"""One deployment: its waves in their order, all regions of a wave at the same time, each to its own end."""

import queue
import threading
from functools import partial

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.model import clock
from bahriya_tui.model.deployment import REGION_ENDED, Deployment, RegionRun
from bahriya_tui.model.errors import BahriyaError, StoreUnwritable
from bahriya_tui.model.waves import why_held
from bahriya_tui.store import containers, regions
from bahriya_tui.worker import unforeseen
from bahriya_tui.worker.opener_batch import OpenerBatches
from bahriya_tui.worker.opener_calls import sender
from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.region import deploy_region
from bahriya_tui.worker.run import Cancelled, Halted, Run
from bahriya_tui.worker.soak import soak
from bahriya_tui.worker.terminate import terminate_region

MOST_THREADS = 256


def run_deployment(run: Run) -> None:
    """Bring every region of a claimed deployment to an end, then sum it up.

    Ends early, and writes nothing more, when the worker stops or another one has taken the deployment; raises
    `StoreUnwritable` when nothing can be written.
    """
    try:
        since = run.recorder.begin()
        for wave in _waves(run.deployment):
            soak(run)
            if run.cancel.is_set():
                for one in wave:
                    _cancelled(run, one.region)
            elif why := why_held(run.now(), wave[0].wave, since):
                for one in wave:
                    run.recorder.region(one.region, "held", _held(run, why))
            else:
                _run_wave(run, wave, since)
        soak(run)
        run.recorder.finish()
    except (FenceLost, Halted):
        return


def _waves(deployment: Deployment) -> list[list[RegionRun]]:
    """Give what is still to be done, wave by wave."""
    left = [one for one in deployment.regions if one.state not in REGION_ENDED]
    return [[one for one in left if one.wave == wave] for wave in sorted({one.wave for one in left})]


def _held(run: Run, why: str) -> str:
    return f"{why}; to go on: bahriya deployment resume {run.deployment.id}"


def _cancelled(run: Run, region: str) -> None:
    """End a region that was cancelled, and say what it is left with."""
    of = run.deployment
    placed = run.resources.store.read(lambda c: containers.placements(c, of.project, of.container, region))
    if of.kind == "deploy" and any(one.deployment == of.id for one in placed):
        words = "cancelled; this revision was applied before, and stays"
    else:
        words = "cancelled before the workload was touched"
    run.recorder.region(region, "cancelled", words)


def _run_wave(run: Run, wave: list[RegionRun], since: str) -> None:
    """Run all regions of a wave, at most `max_parallel` at a time; raise when the run has to stop."""
    threads = min(len(wave), run.deployment.max_parallel or MOST_THREADS, MOST_THREADS)
    batches = OpenerBatches(threads, partial(sender, run))
    waiting: queue.SimpleQueue[RegionRun] = queue.SimpleQueue()
    for one in wave:
        waiting.put(one)
    stops: list[Exception] = []

    def work() -> None:
        while not stops:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                if why := _too_many_failed(run, one, since):
                    run.recorder.region(one.region, "held", _held(run, why))
                    batches.leave(one.region)
                else:
                    _run_region(run, one.region, batches)
            except Exception as stop:
                # Whatever could not be written down is left to whoever takes the lease.
                stops.append(stop)

    started = [threading.Thread(target=work, name="region", daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if stops:
        raise stops[0]


def _too_many_failed(run: Run, one: RegionRun, since: str) -> str:
    """Say why a region of a wave under way is not begun any more; asked only where a limit was given."""
    if run.deployment.max_failures is None or run.cancel.is_set():
        return ""
    return why_held(run.now(), one.wave, since)


def _run_region(run: Run, region: str, batches: OpenerBatches) -> None:
    """Run one region and write down how it ended."""
    try:
        if run.cancel.is_set():
            raise Cancelled
        run.recorder.region(region, "connecting")
        if run.deployment.kind == "deploy":
            deploy_region(run, region, batches)
        else:
            terminate_region(run, region)
    except (FenceLost, Halted, StoreUnwritable):
        raise
    except Exception as error:
        write_end(run, region, error)
    finally:
        batches.leave(region)


def write_end(run: Run, region: str, error: Exception) -> None:
    """Write down how a region ended whose way was cut short by `error`."""
    if isinstance(error, Cancelled):
        _cancelled(run, region)
    elif isinstance(error, Unreachable):
        _unreachable(run, region, error.message)
    elif isinstance(error, BahriyaError):
        run.recorder.region(region, "failed", str(error))
    else:
        run.recorder.region(region, "failed", unforeseen.report(error))


def _unreachable(run: Run, region: str, why: str) -> None:
    run.recorder.region(
        region,
        "unreachable",
        f"region cannot be reached: {why}; once it can: bahriya deployment retry {run.deployment.id}",
        also=lambda tx: regions.seen(tx, region, clock.now(), why),
    )
