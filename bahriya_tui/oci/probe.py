"""The live check of one credential: one attempt to log in, then the manifest of every image it is meant for.

The secret goes out once per request, only after a challenge, only encrypted (or to loopback, or to a server
declared plain), and never after a redirect. A rejected secret is not tried again: registries lock out.
"""

import base64
import ssl
from collections.abc import Sequence

from bahriya_tui.model.check import CheckResult, ImageResult, Login
from bahriya_tui.model.image import Image
from bahriya_tui.model.matching import serves
from bahriya_tui.model.server import api_base
from bahriya_tui.oci import manifest
from bahriya_tui.oci.challenge import Challenge, parse
from bahriya_tui.oci.token import Token, read, realm_refusal, request_url
from bahriya_tui.oci.wire import Answer, Deadline, Unreachable, ask, trust

_ANONYMOUS = "its token server ignored the login and gave an anonymous token: user name or password is wrong"
_WRONG = "user name or password is wrong, or has expired; public images cannot be pulled with it either"
_UNSURE = "its tokens cannot be read and no private image proved the login; link a private image and check it"


def check(
    server_host: str,
    username: str,
    password: bytes | bytearray,
    images: Sequence[Image],
    plain_http: bool = False,
    ca_file: str | None = None,
    deadline: float = 15.0,
    tls: ssl.SSLContext | None = None,
) -> CheckResult:
    """Try a credential against its registry and give the verdicts; raises for nothing a server does.

    `server_host` is normalised; `deadline` is in seconds for the whole check; `tls` (see `wire.trust`)
    replaces what would be read from `ca_file`, for a process that may no longer open files.
    """
    if ":" in username:
        return CheckResult(
            "not proven", "a user name with a colon cannot be sent", _unproven(images, "no login")
        )
    try:
        base = api_base(server_host, plain_http, ca_file)
        context = tls or trust(ca_file)
        secret = base64.b64encode(username.encode(errors="surrogatepass") + b":" + password)
        probe = _Probe(
            server_host, base, plain_http, username, b"Basic " + secret, context, Deadline(deadline)
        )
        return probe.run(images)
    except Unreachable as error:
        return CheckResult("not proven", error.reason, _unproven(images, error.reason))


def _unproven(images: Sequence[Image], reason: str) -> tuple[ImageResult, ...]:
    return tuple(ImageResult(image, "not proven", reason) for image in images)


