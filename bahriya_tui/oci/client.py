"""The requests of one check: what goes where with which authorisation.

The secret goes out only to the registry and to the token server that the registry named before it saw the
secret; what they say afterwards names nobody.
"""

from dataclasses import dataclass, field
from socket import socket

from bahriya_tui.model.check import RateLimit
from bahriya_tui.model.image import Image
from bahriya_tui.oci import manifest, rate
from bahriya_tui.oci.challenge import Challenge
from bahriya_tui.oci.connect import Route, connect
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.token import Token, read, request_url
from bahriya_tui.oci.unreachable import Unreachable
from bahriya_tui.oci.wire import Answer, ask

REFUSED = (401, 403)


@dataclass(slots=True)
class Client:
    """One check under way; it holds the secret and is never printed."""

    server: str
    base: str
    username: str = field(repr=False)
    secret: bytes = field(repr=False)
    """The header value that presents it."""
    route: Route
    limit: RateLimit | None = None
    """What the registry last said to the login about its rate limit."""
    certificate_days: int | None = None
    """The fewest that any certificate has left."""

    def connect(self, trail: Trail) -> socket:
        """Connect to the registry, and note how; for `ping`."""
        return connect(f"{self.base}/v2/", self.route, trail)

    def ping(self, sock: socket) -> Answer:
        """Ask for the API without the secret."""
        return self._seen(ask("GET", f"{self.base}/v2/", self.route, over=sock))

    def log_in(self) -> Answer:
        """Ask for the API with the secret."""
        return self._ask("GET", f"{self.base}/v2/", self.secret)

    def ask_token(
        self, asked: Challenge, path: str | None, *, login: bool = True, actions: str = "pull"
    ) -> Answer:
        """Ask for a token for the repository `path`, with the secret or anonymously."""
        url = request_url(asked, path, self.username if login else None, actions)
        try:
            return self._ask("GET", url, self.secret if login else None)
        except Unreachable as error:
            raise of_token_server(error) from None

    def authorised(
        self, asked: Challenge, image: Image, *, login: bool = True
    ) -> tuple[Answer, frozenset[str] | None]:
        """Ask for a manifest with what the login, or none, is worth; gives what was granted for it too."""
        authorization, granted = self.secret if login else None, None
        if asked.scheme == "bearer":
            answer = self.ask_token(asked, image.path, login=login)
            if answer.status in REFUSED:
                return answer, frozenset()
            token = token_in(answer)
            authorization, granted = token.authorization, token.granted(image.path)
        answer = self.manifest(image, authorization)
        if login:
            self.limit = rate.read(answer.headers) or self.limit
        return answer, granted

    def manifest(self, image: Image, authorization: bytes | None) -> Answer:
        """Ask for a manifest by HEAD, which no registry counts as a pull."""
        url = self.base + manifest.target(image)
        answer = self._ask("HEAD", url, authorization, manifest.ACCEPT)
        return self._ask("GET", url, authorization, manifest.ACCEPT) if answer.status == 405 else answer

    def _ask(self, method: str, url: str, authorization: bytes | None = None, accept: str = "*/*") -> Answer:
        return self._seen(ask(method, url, self.route, authorization, accept))

    def _seen(self, answer: Answer) -> Answer:
        days = [days for days in (self.certificate_days, answer.certificate_days) if days is not None]
        self.certificate_days = min(days, default=None)
        return answer


def token_in(answer: Answer) -> Token:
    """Take the token out of an answer; `Unreachable` where there is none."""
    if answer.status != 200:
        raise of_token_server(manifest.trouble(answer))
    token = read(answer.body)
    if token is None:
        raise Unreachable("its token server answered without a token")
    return token


def of_token_server(error: Unreachable) -> Unreachable:
    """Say of an error that it was the token server's."""
    return type(error)(f"its token server: {error.reason}")
