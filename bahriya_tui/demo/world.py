"""The sample world: project `shop` with three regions, two registries and six containers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bahriya_tui.model import clock

if TYPE_CHECKING:
    from bahriya_tui.demo.servers import Servers
    from bahriya_tui.places import Places


@dataclass(frozen=True, slots=True)
class SampleRegion:
    """A region as the sample world knows it; its context carries its id."""

    id: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class SampleContainer:
    """A container as the sample world defines it; `{registry}` stands for the embedded registry's address."""

    handle: str
    image: str
    registry: str | None
    type: str
    replicas: int
    port: int | None
    regions: tuple[str, ...]


REGIONS = (
    SampleRegion("falkenstein-1", "Falkenstein", "Germany"),
    SampleRegion("helsinki-1", "Helsinki", "Finland"),
    SampleRegion("virginia-1", "Ashburn", "United States"),
)
EVERYWHERE = tuple(region.id for region in REGIONS)
USERS = ("shop-deploy", "acme-bot")
"""Users of the embedded registry; the second one stands for an account at ghcr.io."""
REGISTRIES = ("shop-registry", "acme-ghcr")
"""Whose account each of them is."""
EDITED, DOWN, SLOW = EVERYWHERE
"""What goes wrong in the tour, each in a region of its own."""

TOUR_TOKEN = "demo-token-2"  # noqa: S105 - made up, and shown: it opens nothing but the demo's own registry
"""The new token that the tour asks to be typed."""

PRIVATE = {
    "shop/web": ["1.8.0", "1.9.0"],
    "shop/api": ["2.4.1", "2.5.0"],
    "shop/mailer": ["0.9.3"],
    "acme/billing": ["3.1.0"],
}
PUBLIC = {"library/nginx": ["1.27"], "library/redis": ["7.4"]}

_REG = "{registry}/shop"
CONTAINERS = (
    SampleContainer("web", f"{_REG}/web:1.8.0", "shop-registry", "http", 3, 8080, EVERYWHERE),
    SampleContainer("api", f"{_REG}/api:2.4.1", "shop-registry", "http", 2, 9000, EVERYWHERE),
    SampleContainer("mailer", f"{_REG}/mailer:0.9.3", "shop-registry", "worker", 1, None, EVERYWHERE[:1]),
    SampleContainer("billing", "ghcr.io/acme/billing:3.1.0", "acme-ghcr", "worker", 2, None, EVERYWHERE[:2]),
    SampleContainer("docs", "nginx:1.27", None, "http", 2, 80, EVERYWHERE),
    SampleContainer("cache", "redis:7.4", None, "worker", 1, None, EVERYWHERE[1:]),
)


def seed(found: Places, servers: Servers) -> None:
    """Fill an empty store with the sample world through the verbs an operator has, and deploy all of it."""
    from bahriya_tui.operations import connect, define, deploy, projects, regions
    from bahriya_tui.operations.session import open_session

    with open_session(found) as session:
        projects.add_project(session, "shop", "Shop")
        for region in REGIONS:
            regions.add_region(
                session,
                region.id,
                context=region.id,
                kubeconfig=str(servers.kubeconfig),
                city=region.city,
                country=region.country,
            )
        soon = clock.later(clock.now(), timedelta(days=6).total_seconds())[:10]
        accounts = (
            (REGISTRIES[0], servers.registry, USERS[0], None),
            (REGISTRIES[1], "ghcr.io", USERS[1], soon),
        )
        for handle, server, username, expires in accounts:
            connect.connect_registry(
                session,
                "shop",
                handle,
                server=server,
                username=username,
                read_token=token_from(found, servers, username),
                expires=expires,
                check=False,
            )
        for container in CONTAINERS:
            define.add_container(
                session,
                "shop",
                container.handle,
                image=container.image.format(registry=servers.registry),
                regions=container.regions,
                registry=container.registry,
                type=container.type,
                replicas=container.replicas,
                port=container.port,
            )
        handles = [container.handle for container in CONTAINERS]
        deploy.start_deployments(session, deploy.plan_deployment(session, "shop", handles))


def token_from(found: Places, servers: Servers, user: str) -> ReadToken:
    """Give a reader of the token that the embedded registry wrote down for `user`."""
    from bahriya_tui.launch.tokens import TokenSource, token_reader

    return token_reader(TokenSource("file", str(servers.token_files[user])), found)


if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken
