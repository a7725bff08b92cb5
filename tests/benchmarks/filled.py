"""A store with many containers, and a deployment to fifty regions that goes on as under a worker."""

import threading
from pathlib import Path
from types import TracebackType

from bahriya_tui.model import clock
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.operations.deploy import spec_of
from bahriya_tui.store import containers, deployments, leases, projects, regions
from bahriya_tui.store.database import Store, open_store
from tests.tui import world

REGIONS = tuple(f"region-{number:02}" for number in range(1, 51))
STEPS_PER_SECOND = 5
_REPLICAS = 900
_LEASE_SECONDS = 10.0
_COLUMNS = (
    "project, name, type, registry, registry_id, secret, replicas, port, env, status, revision, created_at,"
    " updated_at, schedule"
)
_COPIES = f"""
WITH RECURSIVE one (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM one WHERE number < ?)
INSERT INTO container (id, handle, image, {_COLUMNS})
SELECT printf('%032x', number), printf('app-%06d', number),
  printf('ghcr.io/acme/app-%06d:1.0', number), {_COLUMNS}
FROM container, one WHERE handle = 'web'
"""
_EVERYWHERE = """
INSERT INTO container_region (container_id, region, position)
SELECT container.id, container_region.region, container_region.position
FROM container, container_region JOIN container AS web ON web.id = container_region.container_id
WHERE web.handle = 'web' AND container.handle <> 'web'
"""


def fill(database: Path, rows: int) -> None:
    """Make a store with so many containers, the first of which is deployed to all regions by `Stream`."""
    with open_store(database) as store, store.write() as tx:
        projects.insert(tx, "shop", "Shop", world.before(86400 * 50))
        for name in (*world.EVERYWHERE, *REGIONS):
            regions.insert(tx, world.region(name, "Falkenstein", "Germany"))
        ghcr = world.add_registry(tx, "ghcr", "ghcr.io", "shop-deploy")
        for number in range(1, 13):
            world.add_registry(tx, f"team-{number}", f"team-{number}.example.com", "robot")
        world.add_container(tx, "web", "ghcr.io/acme/web:1.9.0", ghcr)
        tx.execute(_COPIES, [rows - 2])
        tx.execute(_EVERYWHERE)
        world.add_container(tx, "everywhere", "ghcr.io/acme/everywhere:1", ghcr, REGIONS, replicas=_REPLICAS)


class Stream:
    """Brings a deployment on in all regions, so many times a second, as long as the block lasts."""

    def __init__(self, database: Path) -> None:
        self._store: Store = open_store(database)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="stream")
        self._run = self._begin()

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._store.close()

    def _begin(self) -> Deployment:
        with self._store.write() as tx:
            now, container = clock.now(), containers.get(tx.conn, "shop", "everywhere")
            deployments.insert(
                tx, container=container, kind="deploy", spec=spec_of(container, None), waves=(REGIONS,),
                max_parallel=len(REGIONS), actor="mira", now=now,
            )  # fmt: skip
            run = deployments.claim(tx, "worker", now, clock.later(now, _LEASE_SECONDS))
            assert run is not None
            for state, message in world.STEPS[:4]:
                for region in REGIONS:
                    deployments.move_region(tx, run.id, run.fence, region, state, now, message=message)
        return run

    def _go_on(self) -> None:
        updated = 0
        while not self._stop.wait(1 / STEPS_PER_SECOND):
            updated += 1
            with self._store.write() as tx:
                leases.extend(tx, self._run.id, self._run.fence, clock.later(clock.now(), _LEASE_SECONDS))
                for region in REGIONS:
                    said = f"{updated} of {_REPLICAS} replicas updated"
                    world.bring_on(tx, self._run, region, "rolling", said, updated)
