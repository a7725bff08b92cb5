"""One embedded region with a private registry, and a client of it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.oci_registry import OciRegistry
from bahriya_tui.sim.region import Region
from tests.sim.client import Client

PACE = 0.005


@pytest.fixture
async def registry() -> AsyncIterator[OciRegistry]:
    """A private registry that wants Basic logins."""
    private = {"team/app": ["v1", "v2"], "team/init": ["v1"]}
    public = {"library/nginx": ["1.27", "latest"], "acme/app": ["v1"]}
    async with OciRegistry(users={"op": "pw"}, private=private, public=public, auth="basic") as oci:
        yield oci


@pytest.fixture
async def fleet(registry: OciRegistry) -> AsyncIterator[Fleet]:
    """A fleet of one region whose nodes ask the registry for all hosts."""
    async with Fleet(["r1"], registry=f"http://{registry.address}", pace=PACE) as regions:
        yield regions


@pytest.fixture
def region(fleet: Fleet) -> Region:
    """The region."""
    return fleet.regions["r1"]


@pytest.fixture
async def client(fleet: Fleet, region: Region) -> AsyncIterator[Client]:
    """A client with the region's token."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:
        yield Client(fleet, region, session)
