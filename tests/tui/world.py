"""A store as an operator would find it one evening: three regions, registries, containers, deployments."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Actor
from bahriya_tui.model.container import AppliedSecret, Container, Placement
from bahriya_tui.model.deployment import Deployment, RegionState
from bahriya_tui.model.handle import pull_secret
from bahriya_tui.model.observed import ObservedSecret, ObservedWorkload, ReadBack
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations.deploy import spec_of
from bahriya_tui.store import (
    audit,
    checks,
    containers,
    deployments,
    events,
    observations,
    projects,
    regions,
    registries,
    removals,
    secrets,
)
from bahriya_tui.store.database import open_store
from tests.sealing import well_formed

if TYPE_CHECKING:
    from sqlite_utils import Database

NOW = "2026-11-23T22:14:12.000Z"
EVERYWHERE = ("falkenstein-1", "helsinki-1", "virginia-1")
PLACES = (("Falkenstein", "Germany"), ("Helsinki", "Finland"), ("Ashburn", "United States"))

LATENCIES = {
    "falkenstein-1": "8.2 8.0 8.9 8.1 8.4 9.3 8.2 8.0 8.8 8.3 21.7 8.1 8.2 8.6 8.4",
    "helsinki-1": "28.4 27.9 31.2 28.8 28.1 96.0 - 30.2 28.5 27.7 29.0 28.3 28.1 28.9",
}


def before(seconds: float) -> str:
    """Give the instant so many seconds before the frozen now."""
    return clock.later(NOW, -seconds)


def region(id_: str, city: str, country: str) -> Region:
    """Describe a region that answered a moment ago."""
    return Region(
        id=id_,
        name="",
        city=city,
        country=country,
        context=id_,
        kubeconfig="/home/operator/.kube/config",
        server=f"https://{id_}.example.net:6443",
        ca_fingerprint="5f3a9c0e7712bd40" * 4,
        status="active",
        last_error="",
        last_seen_at=before(9),
        created_at=before(86400 * 40),
        latencies=LATENCIES.get(id_, ""),
    )


def add_registry(
    tx: "Database", handle: str, server: str, username: str, *, expires: str | None = None, versions: int = 1
) -> Registry:
    """Add a registry with so many accepted versions; what is sealed in them is never opened."""
    registry = registries.insert(
        tx,
        "shop",
        handle,
        name="",
        server=server,
        username=username,
        expires=expires,
        plain_http=False,
        ca_file=None,
        now=before(86400 * 30),
    )
    for _ in range(versions):
        version = registries.reserve_version(
            tx, registry, server=server, username=username, actor="mira", now=before(86400)
        )
        registries.keep_sealed(tx, registry.id, version, well_formed(), well_formed())
        registry = registries.accept_version(tx, registry.id, version, before(86400 * 2))
    return registry


def add_container(
    tx: "Database",
    handle: str,
    image: str,
    registry: Registry | None,
    active: tuple[str, ...] = EVERYWHERE,
    *,
    type_: str = "http",
    replicas: int = 2,
) -> Container:
    """Add a container that was never deployed."""
    container = described(handle, image, registry, active, type_=type_, replicas=replicas)
    containers.insert(tx, container)
    return container


def described(
    handle: str,
    image: str,
    registry: Registry | None,
    active: tuple[str, ...] = EVERYWHERE,
    *,
    type_: str = "http",
    replicas: int = 2,
) -> Container:
    """Describe a container that was never deployed."""
    return Container(
        id=f"{handle.encode().hex():0>32}",
        project="shop",
        handle=handle,
        name="",
        image=image,
        type="http" if type_ == "http" else "worker",
        registry=registry.handle if registry else None,
        registry_id=registry.id if registry else None,
        secret=None,
        replicas=replicas,
        port=8080 if type_ == "http" else None,
        env=(),
        regions=active,
        status="terminated",
        revision=0,
        created_at=before(86400 * 20),
        updated_at=before(3600 * 5),
    )


def deploy(tx: "Database", container: Container, registry: Registry | None, started: float) -> Deployment:
    """Queue a deployment and let a worker take it."""
    run = deployments.insert(
        tx,
        container=container,
        kind="deploy",
        spec=spec_of(container, registry),
        waves=(container.regions,),
        max_parallel=len(container.regions),
        actor="mira",
        now=before(started),
    )
    tell(tx, run, "queued", f"{container.image} to {', '.join(container.regions)}", started)
    claimed = deployments.claim(tx, "worker", before(started), clock.later(NOW, 60))
    assert claimed is not None
    return claimed


def tell(
    tx: "Database", run: Deployment, phase: str, message: str, ago: float, region_: str | None = None
) -> None:
    """Write an event of a deployment."""
    events.append(
        tx,
        phase=phase,
        message=message,
        now=before(ago),
        project=run.project,
        deployment=run.id,
        region=region_,
        container=run.container,
        actor="",
    )


STEPS: tuple[tuple[RegionState, str], ...] = (
    ("connecting", "connecting"),
    ("pull_secret", "pull secret applied"),
    ("workload", "workload applied"),
    ("rolling", "0 of 2 replicas updated"),
    ("running", "2 of 2 replicas updated"),
)


def bring(
    tx: "Database",
    run: Deployment,
    where: str,
    steps: int,
    started: float,
    *,
    fails: str = "",
    updated: int | None = None,
) -> None:
    """Bring a region of a deployment so many steps on its way, and let it fail there if told so."""
    replicas = run.spec.replicas
    ago = started
    for state, message in STEPS[:steps]:
        ago -= 1.5
        counted = (
            (replicas if state == "running" else updated or 0) if state in ("rolling", "running") else None
        )
        shown = f"{counted} of {replicas} replicas updated" if counted is not None else message
        deployments.move_region(
            tx, run.id, run.fence, where, state, before(ago), message=shown, updated=counted,
            replicas=replicas if counted is not None else None,
        )  # fmt: skip
        tell(tx, run, state, shown, ago, where)
    if fails:
        deployments.move_region(tx, run.id, run.fence, where, "failed", before(ago - 1), message=fails)
        tell(tx, run, "failed", fails, ago - 1, where)
        return
    if steps == len(STEPS):
        put(tx, run, where)


def put(tx: "Database", run: Deployment, where: str) -> None:
    """Write down what a region that got there holds."""
    spec = run.spec
    placement = Placement(
        project=spec.project,
        container=spec.container,
        region=where,
        deployment=run.id,
        image=spec.image,
        secret=spec.secret,
        registry_id=spec.registry_id,
        version=spec.version,
        workload_uid=f"uid-{where}-{spec.container}",
        service_uid=None,
    )
    containers.place(tx, placement)
    if spec.registry_id and spec.secret and spec.registry and spec.version:
        applied = AppliedSecret(
            spec.project, where, spec.secret, spec.registry_id, spec.registry, spec.version, f"uid-{where}"
        )
        secrets.note(tx, applied)


def finish(tx: "Database", container: Container, run: Deployment, started: float, fails: str = "") -> None:
    """Let all regions of a deployment get there; with `fails` the last one does not."""
    *others, last = container.regions
    for where in others:
        bring(tx, run, where, len(STEPS), started)
    bring(tx, run, last, 4 if fails else len(STEPS), started, fails=fails)
    end = before(started - 9)
    deployments.move(tx, run.id, run.fence, "partial" if fails else "done", end)
    tell(tx, run, "partial" if fails else "done", "", started - 9)
    containers.set_status(tx, container.id, "error" if fails else "running")


def seed(database: Path) -> None:
    """Fill an empty store."""
    with open_store(database) as store:
        with store.write() as tx:
            projects.insert(tx, "shop", "Shop", before(86400 * 50))
            projects.insert(tx, "blog", "", before(86400 * 3))
            for id_, place in zip(EVERYWHERE, PLACES, strict=True):
                regions.insert(tx, region(id_, *place))
            ghcr = add_registry(tx, "ghcr", "ghcr.io", "shop-deploy", expires="2026-11-29", versions=2)
            own = add_registry(
                tx, "house", "registry.example.com:5000", "robot$shop", expires="2027-06-30", versions=4
            )
            add_registry(tx, "hub-mirror", "docker.io", "shopbot")
            old = add_registry(tx, "old-gitlab", "registry.gitlab.com", "gone")
            web = add_container(tx, "web", "ghcr.io/acme/web:1.9.0", ghcr, replicas=3)
            api = add_container(tx, "api", "ghcr.io/acme/api:2.5.0", ghcr)
            mailer = add_container(
                tx, "mailer", "registry.example.com:5000/mailer:0.9.3", own, EVERYWHERE[:1], type_="worker"
            )
            billing = add_container(
                tx, "billing", "registry.gitlab.com/acme/billing:3.1.0", old, EVERYWHERE[:2], type_="worker"
            )
            docs = add_container(tx, "docs", "nginx:1.27", None)
            add_container(tx, "cache", "redis:7.4", None, EVERYWHERE[1:], type_="worker", replicas=1)
            check = checks.request(tx, ghcr.id, 2, [web.image], before(7200))
            accepted = {"login": "accepted", "reason": "", "images": []}
            checks.finish(tx, check, accepted, before(7199))
        with store.write() as tx:
            for container, registry, started in ((docs, None, 90000), (mailer, own, 50000)):
                finish(tx, container, deploy(tx, container, registry, started), started)
            finish(tx, billing, deploy(tx, billing, old, 40000), 40000)
            finish(tx, web, deploy(tx, web, ghcr, 7000), 7000)
            finish(tx, api, deploy(tx, api, ghcr, 6000), 6000)
            api_run = deploy(tx, api, ghcr, 900)
            finish(tx, api, api_run, 900, "manifest unknown: ghcr.io/acme/api:2.5.0")
        with store.write() as tx:
            _log(tx)
        with store.write() as tx:
            _lose_gitlab(tx, old)
            run = deploy(tx, web, ghcr, 8)
            bring(tx, run, EVERYWHERE[0], 5, 8)
            bring(tx, run, EVERYWHERE[1], 4, 8, updated=2)
            bring(tx, run, EVERYWHERE[2], 2, 8)


MIRA = Actor("mira", "/dev/pts/3", "192.0.2.7")
OMAR = Actor("omar", "/dev/pts/1", "2001:db8::7")


def _log(tx: "Database") -> None:
    """Write the newest part of the audit log: a rotation that was refused, one that was not, a deployment."""
    team: dict[str, Any] = {"project": "shop", "registry": "ghcr"}
    web: dict[str, Any] = {**team, "container": "web", "deployment": 7, "versions": (2,)}
    worker = Actor("mira")
    audit.append(tx, OMAR, "region.added", now=before(86400 * 40), regions=EVERYWHERE[2:])
    audit.append(tx, MIRA, "registry.rejected", now=before(9000), versions=(1,), outcome="rejected", **team)
    audit.append(tx, worker, "credential.opening", now=before(7202), versions=(2,), outcome="started", **team)
    audit.append(tx, worker, "credential.opened", now=before(7200), versions=(2,), outcome="accepted", **team)
    audit.append(tx, MIRA, "registry.rotated", now=before(7199), versions=(1, 2), outcome="accepted", **team)
    audit.append(tx, MIRA, "deployment.queued", now=before(8), **web)
    audit.append(
        tx, worker, "credential.opening", now=before(6), regions=EVERYWHERE, outcome="started", **web
    )
    audit.append(tx, worker, "credential.opened", now=before(5), regions=EVERYWHERE, outcome="partial", **web)


def _lose_gitlab(tx: "Database", registry: Registry) -> None:
    """Delete a registry under a container; one region cannot be reached for the removal."""
    for container in containers.linked_to(tx.conn, registry.id):
        secret = pull_secret(registry.handle, registry.version)
        containers.update(tx, replace(container, registry_id=None, secret=secret))
    name = pull_secret(registry.handle, registry.version)
    for applied in secrets.applied(tx.conn, registry_id=registry.id):
        secrets.forget(tx, "shop", applied.region, applied.name)
    reason = "registry old-gitlab was deleted"
    removal = removals.add(
        tx, project="shop", region="helsinki-1", kind="Secret", name=name, uid=None, reason=reason, now=NOW
    )
    removals.failed(tx, removal, "connection refused", clock.later(NOW, 48))
    registries.delete(tx, registry.id)
    regions.seen(tx, "helsinki-1", before(600), "")


def bring_on(
    tx: "Database", run: Deployment, where: str, state: RegionState, message: str, updated: int | None = None
) -> None:
    """Bring one region of a running deployment one step on, as its worker would."""
    moved = deployments.move_region(
        tx, run.id, run.fence, where, state, NOW, message=message, updated=updated, replicas=run.spec.replicas
    )
    assert moved
    tell(tx, run, state, message, 0, where)


def seen(region: str, name: str, version: int, edited_by: str = "") -> ObservedSecret:
    """Describe a pull secret that a region showed."""
    return ObservedSecret("shop", region, name, f"uid-{region}", version, version, edited_by, before(180))


def pulls(region: str, name: str, secret: str) -> ObservedWorkload:
    """Describe a workload that a region showed."""
    return ObservedWorkload("shop", region, name, f"u-{name}", f"ghcr.io/acme/{name}", secret, 1, 2, NOW)


def leave_a_secret(database: Path) -> None:
    """Let a pull secret that nothing needs any more stay in a region that does not let it go."""
    with open_store(database) as store, store.write() as tx:
        mirror = registries.get(tx.conn, "shop", "hub-mirror")
        name, there = pull_secret(mirror.handle, 1), EVERYWHERE[2]
        secrets.note(tx, AppliedSecret("shop", there, name, mirror.id, mirror.handle, 1, "uid-mirror"))
        reason = "nothing there pulls with it any more"
        removal = removals.add(
            tx, project="shop", region=there, kind="Secret", name=name, uid=None, reason=reason, now=NOW
        )
        removals.failed(tx, removal, "connection refused", clock.later(NOW, 48))


def read_back(database: Path) -> None:
    """Let regions have answered: one as it should be, one that others changed, one not at all."""
    falkenstein, helsinki, virginia = EVERYWHERE
    with open_store(database) as store, store.write() as tx:
        for region in EVERYWHERE:
            observations.request(tx, "shop", region, before(181))
        there = {
            falkenstein: [
                seen(falkenstein, "bahriya-ghcr-v2", 2),
                seen(falkenstein, "bahriya-house-v4", 4, "kubectl-edit"),
            ],
            helsinki: [],
        }
        for region, secrets in there.items():
            uses = [pulls(region, name, "bahriya-ghcr-v2") for name in ("web", "api")]
            asked = ReadBack("shop", region, before(181), None, "")
            observations.keep(tx, asked, secrets, uses, before(180))
        asked = ReadBack("shop", virginia, before(181), None, "")
        observations.failed(tx, asked, "virginia-1 does not answer: connection refused")
