"""Reads regions back when somebody asks: which of our pull secrets are there, and what pulls with them."""

from bahriya_tui.cluster import read_back
from bahriya_tui.cluster.errors import Unreachable
from bahriya_tui.model import clock
from bahriya_tui.model.errors import BahriyaError
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack
from bahriya_tui.store import observations, regions
from bahriya_tui.worker import access, unforeseen
from bahriya_tui.worker.run import Resources


def run_read_back(resources: Resources, asked: ReadBack) -> None:
    """Read one project back from one region, with two requests; its row says afterwards what came of it."""
    try:
        secrets, workloads, ms = _read(resources, asked)
    except Unreachable as error:
        _failed(resources, asked, error.message, unreachable=True)
    except BahriyaError as error:
        _failed(resources, asked, str(error), unreachable=False)
    except Exception as error:
        _failed(resources, asked, unforeseen.report(error), unreachable=False)
    else:
        with resources.store.write() as tx:
            regions.seen(tx, asked.region, clock.now(), ms=ms)
            observations.keep(tx, asked, secrets, workloads, clock.now())


def _read(
    resources: Resources, asked: ReadBack
) -> tuple[list[ObservedSecret], list[ObservedWorkload], float | None]:
    where = (asked.project, asked.region)
    with access.transport(resources.region(asked.region), resources.places) as transport:
        transport.connect()
        ms = transport.take_latency()
        secrets = read_back.read_secrets(transport, *where, clock.now())
        return secrets, read_back.read_workloads(transport, *where, clock.now()), ms


def _failed(resources: Resources, asked: ReadBack, error: str, *, unreachable: bool) -> None:
    with resources.store.write() as tx:
        if unreachable:
            regions.seen(tx, asked.region, clock.now(), error)
        observations.failed(tx, asked, error)
