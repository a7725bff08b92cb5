"""A region, and a server that follows a script."""

from collections.abc import Iterator

import pytest

from bahriya_tui.cluster.transport import Transport
from bahriya_tui.kubeconfig.endpoint import Endpoint
from tests.cluster.embedded import World
from tests.cluster.scripted import Scripted

REGION = "falkenstein-1"


@pytest.fixture
def world() -> Iterator[World]:
    made = World([REGION], "right")
    yield made
    made.close()


def region_transport(world: World, name: str = REGION) -> Transport:
    region = world.regions[name]
    endpoint = Endpoint(
        host="127.0.0.1",
        port=region.port,
        server_name="",
        ca_pem=world.fleet.ca_pem,
        token=region.token,
        client_cert_pem="",
        client_key_pem="",
        insecure=False,
        base_path="",
    )
    return Transport(endpoint)


@pytest.fixture
def transport(world: World) -> Iterator[Transport]:
    made = region_transport(world)
    yield made
    made.close()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    yield made
    made.close()
