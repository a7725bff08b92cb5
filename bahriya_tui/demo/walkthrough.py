"""The walkthrough without a screen: a registry's life from its first token to its deletion.

It is the smoke test of an installation: every step goes through the same verbs, processes and HTTP requests
as in production, is printed as it happens, and is checked; the first one that is not true ends it with 1.
"""

import sys
import time
from collections.abc import Callable

from bahriya_tui.demo.servers import Servers
from bahriya_tui.demo.world import EVERYWHERE, REGIONS, USERS, token_from
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.operations import connect, define, delete, deploy, follow, link, projects, regions, rotate
from bahriya_tui.operations.session import Session, open_session
from bahriya_tui.places import Places
from bahriya_tui.store import containers, deployments, secrets

Step = Callable[["Walk"], str]


class Walk:
    """What the steps share: the session, and the servers that play the outside world."""

    def __init__(self, session: Session, found: Places, servers: Servers) -> None:
        self.session = session
        self.servers = servers
        self.image = f"{servers.registry}/shop/web:1.8.0"
        self.read_token = token_from(found, servers, USERS[0])

    def deploy(self) -> Deployment:
        """Deploy the container and wait for its end."""
        plans = deploy.plan_deployment(self.session, "shop", ["web"])
        (started,) = deploy.start_deployments(self.session, plans)
        for event in follow.follow(self.session, [started.id]):
            if event.region is not None:
                _say(f"    {event.region:<16} {event.phase:<12} {event.message}")
        return deployments.get(self.session.store.connection, started.id)

    def require(self, condition: bool, message: str) -> None:
        """Stop the walkthrough when something that must be true is not."""
        if not condition:
            raise Failed(message, "this installation does not work as it should")

    def secrets(self) -> set[str]:
        """Name the pull secrets that are in the regions."""
        return {secret.name for secret in secrets.applied(self.session.store.connection)}


def walk(found: Places, servers: Servers) -> int:
    """Take every step and print it with the seconds it took; 0 when all of them held."""
    begun = time.monotonic()
    with open_session(found) as session:
        state = Walk(session, found, servers)
        for number, (title, step) in enumerate(_STEPS, 1):
            _say(f"{number}. {title}")
            since = time.monotonic()
            try:
                result = step(state)
            except BahriyaError as error:
                print(f"bahriya: step {number} failed: {error}", file=sys.stderr)  # noqa: T201
                return error.exit_code
            _say(f"   {result} ({time.monotonic() - since:.1f} s)")
    _say(f"All {len(_STEPS)} steps held, in {time.monotonic() - begun:.1f} s.")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _prepare(state: Walk) -> str:
    projects.add_project(state.session, "shop", "Shop")
    path = str(state.servers.kubeconfig)
    for region in REGIONS:
        regions.add_region(
            state.session,
            region.id,
            context=region.id,
            kubeconfig=path,
            city=region.city,
            country=region.country,
        )
    return f"project shop, regions {', '.join(EVERYWHERE)}"


def _create(state: Walk) -> str:
    connected = connect.connect_registry(
        state.session,
        "shop",
        "shop-registry",
        server=state.servers.registry,
        username=USERS[0],
        read_token=state.read_token,
    )
    login = connected.check.login if connected.check is not None else "not checked"
    state.require(login == "accepted", f"registry shop-registry: login {login}")
    return f"registry shop-registry at {connected.registry.server}, v1, login {login}"


def _link(state: Walk) -> str:
    define.add_container(
        state.session, "shop", "web", image=state.image, regions=EVERYWHERE, replicas=2, port=8080
    )
    link.link(state.session, "shop", "web", "shop-registry")
    return f"container web runs {state.image} and pulls with shop-registry"


def _deploy(state: Walk) -> str:
    deployment = state.deploy()
    state.require(deployment.state == "done", f"deployment {deployment.id} ended {deployment.state}")
    state.require(state.secrets() == {"bahriya-shop-registry-v1"}, "a region lacks its pull secret")
    opened = f"{deployment.plaintext_ms:.0f} ms" if deployment.plaintext_ms is not None else "never"
    where = f"runs in {len(deployment.regions)} regions"
    return f"{where}; the credential was open for {opened}, isolation {deployment.isolation}"


def _rotate(state: Walk) -> str:
    state.servers.change_tokens()
    rotated = rotate.rotate_registry(state.session, "shop", "shop-registry", read_token=state.read_token)
    placed = containers.placements(state.session.store.connection, project="shop")
    state.require({placement.version for placement in placed} == {1}, "a running container was touched")
    return f"v{rotated.registry.version} is current; what runs keeps v1 until it is deployed again"


def _redeploy(state: Walk) -> str:
    deployment = state.deploy()
    state.require(deployment.state == "done", f"deployment {deployment.id} ended {deployment.state}")
    placed = containers.placements(state.session.store.connection, project="shop")
    state.require({placement.version for placement in placed} == {2}, "a region still pulls with v1")
    return "every region pulls with v2"


def _delete(state: Walk) -> str:
    plan = delete.plan_registry_deletion(state.session, "shop", "shop-registry")
    state.require([linked.handle for linked in plan.containers] == ["web"], "the deletion names nobody")
    removals = delete.delete_registry(state.session, "shop", "shop-registry", unlink=True)
    pending = follow.wait_removals(state.session, removals, timeout=30)
    state.require(not pending, "a pull secret is still in a region")
    state.require(not state.secrets(), "the store still knows a pull secret")
    return f"web unlinked, {len(removals)} pull secrets removed from {len(EVERYWHERE)} regions"


_STEPS: tuple[tuple[str, Step], ...] = (
    ("Project and regions", _prepare),
    ("Create a registry; its token is read, sealed and checked in processes of their own", _create),
    ("Define a container and link it to the registry", _link),
    ("Deploy to three regions", _deploy),
    ("Rotate: the registry gives a new token, version 2 is stored", _rotate),
    ("Deploy again", _redeploy),
    ("Delete the registry", _delete),
)
