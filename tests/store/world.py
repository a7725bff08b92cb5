"""A small world in a store: what most of these tests start from."""

import uuid
from pathlib import Path

from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Deployment, Spec
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.store import containers, deployments, projects, regions, registries
from bahriya_tui.store.database import Store, open_store

NOW = "2026-11-23T22:00:00.000Z"
SOON = "2026-11-23T22:00:30.000Z"
LATER = "2026-11-23T22:01:00.000Z"
MUCH_LATER = "2026-11-23T22:02:00.000Z"
REGIONS = ("falkenstein-1", "helsinki-1", "virginia-1")


def settled(path: Path) -> Store:
    """Open a store with project shop, three regions and the registry ghcr at version 1."""
    store = open_store(path)
    with store.write() as tx:
        projects.insert(tx, "shop", "Shop", NOW)
        for id_ in REGIONS:
            regions.insert(tx, region(id_))
    add_registry(store, "ghcr")
    return store


def region(id_: str) -> Region:
    return Region(id_, "", "", "", id_, "/kube", "https://10.0.0.1:6443", "ab", "active", "", None, NOW)


def add_registry(store: Store, handle: str, project: str = "shop") -> Registry:
    with store.write() as tx:
        registry = registries.insert(
            tx,
            project,
            handle,
            name="",
            server="ghcr.io",
            username="bot",
            expires=None,
            plain_http=False,
            ca_file=None,
            now=NOW,
        )
    return rotate(store, registry)


def rotate(store: Store, registry: Registry, username: str = "bot") -> Registry:
    with store.write() as tx:
        version = registries.reserve_version(
            tx, registry, server="ghcr.io", username=username, actor="ops", now=NOW
        )
        registries.keep_sealed(tx, registry.id, version, f"sealed {version}".encode())
        return registries.accept_version(tx, registry.id, version, NOW)


def container(handle: str, registry: Registry | None = None, project: str = "shop") -> Container:
    return Container(
        id=uuid.uuid4().hex,
        project=project,
        handle=handle,
        name="",
        image="ghcr.io/acme/api:1",
        type="http",
        registry=registry.handle if registry else None,
        registry_id=registry.id if registry else None,
        secret=None,
        replicas=2,
        port=8080,
        env=(("MODE", "fast"), ("GREETING", "grüß dich")),
        regions=REGIONS,
        status="terminated",
        revision=0,
        created_at=NOW,
        updated_at=NOW,
    )


def add_container(store: Store, handle: str, registry: Registry | None = None) -> Container:
    one = container(handle, registry)
    with store.write() as tx:
        containers.insert(tx, one)
    return one


def queue(store: Store, one: Container, now: str = NOW) -> Deployment:
    """Ask for a deployment of `one`: the first region as canary, then the others."""
    with store.write() as tx:
        return deployments.insert(
            tx,
            container=one,
            kind="deploy",
            spec=Spec("shop", one.handle, one.image, one.type, one.replicas, one.port, one.env),
            waves=(REGIONS[:1], REGIONS[1:]),
            max_parallel=0,
            actor="ops",
            now=now,
        )


def claim(store: Store, now: str = NOW, until: str = SOON, owner: str = "worker") -> Deployment | None:
    with store.write() as tx:
        return deployments.claim(tx, owner, now, until)
