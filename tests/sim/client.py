"""A small client of an embedded region, and ways to wait for what happens in it."""

import asyncio
import base64
import io
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bahriya_tui.sim.fleet import Fleet
from bahriya_tui.sim.objects import Change, Objects
from bahriya_tui.sim.region import Region

Json = dict[str, Any]
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
DEADLINE = 120.0


@dataclass(frozen=True)
class Answer:
    """Status code, headers and body of an answer."""

    code: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Json:
        """The body as JSON."""
        body: Json = json.loads(self.text)
        return body


class Client:
    """Speaks HTTP to one region, with its token unless told otherwise."""

    def __init__(self, fleet: Fleet, region: Region, session: aiohttp.ClientSession) -> None:
        self.region = region
        self._session = session
        self._tls = ssl.create_default_context(cadata=fleet.ca_pem)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        **query: str,
    ) -> Answer:
        """Send one request and give its answer."""
        sent = {"Authorization": f"Bearer {token or self.region.token}", **(headers or {})}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        data = None if body is None else io.BytesIO(content)
        async with self._session.request(
            method, self.region.url + path, data=data, headers=sent, params=query, ssl=self._tls
        ) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    async def get(self, path: str, **query: str) -> Json:
        """GET that must succeed."""
        answer = await self.ask("GET", path, None, headers=None, token=None, **query)
        assert answer.code == 200, answer
        return answer.body

    async def make(self, path: str, body: Json) -> Json:
        """POST that must succeed."""
        answer = await self.ask("POST", path, body)
        assert answer.code == 201, answer
        return answer.body

    async def apply(
        self,
        path: str,
        body: Any,
        manager: str = "bahriya",
        force: bool = False,
        accept: str = "",
        **query: str,
    ) -> Answer:
        """Server-side apply."""
        headers = {"Content-Type": "application/apply-patch+yaml"} | ({"Accept": accept} if accept else {})
        asked = query | ({"fieldManager": manager} if manager else {}) | ({"force": "true"} if force else {})
        return await self.ask("PATCH", path, body, headers=headers, **asked)

    async def patch(self, path: str, body: Any, kind: str = "merge-patch+json", **query: str) -> Answer:
        """PATCH of another format."""
        return await self.ask("PATCH", path, body, headers={"Content-Type": f"application/{kind}"}, **query)

    @asynccontextmanager
    async def watch(self, path: str, **query: str) -> AsyncIterator["Stream"]:
        """An open watch."""
        headers = {"Authorization": f"Bearer {self.region.token}"}
        asked = {"watch": "true"} | query
        async with self._session.get(
            self.region.url + path, headers=headers, params=asked, ssl=self._tls
        ) as answer:
            assert answer.status == 200
            yield Stream(answer.content)


class Stream:
    """The events of one watch."""

    def __init__(self, content: aiohttp.StreamReader) -> None:
        self._content = content

    async def next(self) -> Json:
        """The next event, within the deadline."""
        async with asyncio.timeout(DEADLINE):
            event: Json = json.loads(await self._content.readline())
        return event

    async def rest(self) -> list[Json]:
        """All events until the server ends the watch."""
        async with asyncio.timeout(DEADLINE):
            return [json.loads(line) for line in (await self._content.read()).splitlines()]


async def until(objects: Objects, true: Callable[[], Any], seconds: float = DEADLINE) -> Any:
    """Wait until `true` holds, looking again after each change; its value."""
    changed = asyncio.Event()

    def listen(_: Change) -> None:
        changed.set()

    objects.listeners.append(listen)
    try:
        async with asyncio.timeout(seconds):
            while not (value := true()):
                changed.clear()
                await changed.wait()
            return value
    finally:
        objects.listeners.remove(listen)


def docker_config(server: str, username: str, password: str) -> str:
    """The content of a pull secret."""
    auth = base64.b64encode(f"{username}:{password}".encode()).decode()
    return json.dumps({"auths": {server: {"username": username, "password": password, "auth": auth}}})


def pull_secret(name: str, server: str, username: str, password: str) -> Json:
    """A pull secret to apply."""
    content = base64.b64encode(docker_config(server, username, password).encode()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": content},
    }


def deployment(name: str, image: str, replicas: int = 2, secret: str = "", **pod: Any) -> Json:
    """A deployment to apply; `pod` is added to the pod's spec."""
    labels = {"app": name}
    spec: Json = {"containers": [{"name": "app", "image": image}]} | pod
    if secret:
        spec["imagePullSecrets"] = [{"name": secret}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": dict(labels)}, "spec": spec},
        },
    }


def rolled_out(region: Region, name: str, namespace: str = "default") -> Json | None:
    """The deployment when its rollout is done by the rule of `kubectl rollout status`, else None."""
    found = region.objects.get("deployments", namespace, name)
    if not found or found["metadata"]["generation"] > found["status"].get("observedGeneration", 0):
        return None
    status, wanted = found["status"], found["spec"]["replicas"]
    counts = [status.get(each, 0) for each in ("updatedReplicas", "replicas", "availableReplicas")]
    return found if counts == [wanted] * 3 else None


def waiting_reasons(region: Region, namespace: str = "default") -> list[tuple[str, str]]:
    """Reason and message of every container that waits with a message."""
    found = []
    for pod in region.objects.list("pods", namespace):
        for field in ("initContainerStatuses", "containerStatuses"):
            for status in pod["status"].get(field) or ():
                waiting = status["state"].get("waiting") or {}
                if "message" in waiting:
                    found.append((waiting["reason"], waiting["message"]))
    return found


def said(region: Region, reason: str) -> list[str]:
    """Messages of all events with this reason."""
    return [event["message"] for event in region.objects.list("events") if event["reason"] == reason]
