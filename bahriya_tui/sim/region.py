"""One embedded region: API server on a port of its own, controllers, kubelet, and the faults it can have."""

import asyncio
import secrets
import socket
import ssl
import uuid

from aiohttp import web

from bahriya_tui.sim import api, discovery, lines
from bahriya_tui.sim.events import Events
from bahriya_tui.sim.kinds import CRON_VERSIONS, Json
from bahriya_tui.sim.kubeconfig import Access
from bahriya_tui.sim.kubelet import Kubelet
from bahriya_tui.sim.manifest import Registries
from bahriya_tui.sim.namespaces import NamespaceController
from bahriya_tui.sim.objects import Objects
from bahriya_tui.sim.rollout import DeploymentController
from bahriya_tui.sim.status import StatusError, denied, forbidden, too_many, unauthorized
from bahriya_tui.sim.verbs import now

CUT_AFTER = 0.001
"""Seconds a stopping region waits for requests under way; zero would mean for ever."""

WEBHOOK = "policy.example"
"""Name of the admission webhook that a region can be given."""

MOST_REQUESTS = 100_000
"""Requests remembered per region; older ones are forgotten."""


class Region:
    """A region that clients cannot tell from a small Kubernetes cluster.

    Switches, all changeable at any time: `latency` (seconds before each answer), `frozen` (requests are taken
    and never answered), `forbidden` (pairs of verb and plural refused with 403; `*` stands for any), `token`,
    `cron_versions` (of `batch`, for CronJobs: `v1beta1` alone before Kubernetes 1.21, `v1` alone from 1.25),
    `busy_for` (seconds to wait, taken one by one by the next requests, which get 429), `webhook` (why an
    admission webhook denies every write of a workload; empty while it does not).
    `requests` lists method and path of each request; `objects` is what the region holds.
    """

    def __init__(
        self, name: str, tls: ssl.SSLContext, registries: Registries, pace: float, latency: float
    ) -> None:
        self.name = name
        self.token = secrets.token_urlsafe(24)
        self.latency = latency
        self.forbidden: set[tuple[str, str]] = set()
        self.cron_versions = CRON_VERSIONS
        self.busy_for: list[int] = []
        self.webhook = ""
        self.requests: list[str] = []
        self.objects = Objects()
        self.events = Events(self.objects)
        self.port = 0
        node = f"{name}-node-1"
        self.objects.put("nodes", _node(node))
        self.kubelet = Kubelet(self.objects, self.events, registries, node, pace)
        self._controllers = (
            NamespaceController(self.objects, pace),
            DeploymentController(self.objects, self.events, pace),
            self.kubelet,
        )
        self._tls = tls
        self._runner: web.AppRunner | None = None
        self._kept: socket.socket | None = None
        self._thawed = asyncio.Event()
        self._thawed.set()

    @property
    def url(self) -> str:
        """Where the API server is."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def access(self) -> Access:
        """How a client reaches the region."""
        return Access(self.name, self.url, self.token)

    @property
    def down(self) -> bool:
        """Whether the port is closed: connections are refused."""
        return self._runner is None

    @property
    def frozen(self) -> bool:
        """Whether requests hang; open watches fall silent too."""
        return not self._thawed.is_set()

    @frozen.setter
    def frozen(self, value: bool) -> None:
        if value:
            self._thawed.clear()
        else:
            self._thawed.set()

    @property
    def pace(self) -> float:
        """Seconds that one simulated second lasts; a change counts from the next step of a rollout on."""
        return self.kubelet.pace

    @pace.setter
    def pace(self, value: float) -> None:
        for controller in self._controllers:
            controller.pace = value

    @property
    def busy(self) -> bool:
        """Whether a controller or the kubelet has something to do; an idle region has no tasks."""
        return any(controller.busy for controller in self._controllers)

    async def start(self) -> None:
        """Open the port: one the system chooses at first, then always the same."""
        if self._kept is None:
            self._kept = _kept_port()
            self.port = self._kept.getsockname()[1]
        app = web.Application(client_max_size=api.MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=CUT_AFTER)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls, backlog=512)
        await site.start()
        self._runner = runner

    async def stop(self) -> None:
        """Close the port and cut every connection; objects stay as they are, and the port the region's."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await lines.close(runner)

    async def close(self) -> None:
        """End the region with everything that works in it."""
        for controller in self._controllers:
            controller.close()
        await self.stop()
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.raw_path}")
        del self.requests[:-MOST_REQUESTS]
        await self._thawed.wait()
        if self.latency:
            await asyncio.sleep(self.latency)
        try:
            self._check(request)
            return await api.answer(self.objects, request, self._thawed, self.cron_versions)
        except StatusError as refusal:
            return api.answered(refusal.body(), refusal.code, refusal.headers)
        except web.HTTPRequestEntityTooLarge:
            message = f"Request entity too large: limit is {api.MAX_BODY}"
            return api.answered(StatusError(413, "RequestEntityTooLarge", message).body(), 413)

    def _check(self, request: web.Request) -> None:
        """Authentication, then authorisation, before anything else is looked at."""
        given = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(given, f"Bearer {self.token}".encode()):
            raise unauthorized()
        if self.busy_for:
            raise too_many(self.busy_for.pop(0))
        if not self.forbidden and not self.webhook:
            return
        try:
            call = api.read_call(request, self.cron_versions)
        except StatusError:
            return  # not about objects: discovery is allowed to all
        if any(
            verb in (call.verb, "*") and plural in (call.kind.plural, "*") for verb, plural in self.forbidden
        ):
            raise forbidden(call.kind, call.name, call.verb, call.namespace or None)
        if self.webhook and call.kind.plural == "deployments" and call.verb in ("create", "update", "patch"):
            raise denied(WEBHOOK, self.webhook)


def _kept_port() -> socket.socket:
    """A socket that keeps a port for the region, and refuses connections while the region is down.

    The server listens beside it, which both sockets have to allow; nobody else is given such a port.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept


def _node(name: str) -> Json:
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
    info = {"kubeletVersion": discovery.VERSION, "containerRuntimeVersion": "containerd://2.1.0"}
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": name, "uid": str(uuid.uuid4()), "creationTimestamp": now()},
        "spec": {},
        "status": {
            "conditions": [ready],
            "nodeInfo": info | {"operatingSystem": "linux", "architecture": "amd64"},
        },
    }