class _Probe:
    """One check under way; it holds the secret and is never printed."""

    def __init__(
        self,
        server: str,
        base: str,
        plain_http: bool,
        username: str,
        secret: bytes,
        tls: ssl.SSLContext,
        deadline: Deadline,
    ) -> None:
        self._server = server
        self._base = base
        self._plain_http = plain_http
        self._username = username
        self._secret = secret
        self._tls = tls
        self._deadline = deadline

    def run(self, images: Sequence[Image]) -> CheckResult:
        """Go through all steps; `Unreachable` when not even the login could be tried."""
        asked, is_open = self._ping()
        asked = asked or self._challenge_of(images)
        if asked is None:
            results = tuple(self._pull(image, None, False) for image in images)
            return CheckResult("not needed", "the registry asks nobody for one", results)
        refusal = asked.scheme == "bearer" and realm_refusal(asked, self._server, self._plain_http)
        if refusal:
            raise Unreachable(refusal)
        login, reason = self._log_in(asked, is_open)
        if login == "rejected":
            denied = (ImageResult(image, "denied", "the login was rejected") for image in images)
            return CheckResult(login, reason, tuple(denied))
        results = tuple(self._pull(image, asked, login == "accepted") for image in images)
        if any(result.verdict == "ok" for result in results):
            login, reason = "accepted", "it pulled an image that nobody gets without a login"
        return CheckResult(login, reason, results)

    def _ping(self) -> tuple[Challenge | None, bool]:
        """Ask for the API without the secret; gives the challenge, and whether there was none."""
        answer = self._ask("GET", self._base + "/v2/")
        if answer.status == 401:
            asked = parse(answer.headers.get("www-authenticate", ""))
            if asked is None:
                raise Unreachable("it asks for a login in a way that is neither Basic nor Bearer")
            return asked, False
        if answer.status == 400 and b"HTTPS" in answer.body:
            raise Unreachable("it speaks TLS on that port; plain HTTP does not work")
        if answer.redirect or answer.status == 429 or answer.status >= 500:
            raise Unreachable(manifest.trouble(answer))
        is_json = "json" in answer.headers.get("content-type", "") or not answer.body.strip()
        if answer.status != 200 or not (is_json or "docker-distribution-api-version" in answer.headers):
            raise Unreachable(f"it is no registry: /v2/ answered {answer.status}")
        return None, True

    def _challenge_of(self, images: Sequence[Image]) -> Challenge | None:
        """Find the challenge of a registry that asks for a login at its images only."""
        for image in images:
            if serves(self._server, image):
                answer = self._manifest(image, None)
                if answer.status == 401:
                    return parse(answer.headers.get("www-authenticate", ""))
        return None

    def _log_in(self, asked: Challenge, is_open: bool) -> tuple[Login, str]:
        if asked.scheme == "bearer":
            return self._log_in_by_token(asked)
        answer = self._ask("GET", self._base + "/v2/", self._secret)
        if answer.status in (401, 403):
            return "rejected", _WRONG
        if answer.status != 200:
            raise Unreachable(manifest.trouble(answer))
        return ("not proven", _UNSURE) if is_open else ("accepted", "")

    def _log_in_by_token(self, asked: Challenge) -> tuple[Login, str]:
        """Ask for a token without a scope: that can only fail because of the login."""
        answer = self._ask_token(asked, None, self._secret)
        if answer.status in (400, 401, 403):
            return "rejected", _WRONG
        token = _token_in(answer)
        if token.subject == "":
            return "rejected", _ANONYMOUS
        if token.subject is not None:
            return "accepted", ""
        anonymous = self._ask_token(asked, None, None)
        return ("accepted", "") if anonymous.status in (400, 401, 403) else ("not proven", _UNSURE)

    def _pull(self, image: Image, asked: Challenge | None, accepted: bool) -> ImageResult:
        if not serves(self._server, image):
            return ImageResult(image, "not proven", f"it is on {image.domain}, not on {self._server}")
        try:
            if asked is None:
                verdict, reason = manifest.verdict(self._manifest(image, None), True)
                return ImageResult(image, "public" if verdict == "ok" else verdict, reason)
            verdict, reason = manifest.verdict(self._authorised(image, asked, self._secret), accepted)
            if verdict == "ok" and self._is_public(image, asked):
                return ImageResult(image, "public", "it can be pulled without a login")
            return ImageResult(image, verdict, reason)
        except Unreachable as error:
            return ImageResult(image, "not proven", error.reason)

    def _is_public(self, image: Image, asked: Challenge) -> bool:
        try:
            return self._authorised(image, asked, None).status == 200
        except Unreachable:
            return False

    def _authorised(self, image: Image, asked: Challenge, secret: bytes | None) -> Answer:
        """Ask for a manifest with what the login (None: anonymous) is worth."""
        if asked.scheme == "basic":
            return self._manifest(image, secret)
        answer = self._ask_token(asked, image.path, secret)
        return (
            answer if answer.status in (401, 403) else self._manifest(image, _token_in(answer).authorization)
        )

    def _manifest(self, image: Image, authorization: bytes | None) -> Answer:
        url = self._base + manifest.target(image)
        answer = self._ask("HEAD", url, authorization, manifest.ACCEPT)
        return self._ask("GET", url, authorization, manifest.ACCEPT) if answer.status == 405 else answer

    def _ask_token(self, asked: Challenge, path: str | None, secret: bytes | None) -> Answer:
        url = request_url(asked, path, None if secret is None else self._username)
        try:
            return self._ask("GET", url, secret)
        except Unreachable as error:
            raise Unreachable(f"its token server: {error.reason}") from None

    def _ask(self, method: str, url: str, authorization: bytes | None = None, accept: str = "*/*") -> Answer:
        return ask(method, url, self._tls, self._deadline, authorization, accept)


def _token_in(answer: Answer) -> Token:
    if answer.status != 200:
        raise Unreachable(f"its token server: {manifest.trouble(answer)}")
    token = read(answer.body)
    if token is None:
        raise Unreachable("its token server answered without a token")
    return token
