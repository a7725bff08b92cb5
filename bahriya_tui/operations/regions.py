"""Regions: take contexts of a kubeconfig as regions, and see whether those still lead there and answer."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bahriya_tui.model import validate
from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BadInput, Failed, NotFound
from bahriya_tui.model.handle import check_region_id
from bahriya_tui.model.region import ContextPin, Region
from bahriya_tui.operations import waiting
from bahriya_tui.operations.protect import record_protection
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import regions
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.refusals import listed

CHECK_SECONDS = 60.0
"""To wait for the worker; a region that does not answer is given up after a few seconds."""


@dataclass(frozen=True, slots=True)
class RegionPin:
    """Where a region leads: a context, and the server and CA that it names now."""

    context: str
    kubeconfig: str
    server: str
    ca_fingerprint: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What taking a kubeconfig's contexts as regions would add."""

    kubeconfig: str
    regions: tuple[Region, ...]
    skipped: tuple[str, ...]
    """A sentence for each context that is left out."""


def add_region(
    s: Session,
    id: str,  # noqa: A002
    *,
    context: str,
    kubeconfig: str | None = None,
    name: str = "",
    city: str = "",
    country: str = "",
    protected: bool = False,
) -> Region:
    """Add one region, known by a context of a kubeconfig and pinned to the server named there."""
    check_region_id(id)
    for field, text in (("name", name), ("city", city), ("country", country)):
        validate.display_text(field, text)
    path = kubeconfig_path(kubeconfig)
    region = _region(id, _pin(_pins(s, path), context, path), path, name, city, country)
    region = replace(region, protected=protected)
    _insert(s, (region,))
    return region


def plan_import(s: Session, kubeconfig: str | None, contexts: Sequence[str] | None = None) -> ImportPlan:
    """Say which contexts would become regions of the same name; by default all that can and are not yet."""
    path = kubeconfig_path(kubeconfig)
    pins = _pins(s, path)
    if contexts is not None:
        for context in contexts:
            check_region_id(_pin(pins, context, path).context)
        pins = [pin for pin in pins if pin.context in contexts]
    there = regions.all(s.connection)
    known = {region.id for region in there}
    chosen: list[Region] = []
    skipped: list[str] = []
    for pin in pins:
        if pin.context in known:
            skipped.append(f"{pin.context}: a region of this name exists already")
            continue
        if same := _same_cluster([*there, *chosen], pin.server, pin.ca_fingerprint):
            skipped.append(f"{pin.context}: leads to the same API server as region {same}")
            continue
        try:
            chosen.append(_region(check_region_id(pin.context), pin, path))
        except BadInput:
            skipped.append(f"{pin.context}: no valid region id; use `bahriya region add ID --context`")
    return ImportPlan(path, tuple(chosen), tuple(skipped))


def take_regions(s: Session, plan: ImportPlan) -> list[Region]:
    """Add the regions of a plan, all of them or none."""
    _insert(s, plan.regions)
    return list(plan.regions)


def check_regions(s: Session, ids: Sequence[str]) -> list[Region]:
    """Have the worker contact regions, all at the same time; give them with what became of it.

    A region that cannot be reached is no error here, nor one whose kubeconfig is gone or leads elsewhere than
    it was pinned to: its `status` and `last_error` say so. Raises `NotFound` for one that does not exist.
    """
    for id_ in ids:
        regions.get(s.connection, id_)
    contact(s, ids)
    return [regions.get(s.connection, id_) for id_ in ids]


def contact(s: Session, ids: Sequence[str]) -> None:
    """Have the worker contact regions, and wait until their rows say what became of it."""
    with s.store.write() as tx:
        for id_ in ids:
            regions.request_check(tx, id_, now())
    if not waiting.until(s, lambda: not set(ids) & set(regions.to_check(s.connection)), CHECK_SECONDS):
        raise Failed(f"no answer of the worker within {CHECK_SECONDS:.0f} s", f"look into {s.places.logs}")


def read_pin(s: Session, id: str, context: str | None, kubeconfig: str | None) -> RegionPin:  # noqa: A002
    """Read where a region would lead with another context or kubeconfig; what is not given stays."""
    region = regions.get(s.connection, id)
    path = kubeconfig_path(kubeconfig or region.kubeconfig)
    found = _pin(_pins(s, path), context or region.context, path)
    return RegionPin(found.context, path, found.server, found.ca_fingerprint)


def kubeconfig_path(given: str | None) -> str:
    """Give the kubeconfig's absolute path: the given one, the first in `$KUBECONFIG`, or `~/.kube/config`."""
    inherited = next((entry for entry in os.environ.get("KUBECONFIG", "").split(os.pathsep) if entry), None)
    path = Path(os.path.expanduser(given or inherited or "~/.kube/config")).absolute()  # noqa: PTH111
    if not path.is_file():
        raise NotFound(f"there is no kubeconfig {path}", "name one with --kubeconfig")
    return str(path)


def _pins(s: Session, path: str) -> list[ContextPin]:
    from bahriya_tui.launch.kubeconfig import read_pins

    return read_pins(s.places, Path(path))


def _pin(pins: list[ContextPin], context: str, path: str) -> ContextPin:
    for pin in pins:
        if pin.context == context:
            return pin
    known = listed(pin.context for pin in pins)
    raise NotFound(f'no usable context "{context}" in {path}', f"there is {known}")


def _region(
    id_: str, pin: ContextPin, path: str, name: str = "", city: str = "", country: str = ""
) -> Region:
    return Region(
        id=id_,
        name=name,
        city=city,
        country=country,
        context=pin.context,
        kubeconfig=path,
        server=pin.server,
        ca_fingerprint=pin.ca_fingerprint,
        status="active",
        last_error="",
        last_seen_at=None,
        created_at=now(),
    )


def _same_cluster(known: Sequence[Region], server: str, ca_fingerprint: str) -> str | None:
    """Give the id of the region that is this cluster already: two of one would undo each other's work."""
    meant = (server.rstrip("/").lower(), ca_fingerprint)
    same = (one.id for one in known if (one.server.rstrip("/").lower(), one.ca_fingerprint) == meant)
    return next(same, None)


def refuse_same_cluster(c: Connection, region: Region) -> None:
    """Raise `BadInput` where another region leads to the cluster of this one."""
    others = [one for one in regions.all(c) if one.id != region.id]
    if same := _same_cluster(others, region.server, region.ca_fingerprint):
        raise BadInput(
            f"region {region.id} would be the same cluster as region {same}: {region.server}",
            f"use {same}, or choose a context of another cluster",
        )


def _insert(s: Session, added: Sequence[Region]) -> None:
    with s.store.write() as tx:
        for region in added:
            refuse_same_cluster(tx.conn, region)
            regions.insert(tx, region)
            message = f"region {region.id} was added: {region.server}"
            record(tx, s.who, "region.added", message, region=region.id)
            if region.protected:
                record_protection(tx, s.who, region)
