"""Who gets the page: the one browser that opens the link first, and nothing that another site has it do."""

import hmac
import re
import secrets
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

_NAME = "bahriya"
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
"""What a browser calls this machine. The port is another one where SSH brings it somewhere else."""


class Refused(web.HTTPForbidden):
    """The answer to everybody else."""

    def __init__(self, sentence: str) -> None:
        super().__init__(text=sentence + "\n")


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Guard:
    """Knows the link's token until it is used, and the cookie that was given for it."""

    path: str = field(default_factory=lambda: f"/{secrets.token_urlsafe(9)}/")
    """Where everything is. A browser sends a cookie to every port of a machine, so ours is for a path that
    nobody else knows."""
    token: str | None = field(default_factory=_new_secret, repr=False)
    _cookie: str = field(default_factory=_new_secret, repr=False)

    @web.middleware
    async def admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through what comes with the cookie; give the cookie for the token."""
        self._require_own_page(request)
        told = request.query.get("token")
        if self._is_known(request):
            return _to_page(self.path) if told is not None else await handler(request)
        if told is None or not self._redeem(request, told):
            raise Refused(
                "This page is for the browser that opened the link of bahriya serve, which works once."
            )
        answer = _to_page(self.path)
        answer.set_cookie(_NAME, self._cookie, path=self.path, httponly=True, samesite="Strict")
        return answer

    def _require_own_page(self, request: web.Request) -> None:
        """Refuse names that somebody else may point at this machine, and requests that other sites make."""
        hosts, origins = request.headers.getall("Host", []), request.headers.getall("Origin", [])
        if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
            raise Refused("This page is at 127.0.0.1 and under no other name.")
        wanted = [f"http://{hosts[0]}"]
        if origins != wanted and (origins or "Upgrade" in request.headers):
            raise Refused("This page takes nothing from other pages.")
        if request.method != "GET":
            raise Refused("This page is only read.")

    def _is_known(self, request: web.Request) -> bool:
        return _same(request.cookies.get(_NAME, ""), self._cookie)

    def _redeem(self, request: web.Request, told: str) -> bool:
        """Tell whether the link is right, which is true once."""
        if self.token is None or request.path != self.path or not _same(told, self.token):
            return False
        self.token = None
        return True


def _same(told: str, known: str) -> bool:
    """Compare in the same time whatever was told."""
    return hmac.compare_digest(told.encode(errors="replace"), known.encode())


def _to_page(path: str) -> web.Response:
    """Go on where no token stands in the address."""
    return web.Response(status=303, headers={"Location": path})
