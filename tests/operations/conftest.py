"""A store with regions and registries in it, and a session whose worker never starts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.container import AppliedSecret, Container, Placement
from bahriya_tui.model.deployment import Deployment, RegionState, outcome
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.define import add_container
from bahriya_tui.operations.deploy import Plan, start_deployments
from bahriya_tui.operations.session import Session
from bahriya_tui.places import Places
from bahriya_tui.store import containers, deployments, projects, regions, registries, secrets
from bahriya_tui.store.database import open_store
from tests.sealing import well_formed

REGIONS = ("falkenstein-1", "helsinki-1", "virginia-1")


@dataclass(frozen=True, slots=True)
class Quiet(Session):
    """A session that counts how often it would have started the worker, which is `alive` or never comes."""

    woken: list[int] = field(default_factory=list)
    alive: bool = True

    def wake_worker(self) -> bool:
        self.woken.append(1)
        return self.alive


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Quiet]:
    """Project `shop` with three regions and registry `team` at v1."""
    places = Places(tmp_path / "store", tmp_path / "keys", tmp_path / "logs")
    places.prepare()
    with open_store(places.database) as store:
        quiet = Quiet(store, places, Actor("operator"))
        with store.write() as tx:
            projects.insert(tx, "shop", "", clock.now())
            for region in REGIONS:
                regions.insert(tx, region_of(region))
        accept(quiet, "team")
        yield quiet


def region_of(id_: str) -> Region:
    return Region(
        id_, "", "", "", id_, "/nowhere", f"https://{id_}.invalid", "", "active", "", None, clock.now()
    )


def accept(s: Session, handle: str, project: str = "shop") -> Registry:
    """Give a registry its next version, making the registry if needed."""
    at = clock.now()
    with s.store.write() as tx:
        known = {one.handle: one for one in registries.all(tx.conn, project)}
        registry = known.get(handle) or registries.insert(
            tx,
            project,
            handle,
            name="",
            server="registry.example",
            username="bot",
            expires=None,
            plain_http=False,
            ca_file=None,
            now=at,
        )
        version = registries.reserve_version(
            tx, registry, server="registry.example", username="bot", actor="operator", now=at
        )
        registries.keep_sealed(tx, registry.id, version, well_formed())
        return registries.accept_version(tx, registry.id, version, at)


def declare(s: Session, handle: str) -> None:
    """Add a registry without a token, as `apply` does."""
    with s.store.write() as tx:
        registries.insert(
            tx,
            "shop",
            handle,
            name="",
            server="registry.example",
            username="bot",
            expires="2031-01-31",
            plain_http=False,
            ca_file=None,
            now=clock.now(),
        )


def define(s: Session, handle: str, registry: str | None = "team", project: str = "shop") -> Container:
    """Define a container with a private image in all three regions."""
    image = f"registry.example/{handle}:1.0"
    return add_container(s, project, handle, image=image, regions=REGIONS, registry=registry)


def start_deployment(s: Session, plan: Plan, *, replace: bool = False) -> Deployment:
    """Queue one planned deployment."""
    (started,) = start_deployments(s, [plan], replace=replace)
    return started


def end(s: Session, deployment: Deployment, **unlike: RegionState) -> None:
    """Do what the worker does: bring every region to its end, running unless told otherwise.

    Region ids are written with an underscore for the hyphen: `helsinki_1="failed"`.
    """
    states: dict[str, RegionState] = {name.replace("_", "-"): state for name, state in unlike.items()}
    at = clock.now()
    with s.store.write() as tx:
        claimed = deployments.claim(tx, "test", at, clock.later(at, 60))
        assert claimed is not None
        assert claimed.id == deployment.id
        for run in claimed.regions:
            state = states.get(run.region, "running" if claimed.kind == "deploy" else "terminated")
            for step in _path(state):
                deployments.move_region(tx, claimed.id, claimed.fence, run.region, step, at)
            if state == "running":
                _put(tx_session=s, deployment=claimed, region=run.region)
        ended = deployments.get(tx.conn, claimed.id)
        result = outcome(ended.kind, [run.state for run in ended.regions], cancelled=False)
        deployments.move(tx, claimed.id, claimed.fence, result, at)


def _path(state: RegionState) -> tuple[RegionState, ...]:
    if state == "running":
        return ("connecting", "workload", "rolling", "running")
    if state == "terminated":
        return ("connecting", "removing", "terminated")
    return ("held",) if state == "held" else ("connecting", state)


def _put(tx_session: Session, deployment: Deployment, region: str) -> None:
    """Write down, inside the transaction under way, what the deployment left in a region."""
    s, spec = tx_session, deployment.spec
    from sqlite_utils import Database

    tx = Database(s.store.connection)
    containers.place(
        tx,
        Placement(
            spec.project,
            spec.container,
            region,
            deployment.id,
            spec.image,
            spec.secret,
            spec.registry_id,
            spec.version,
            f"uid-{region}",
            None,
        ),
    )
    if spec.registry_id is not None and spec.registry is not None and spec.version is not None:
        name = pull_secret(spec.registry, spec.version)
        secret = AppliedSecret(
            spec.project, region, name, spec.registry_id, spec.registry, spec.version, f"secret-{region}"
        )
        secrets.note(tx, secret)
