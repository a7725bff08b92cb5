"""Asks a registry for an image's manifest, the way containerd resolves a reference before it pulls.

The one place in the embedded regions that talks to a registry. Errors use containerd's words, never a login.
"""

import re
import ssl
from dataclasses import dataclass

import aiohttp

from bahriya_tui.model.image import Image
from bahriya_tui.model.server import api_base
from bahriya_tui.sim.keyring import Login

_ACCEPT = (
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*"
)
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
TIMEOUT = 10.0
"""Seconds one question to a registry may take."""


class PullError(Exception):
    """An image that could not be pulled, in containerd's words; `reason` is why the container waits."""

    def __init__(self, message: str, reason: str = "ErrImagePull") -> None:
        super().__init__(message)
        self.reason = reason


class Unresolved(Exception):
    """Why a reference could not be resolved."""


@dataclass(frozen=True, slots=True)
class Question:
    """One manifest to ask for: the address to ask at, and the names that errors use."""

    url: str
    query: dict[str, str]
    host: str
    reference: str
    shown: str


class Registries:
    """Resolves images at their own registries, or all at a mirror (a URL, as in containerd's hosts.toml)."""

    def __init__(self, mirror: str | None) -> None:
        self._mirror = mirror if mirror is None or "://" in mirror else f"http://{mirror}"
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close what is open."""
        if self._session:
            await self._session.close()

    async def resolve(self, image: Image, login: Login | None) -> str:
        """The digest of an image's manifest; PullError when it cannot be had with this login."""
        question = self._question(image)
        try:
            return await self._ask(question, login)
        except Unresolved as why:
            cause = str(why)
        except (TimeoutError, aiohttp.ClientError, ssl.SSLError, OSError) as error:
            cause = f'failed to do request: Head "{question.url}": {_network(error, question.host)}'
        prefix = f'failed to pull and unpack image "{question.shown}": failed to resolve reference'
        raise PullError(f'{prefix} "{question.shown}": {cause}')

    def _question(self, image: Image) -> Question:
        reference = image.digest or image.tag or "latest"
        version = f"@{image.digest}" if image.digest else f":{reference}"
        base, query = api_base(image.domain, plain_http=False), {}
        if self._mirror:
            base = self._mirror.rstrip("/")
            if base.partition("://")[2] != image.domain:
                query = {"ns": image.domain}
        shown = f"{image.domain}/{image.path}{version}"
        url = f"{base}/v2/{image.path}/manifests/{reference}"
        return Question(url, query, base.partition("://")[2], reference, shown)

    async def _ask(self, question: Question, login: Login | None) -> str:
        """Ask without login first, then as the challenge wants it; the digest, or Unresolved."""
        status, challenge, digest = await self._head(question, {})
        if status == 401 and challenge.lower().startswith("bearer"):
            token = await self._token(challenge, login)
            status, challenge, digest = await self._head(question, {"Authorization": f"Bearer {token}"})
            if status in (401, 403):
                said = "server message: insufficient_scope: authorization failed"
                raise Unresolved(
                    f"pull access denied, repository does not exist or may require authorization: {said}"
                )
        elif status == 401 and login:
            basic = aiohttp.encode_basic_auth(login.username, login.password, encoding="utf-8")
            status, _, digest = await self._head(question, {"Authorization": basic})
        if status == 404:
            raise Unresolved(f"{question.shown}: not found")
        if status != 200:
            failed = f"pulling from host {question.host} failed with status code"
            raise Unresolved(
                f"{failed} [manifests {question.reference}]: {status} {_WORDS.get(status, '')}".rstrip()
            )
        return digest

    async def _head(self, question: Question, headers: dict[str, str]) -> tuple[int, str, str]:
        asked = headers | {"Accept": _ACCEPT}
        async with self._open().head(question.url, params=question.query, headers=asked) as answer:
            found = answer.headers
            return answer.status, found.get("WWW-Authenticate", ""), found.get("Docker-Content-Digest", "")

    async def _token(self, challenge: str, login: Login | None) -> str:
        asked = dict(_PARAMETER.findall(challenge))
        query = {name: asked[name] for name in ("service", "scope") if name in asked}
        headers = {}
        if login:
            headers["Authorization"] = aiohttp.encode_basic_auth(
                login.username, login.password, encoding="utf-8"
            )
        async with self._open().get(asked.get("realm", ""), params=query, headers=headers) as answer:
            if answer.status != 200:
                kind = "oauth" if login else "anonymous"
                words = f"{answer.status} {_WORDS.get(answer.status, '')}".rstrip()
                raise Unresolved(
                    f"failed to authorize: failed to fetch {kind} token: unexpected status: {words}"
                )
            body = await answer.json(content_type=None)
        return str(body.get("token") or body.get("access_token") or "")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=20))
        return self._session


_WORDS = {
    401: "Unauthorized",
    403: "Forbidden",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


def _network(error: BaseException, host: str) -> str:
    """A connection's failure in the words of Go's net package."""
    if isinstance(error, TimeoutError):
        return "context deadline exceeded"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"dial tcp: lookup {host.partition(':')[0]}: no such host"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"dial tcp {host}: connect: connection refused"
    return "EOF"
