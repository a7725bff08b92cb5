"""What no registry of the distribution project does, but others do: none of it is taken for a proof."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bahriya_tui.model.check import Login, Verdict, sentence
from bahriya_tui.model.image import parse
from bahriya_tui.oci.probe import check
from tests.oci.odd_server import OddServer, Reply, http

API, WEB = "team/api:v1", "team/web:v1"
UNSURE = (
    "login not proven: its tokens cannot be read and no private image proved the login;"
    " link a private image and check it"
)
HIDDEN = "was not found: no such repository or tag, or the token lacks read access for team/api"
PUBLIC = "can be pulled, but it is public and proves nothing"
OPAQUE = http(200, b'{"token": "opaque"}')


def odd(on: Callable[[str, bool], bytes]) -> Reply:
    """A registry with token authentication; `on` answers a manifest or token request, given its login."""

    def reply(request: str) -> bytes:
        host = request.partition("Host: ")[2].partition("\r\n")[0]
        if request.startswith("GET /v2/ "):
            return http(401, WWW_Authenticate=f'Bearer realm="http://{host}/token",service="x"')
        return on(request.partition(" HTTP")[0], "Authorization: Basic" in request)

    return reply


def hides(request: str, login: bool) -> bytes:
    """GHCR: one answer for what is not there and for what one may not see, and tokens nobody can read."""
    if "/token" in request:
        return OPAQUE if login else http(401)
    return http(404)


def lenient(request: str, login: bool) -> bytes:
    """A token that nobody can read for everybody, and a public image."""
    return OPAQUE if "/token" in request else http(200)


def lenient_and_private(request: str, login: bool) -> bytes:
    return OPAQUE if "/token" in request else http(403)


def lenient_once(request: str, login: bool) -> bytes:
    """Anybody's login is taken, but who comes without one is told to wait."""
    if "/token" in request:
        return OPAQUE if login or "scope" not in request else http(429, Retry_After="60")
    return http(200)


def lenient_and_ill(request: str, login: bool) -> bytes:
    """The same, but it fails for who comes without one."""
    if "/token" in request:
        return OPAQUE if login or "scope" not in request else http(503)
    return http(200)


def counted(request: str, login: bool) -> bytes:
    """Docker Hub: what is left is told with the manifest."""
    if "/token" in request:
        return OPAQUE if login else http(401)
    source = "11111111-2222-3333-4444-555555555555"
    return http(
        200,
        RateLimit_Limit="200;w=21600",
        RateLimit_Remaining="7;w=21600",
        Docker_RateLimit_Source=source,
    )


def exhausted(request: str, login: bool) -> bytes:
    if "/token" in request:
        return OPAQUE if login else http(401)
    return http(
        429,
        b"You have reached your pull rate limit",
        Retry_After="60",
        RateLimit_Limit="100;w=21600",
        RateLimit_Remaining="0;w=21600",
        Docker_RateLimit_Source="192.0.2.7",
    )


@dataclass(frozen=True)
class Odd:
    """What such a server leads to; `@` stands for its address."""

    on: Callable[[str, bool], bytes]
    login: Login
    verdicts: tuple[Verdict, ...]
    said: str
    images: tuple[str, ...] = field(default=(API,))


ODD = {
    "hides what one may not see": Odd(
        hides,
        "accepted",
        ("not found",),
        f"login works, but @/{API} {HIDDEN}",
    ),
    "takes any login, public image": Odd(
        lenient,
        "not proven",
        ("public",),
        f"{UNSURE}; @/{API} {PUBLIC}",
    ),
    "takes any login, private images": Odd(
        lenient_and_private,
        "not proven",
        ("denied", "not proven"),
        f"{UNSURE}; @/{API} may not be pulled: the login is wrong, or its token lacks read access for"
        " team/api (and 1 more checked)",
        (API, WEB),
    ),
    "takes any login, and limits who has none": Odd(
        lenient_once,
        "not proven",
        ("not proven", "not proven"),
        f"{UNSURE}; @/{API} could not be checked: its token server: it limits requests (429);"
        " leave it alone for 60 seconds (and 1 more checked)",
        (API, WEB),
    ),
    "takes any login, and fails for who has none": Odd(
        lenient_and_ill,
        "not proven",
        ("not proven",),
        f"{UNSURE}; @/{API} could not be checked: it was served, but whether it needs a login could not be"
        " seen, so that it proves nothing",
    ),
    "counts": Odd(
        counted,
        "accepted",
        ("ok",),
        f"login accepted; @/{API} can be pulled; only 7 of 200 pulls in 6 h are left to this login",
    ),
    "has counted": Odd(
        exhausted,
        "accepted",
        ("not proven", "not proven"),
        f"login accepted; @/{API} could not be checked: it limits requests (429); leave it alone for 60"
        " seconds (and 1 more checked); only 0 of 100 pulls in 6 h are left to this address",
        (API, WEB),
    ),
}


@pytest.mark.parametrize("case", ODD.values(), ids=ODD)
def test_what_other_registries_do_is_not_taken_for_a_proof(case: Odd, canary: str) -> None:
    with OddServer(odd(case.on)) as server:
        images = [parse(f"{server.address}/{image}") for image in case.images]
        result = check(server.address, "op", canary.encode(), images, deadline=120)
        asked = [request for request in server.received if "/manifests/" in request]
    assert (result.login, tuple(image.verdict for image in result.images)) == (case.login, case.verdicts)
    assert sentence(result) == case.said.replace("@", server.address)
    # A second image is left alone: the login was refused, or the registry had enough.
    assert not any(WEB.partition(":")[0] in request for request in asked)
