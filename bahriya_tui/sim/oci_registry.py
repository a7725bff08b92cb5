"""An embedded private OCI registry on loopback: real HTTP, real challenges, made-up images.

Owns the pull half of the distribution API and who may see what. Images are listed as repository and tags;
their bytes are derived from the name, so a digest never changes. Never keeps headers or bodies of a request.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from bahriya_tui.sim import lines
from bahriya_tui.sim.oci_images import Blob, Content
from bahriya_tui.sim.token_server import TokenMode, TokenServer, basic_login

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Auth = Literal["none", "basic", "token"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was answered; queries and headers may hold credentials and are not kept."""

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class OciRegistry:
    """A registry that serves while its `async with` block lasts.

    What it was given can be changed in place and counts from the next request on: `users` (name to password,
    or to several with a line each), `private` and `public` (repository to tags), `grants` (user to the
    private repositories it may pull; a user without an entry may pull all), `silent` (repositories about
    which a question is not answered as long as they are in it) and `tokens.mode` (how the token server treats
    a wrong login).
    """

    def __init__(
        self,
        users: dict[str, str] | None = None,
        private: Mapping[str, Iterable[str]] | None = None,
        public: Mapping[str, Iterable[str]] | None = None,
        auth: Auth = "basic",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        *,
        grants: dict[str, set[str]] | None = None,
        token_mode: TokenMode = "strict",  # noqa: S107 - the name of a mode
        opaque_tokens: bool = False,
    ) -> None:
        self.users = dict(users or {})
        self.private = {path: list(tags) for path, tags in (private or {}).items()}
        self.public = {path: list(tags) for path, tags in (public or {}).items()}
        self.grants = dict(grants or {})
        self.auth: Auth = auth
        self.silent: set[str] = set()
        self.requests: list[Request] = []
        self.tokens = TokenServer(self.users, self.may_pull, token_mode, opaque_tokens)
        self._port = port
        self._tls = tls
        self._content = Content()
        self._runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT` while it runs."""
        return f"127.0.0.1:{self._port}"

    @property
    def base(self) -> str:
        """The URL in front of `/v2/`."""
        return f"{'https' if self._tls else 'http'}://{self.address}"

    def may_pull(self, user: str | None, path: str) -> bool:
        """Tell whether `user` (None: nobody in particular) may pull the repository `path`."""
        if self.auth == "none" or path in self.public:
            return True
        return user is not None and path in self.grants.get(user, self.private)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin to serve, after a `stop` on the same port as before."""
        app = web.Application(middlewares=[self._record])
        if self.auth == "token":
            app.router.add_get("/token", self.tokens.get)
            app.router.add_post("/token", self.tokens.post)
        app.router.add_get("/v2/", self._ping)
        app.router.add_get("/v2", self._ping)
        app.router.add_get("/v2/{path:.+}/manifests/{reference}", self._manifest)
        app.router.add_get("/v2/{path:.+}/blobs/{digest}", self._blob)
        app.router.add_get("/v2/{path:.+}/tags/list", self._tags)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._tls)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await lines.close(runner)

    @web.middleware
    async def _record(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        while request.match_info.get("path") in self.silent:
            await asyncio.sleep(0.05)
        try:
            answer = await handler(request)
        except web.HTTPNotFound:
            answer = problem(404, "NOT_FOUND", "no such endpoint")
        answer.headers["Docker-Distribution-API-Version"] = "registry/2.0"
        self.requests.append(Request(request.method, request.path, answer.status))
        return answer

    async def _ping(self, request: web.Request) -> web.StreamResponse:
        user, refusal = self._login(request, None)
        if refusal is None and user is None and self.auth != "none":
            refusal = self._challenge(None)
        return refusal or web.json_response({})

    async def _manifest(self, request: web.Request) -> web.StreamResponse:
        path, reference = request.match_info["path"], request.match_info["reference"]
        refusal = self._refuse(request, path)
        if refusal is not None:
            return refusal
        blob = self._content.manifest(path, self._tags_of(path), reference)
        if blob is None:
            return problem(404, "MANIFEST_UNKNOWN", "manifest unknown")
        return _serve(blob)

    async def _blob(self, request: web.Request) -> web.StreamResponse:
        path, digest = request.match_info["path"], request.match_info["digest"]
        refusal = self._refuse(request, path)
        if refusal is not None:
            return refusal
        blob = self._content.blob(path, self._tags_of(path), digest)
        return problem(404, "BLOB_UNKNOWN", "blob unknown to registry") if blob is None else _serve(blob)

    async def _tags(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        refusal = self._refuse(request, path)
        return refusal or web.json_response({"name": path, "tags": self._tags_of(path)})

    def _tags_of(self, path: str) -> list[str]:
        return [*self.private.get(path, []), *self.public.get(path, [])]

    def _refuse(self, request: web.Request, path: str) -> web.Response | None:
        """Give the answer for a caller that may not pull `path`, or None."""
        user, refusal = self._login(request, path)
        if refusal is not None:
            return refusal
        if path not in self.public and path not in self.private and (user is not None or self.auth == "none"):
            return problem(404, "NAME_UNKNOWN", "repository name not known to registry")
        if self.may_pull(user, path):
            return None
        if user is None or self.auth == "token":
            return self._challenge(path, insufficient=user is not None)
        return problem(403, "DENIED", "requested access to the resource is denied")

    def _login(self, request: web.Request, path: str | None) -> tuple[str | None, web.Response | None]:
        """Give the user who asks (None: anonymous), or the refusal; a wrong login also bars public images."""
        header = request.headers.get("Authorization")
        if header is None or self.auth == "none":
            return None, None
        if self.auth == "basic":
            user = basic_login(header, self.users)
            return (None, self._challenge(path)) if user is None else (user, None)
        grant = self.tokens.read(header)
        if grant is None:
            return None, self._challenge(path)
        if path is not None and path not in grant.paths and path not in self.public:
            return None, self._challenge(path, insufficient=True)
        return grant.user, None

    def _challenge(self, path: str | None, insufficient: bool = False) -> web.Response:
        value = 'Basic realm="embedded registry"'
        if self.auth == "token":
            scope = f',scope="repository:{path}:pull"' if path else ""
            error = ',error="insufficient_scope"' if insufficient else ""
            value = f'Bearer realm="{self.base}/token",service="{self.tokens.service}"{scope}{error}'
        return problem(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": value})


def problem(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Build an error answer in the form of the distribution specification."""
    body = {"errors": [{"code": code, "message": message, "detail": None}]}
    return web.json_response(body, status=status, headers=headers)


def _serve(blob: Blob) -> web.Response:
    headers = {"Docker-Content-Digest": blob.digest, "Content-Type": blob.media_type}
    return web.Response(body=blob.content, headers=headers)
