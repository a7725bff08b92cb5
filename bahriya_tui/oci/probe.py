"""The live check of one credential: one attempt to log in, then the manifest of every image it is meant for.

The secret goes out once per request, only after a challenge, only encrypted (or to loopback, or to a server
declared plain), and never after a redirect. A rejected secret is not tried again: registries lock out.
"""

import base64
import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bahriya_tui.model.check import CheckResult, ImageResult
from bahriya_tui.model.image import Image
from bahriya_tui.model.matching import serves
from bahriya_tui.model.proxy import Proxy
from bahriya_tui.model.server import api_base
from bahriya_tui.oci.challenge import Challenge, parse
from bahriya_tui.oci.client import Client, token_in
from bahriya_tui.oci.connect import Route, trust
from bahriya_tui.oci.deadline import Deadline
from bahriya_tui.oci.login import log_in
from bahriya_tui.oci.manifest import trouble
from bahriya_tui.oci.pulls import Pulls
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.token import realm_refusal
from bahriya_tui.oci.unreachable import Unreachable
from bahriya_tui.oci.wire import Answer

_PROVEN = "it pulled an image that nobody gets without a login"


def check(
    server_host: str,
    username: str,
    password: bytes | bytearray,
    images: Sequence[Image],
    plain_http: bool = False,
    ca_file: str | None = None,
    deadline: float = 15.0,
    tls: ssl.SSLContext | None = None,
    proxy: Proxy | None = None,
) -> CheckResult:
    """Try a credential against its registry and give the verdicts; raises for nothing a server does.

    `server_host` is normalised; `deadline` is in seconds for the whole check; `tls` (see `connect.trust`)
    replaces what would be read from `ca_file`, for a process that may no longer open files.
    """
    trail = Trail()
    client = None
    try:
        base = api_base(server_host, plain_http, ca_file)
        if ":" in username:
            raise Unreachable("a user name with a colon cannot be sent")
        secret = base64.b64encode(username.encode(errors="surrogatepass") + b":" + password)
        route = Route(tls or trust(ca_file), Deadline(deadline), proxy)
        client = Client(server_host, base, username, b"Basic " + secret, route)
        result = _run(client, plain_http, images, trail)
    except Unreachable as error:
        unproven = (ImageResult(image, "not proven", error.reason) for image in images)
        result = CheckResult("not proven", error.reason, tuple(unproven))
    return replace(
        result,
        steps=trail.steps,
        limit=client.limit if client else None,
        origin=socket.gethostname(),
        certificate_days=client.certificate_days if client else None,
    )


def _run(client: Client, plain_http: bool, images: Sequence[Image], trail: Trail) -> CheckResult:
    """Go through all steps; `Unreachable` when not even the login could be tried."""
    pulls = Pulls(client, trail)
    with client.connect(trail) as sock, trail.step("challenge") as found:
        asked = _challenge(client.ping(sock))
        is_open = asked is None
        asked = asked or _challenge_of(client, images)
        refusal = asked and _refusal(client, asked, plain_http)
        if refusal:
            raise Unreachable(refusal)
        found.detail = _told(asked)
    if asked is None:
        results = pulls.run(images, None, True)
        return CheckResult("not needed", "the registry asks nobody for one", results)
    with trail.step("login") as found:
        logged_in = log_in(client, asked, is_open)
        found.good, found.detail = logged_in.login == "accepted", logged_in.reason or logged_in.login
    if logged_in.login == "rejected":
        barred = (pulls.barred(image, asked, logged_in.ignored) for image in images)
        return CheckResult("rejected", logged_in.reason, tuple(barred))
    results = pulls.run(images, asked, logged_in.login == "accepted")
    login, reason = logged_in.login, logged_in.reason
    proven = next((result.image for result in results if result.verdict == "ok"), None)
    if proven is not None and login != "accepted":
        login, reason = "accepted", _PROVEN
        found.good, found.detail = True, _PROVEN
    can_push = _may_push(client, asked, proven) if proven is not None and asked.scheme == "bearer" else None
    return CheckResult(login, reason, results, can_push=can_push)


def _challenge(answer: Answer) -> Challenge | None:
    """Read the answer of the API without a login: what it asks for, None for an open one."""
    if answer.status == 401:
        return _read(answer)
    if answer.status == 400 and b"HTTPS" in answer.body:
        raise Unreachable("it speaks TLS on that port; plain HTTP does not work")
    if answer.redirect or answer.status == 429 or answer.status >= 500:
        raise trouble(answer)
    is_json = "json" in answer.headers.get("content-type", "") or not answer.body.strip()
    if answer.status != 200 or not (is_json or "docker-distribution-api-version" in answer.headers):
        raise Unreachable(f"it is no registry: /v2/ answered {answer.status}")
    return None


def _read(answer: Answer) -> Challenge:
    asked = parse(answer.headers.get("www-authenticate", ""))
    if asked is None:
        raise Unreachable("it asks for a login in a way that is neither Basic nor Bearer")
    return asked


def _challenge_of(client: Client, images: Sequence[Image]) -> Challenge | None:
    """Find the challenge of a registry that asks for a login at its images only."""
    for image in images:
        if serves(client.server, image):
            answer = client.manifest(image, None)
            if answer.status == 401:
                return _read(answer)
    return None


def _refusal(client: Client, asked: Challenge, plain_http: bool) -> str | None:
    if asked.scheme == "basic":
        return None
    return realm_refusal(asked, client.server, plain_http, client.route.proxy is not None)


def _told(asked: Challenge | None) -> str:
    if asked is None:
        return "none: it asks nobody for a login"
    return "Basic" if asked.scheme == "basic" else f"Bearer, tokens from {urlsplit(asked.realm).netloc}"


def _may_push(client: Client, asked: Challenge, image: Image) -> bool | None:
    """Ask what the login may do where it pulled; nothing is ever pushed. None where tokens do not show it."""
    try:
        granted = token_in(client.ask_token(asked, image.path, actions="pull,push")).granted(image.path)
    except Unreachable:
        return None
    return None if granted is None else not granted.isdisjoint(("push", "*"))
