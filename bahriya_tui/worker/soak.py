"""The canary's soak: nothing else begins until it has run well for as long as was asked."""

import time

from bahriya_tui.cluster.cronjob import find
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.rollout import assess
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.deployment import Deployment, RegionRun
from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import DEPLOYMENT_ID
from bahriya_tui.model.manifests.workload import kind_of
from bahriya_tui.model.waves import canary_of, soak_left
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.run import Halted, Run

_SLICE_SECONDS = 0.2
_SOAKS = "soaks for"


def soak(run: Run) -> None:
    """Wait until the canary has run long enough, then look at it again; at once over where none is asked for.

    A canary that is not well any more becomes `failed` or `unreachable`. A cancellation ends the wait.
    """
    if run.deployment.canary is None:
        return
    deployment = run.stored()
    canary = canary_of(deployment)
    left = soak_left(deployment, clock.now())
    if canary is None or left is None or run.cancel.is_set():
        return
    until = clock.later(clock.now(), left)[11:19]
    words = f"{_SOAKS} {clock.duration(left)}, until {until} UTC, before other regions begin"
    well = canary.message.partition(f"; {_SOAKS}")[0]
    run.recorder.tell(canary.region, "soaking", words, shown=f"{well}; {words}")
    if _waited(run, left):
        _look(run, deployment, canary)
    else:
        run.recorder.tell(canary.region, "soaking", "its soak was cancelled", shown=well)


def _waited(run: Run, seconds: float) -> bool:
    """Wait by a clock that nobody sets; False when the deployment was cancelled meanwhile."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if run.halt.wait(min(left, _SLICE_SECONDS)):
            raise Halted
        if run.cancel.is_set():
            return False
    return True


def _look(run: Run, deployment: Deployment, canary: RegionRun) -> None:
    after = f"after a soak of {clock.duration(deployment.soak_seconds)}"
    try:
        words = _still_well(run, deployment, canary.region)
    except Unreachable as error:
        why = f"{after} the region cannot be reached: {error.message}"
        run.recorder.region(canary.region, "unreachable", why)
    except BahriyaError as error:
        run.recorder.region(canary.region, "failed", f"{after} it is not well any more: {error}")
    except Exception as error:
        run.recorder.region(canary.region, "failed", unforeseen.report(error))
    else:
        run.recorder.tell(canary.region, "soaked", f"{after}: {words}", shown=f"{words} {after}")


def _still_well(run: Run, deployment: Deployment, region: str) -> str:
    """Ask the region how its workload is now; give its words, or raise `Failed` when replicas are missing."""
    with access.transport(run.resources.region(region), run.resources.places) as transport:
        where = _where(run, deployment, region, transport)
        answer = transport.request("GET", where)
    kind = kind_of(deployment.spec)
    if answer.status == 404:
        raise Failed(f"the {kind} was deleted in the region", "find out by whom, then deploy again")
    if not answer.ok:
        raise Failed(refusal(answer, f"{kind.lower()} {deployment.container}"))
    if (answer.body["metadata"].get("labels") or {}).get(DEPLOYMENT_ID) != str(deployment.id):
        raise Failed("something else was deployed over it", "find out by whom, then deploy again")
    if kind == "CronJob":
        return f"scheduled: {deployment.spec.schedule}"
    shown = assess(answer.body)
    if shown.state != "done":
        raise Failed(shown.message, f"look at its pods, then: bahriya deployment retry {deployment.id}")
    return shown.message


def _where(run: Run, deployment: Deployment, region: str, transport: Transport) -> str:
    where, name = namespace(deployment.project), deployment.container
    if kind_of(deployment.spec) == "CronJob":
        return find(transport, where, name, run.resources.region(region).cron_api)
    return path("Deployment", where, name)
