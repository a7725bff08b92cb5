"""One deployment: its waves in their order, all regions of a wave at the same time, each to its own end."""

import queue
import threading

from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.model import clock
from bahriya_tui.model.deployment import REGION_ENDED, Deployment, RegionRun, RegionState
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.store import deployments, regions
from bahriya_tui.worker import unforeseen
from bahriya_tui.worker.opener_batch import OpenerBatch
from bahriya_tui.worker.opener_calls import sender
from bahriya_tui.worker.recorder import FenceLost
from bahriya_tui.worker.region import deploy_region
from bahriya_tui.worker.run import Cancelled, Halted, Run
from bahriya_tui.worker.terminate import terminate_region

MOST_THREADS = 256

_BAD: frozenset[RegionState] = frozenset({"failed", "unreachable"})


def run_deployment(run: Run) -> None:
    """Bring every region of a claimed deployment to an end, then sum it up.

    Ends early, and writes nothing more, when the worker stops or another one has taken the deployment.
    """
    try:
        since = run.recorder.begin()
        for wave in _waves(run.deployment):
            if run.cancel.is_set():
                _end_unstarted(run, wave, "cancelled", "cancelled before it began")
            elif _failed_before(_now(run), wave[0].wave, since):
                _end_unstarted(run, wave, "held", "an earlier wave failed; resume, or deploy again")
            else:
                _run_wave(run, wave)
        run.recorder.finish()
    except (FenceLost, Halted):
        return


def _now(run: Run) -> Deployment:
    return run.resources.store.read(lambda c: deployments.get(c, run.deployment.id))


def _waves(deployment: Deployment) -> list[list[RegionRun]]:
    """Give what is still to be done, wave by wave."""
    left = [one for one in deployment.regions if one.state not in REGION_ENDED]
    return [[one for one in left if one.wave == wave] for wave in sorted({one.wave for one in left})]


def _failed_before(deployment: Deployment, wave: int, since: str) -> bool:
    """Tell whether a region of an earlier wave failed since the operator last started this deployment."""
    return any(
        one.wave < wave and one.state in _BAD and (one.finished_at or "") >= since
        for one in deployment.regions
    )


def _end_unstarted(run: Run, wave: list[RegionRun], state: RegionState, words: str) -> None:
    for one in wave:
        run.recorder.region(one.region, state, words)


def _run_wave(run: Run, wave: list[RegionRun]) -> None:
    """Run all regions of a wave, at most `max_parallel` at a time; raise when the run has to stop."""
    threads = min(len(wave), run.deployment.max_parallel or MOST_THREADS, MOST_THREADS)
    batch = OpenerBatch(threads, sender(run))
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for one in wave:
        waiting.put(one.region)
    stops: list[Exception] = []

    def work() -> None:
        while not stops:
            try:
                region = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                _run_region(run, region, batch)
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


def _run_region(run: Run, region: str, batch: OpenerBatch) -> None:
    """Run one region and write down how it ended."""
    try:
        if run.cancel.is_set():
            run.recorder.region(region, "cancelled", "cancelled before it began")
            return
        run.recorder.region(region, "connecting")
        if run.deployment.kind == "deploy":
            deploy_region(run, region, batch)
        else:
            terminate_region(run, region)
    except (FenceLost, Halted):
        raise
    except Exception as error:
        write_end(run, region, error)
    finally:
        batch.leave(region)


def write_end(run: Run, region: str, error: Exception) -> None:
    """Write down how a region ended whose way was cut short by `error`."""
    if isinstance(error, Cancelled):
        run.recorder.region(region, "cancelled", "cancelled; what was applied before stays")
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
        f"region cannot be reached: {why}",
        also=lambda tx: regions.seen(tx, region, clock.now(), why),
    )
