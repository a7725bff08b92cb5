"""Checks of regions: contacts one with its kubeconfig's credentials, and writes down what it answered.

Also reads back, from the metadata of the pull secrets there, how far the audit log had come when they were
written; their data is never asked for.
"""

import threading

from bahriya_tui.cluster import pull_secret
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError, StoreUnwritable
from bahriya_tui.store import audit, regions, secrets
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.run import Resources

_ANYBODY_WITH_A_LOGIN = "/api"
"""What every authenticated user may read, whatever else they may do."""


def run_region_check(resources: Resources, region: str) -> None:
    """Contact one region; its row says afterwards whether it answered, and why not.

    Raises `StoreUnwritable` when that could not be written down; the check is still asked for.
    """
    error, ms = _look(resources, region, witnesses=True)
    with resources.store.write() as tx:
        regions.seen(tx, region, clock.now(), error, ms)
        regions.checked(tx, region)


def run_health_look(resources: Resources, region: str, over: threading.Event) -> None:
    """Look, with one request, whether an unreachable region answers again.

    Nobody waits for it: when the worker is `over` by then, nothing is written.
    """
    error, ms = _look(resources, region, witnesses=False)
    if over.is_set():
        return
    with resources.store.write() as tx:
        regions.seen(tx, region, clock.now(), error, ms)


def _look(resources: Resources, region: str, *, witnesses: bool) -> tuple[str, float | None]:
    """Give why the region is of no use now, if so, and in how many milliseconds it was connected."""
    try:
        with access.transport(resources.region(region), resources.places) as transport:
            answer = transport.request("GET", _ANYBODY_WITH_A_LOGIN)
            ms = transport.take_latency()
            if answer.ok and witnesses:
                _read_witnesses(resources, region, transport)
    except StoreUnwritable:
        raise
    except Unreachable as error:
        return error.message, None
    except BahriyaError as error:
        return str(error), None
    except Exception as failure:
        return unforeseen.report(failure), None
    return "" if answer.ok else refusal(answer, "check"), ms


def _read_witnesses(resources: Resources, region: str, transport: Transport) -> None:
    """Keep what the pull secrets there remember of the audit log."""
    for secret in resources.store.read(lambda c: secrets.applied(c, region=region)):
        head = pull_secret.read_witness(transport, secret.project, secret.name)
        if head is not None:
            with resources.store.write() as tx:
                audit.keep_anchor(tx, region, secret.project, secret.name, head, clock.now())
