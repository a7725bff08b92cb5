"""What regions say of failed pulls, and what it means: texts of containerd, and of the registries behind it.

As measured with containerd and skopeo, or as users of each registry reported them.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """One text and its meaning.

    Sentences may name {domain}, {image}, {provider}, {registry}, and the {right} that pulling needs.
    """

    said: re.Pattern[str]
    why: str
    next_step: str
    login: bool = False
    """It is about the login; where none was sent, that is the reason instead."""
    expired: bool = False
    """A fresh token of the same kind would do."""
    alone: str | None = None
    """What to do where no registry is linked, if that is something else."""
    at: tuple[str, ...] = ()
    """Ids of the providers where the text means this; empty for everywhere."""


def _login(said: str, why: str, next_step: str, *, expired: bool = False, at: tuple[str, ...] = ()) -> Cause:
    return Cause(re.compile(said, re.IGNORECASE), why, next_step, login=True, expired=expired, at=at)


def _other(
    said: str, why: str, next_step: str, *, alone: str | None = None, at: tuple[str, ...] = ()
) -> Cause:
    return Cause(re.compile(said, re.IGNORECASE), why, next_step, alone=alone, at=at)


_401, _403, _404 = (rf"(?<![:/\w]){status}(?![\]\w])" for status in (401, 403, 404))
"""The status, and not a tag or a port of the same digits."""
_CHECK_IT = "bahriya registry check {registry} --image {image}"
CHECK = f"see which: {_CHECK_IT}"
_ROTATE = "make a new one and rotate it: bahriya registry rotate {registry}"
_RIGHT = "give it {right}, or make another one and rotate it: bahriya registry rotate {registry}"

_PROVIDERS_OWN = (
    _login(
        "authorization token has expired",
        "the token of {provider} has expired: it lives 12 hours",
        _ROTATE,
        expired=True,
    ),
    _login(
        "security token included in the request",
        "the AWS session that made the token has ended",
        _ROTATE,
        expired=True,
    ),
    _login("permission_denied", "the login is taken, but its token lacks {right} for this image", _RIGHT),
    _login(
        r"artifactregistry\.|action: pull",
        "the login is taken, but it lacks {right} for this image",
        "give it that, then deploy again",
    ),
    _login(
        "http basic: access denied",
        "GitLab refused the login: its token is wrong or expired, or it is a password despite two-factor"
        " authentication",
        _ROTATE,
    ),
    _login(
        "denied: access forbidden", "the login is taken, but it may not read this project's images", _RIGHT
    ),
    _login(
        "client id must be guid",
        "the user name is no token's name and no application id (a GUID)",
        "correct it: bahriya registry edit {registry} --username ID",
    ),
    _login(
        "invalid client ?id or client secret",
        "the secret of the service principal is wrong or has expired",
        _ROTATE,
    ),
    _login(r"aka\.ms/acr/authorization", "the login was refused, or it lacks {right} for this image", CHECK),
    _login(
        _403,
        "the token has expired (it lives 12 hours), or it lacks {right} for this image",
        _ROTATE,
        expired=True,
        at=("ecr", "ecr-public"),
    ),
    _login(
        _403,
        "GitLab refuses this token, or this address altogether",
        CHECK,
        at=("gitlab", "gitlab-self"),
    ),
)

_LIMITS = (
    _other(
        "too many failed login",
        "after too many failed logins {domain} refuses this address for a while",
        "wait a quarter of an hour, then check the token once: bahriya registry check {registry}",
        alone="wait a quarter of an hour, then deploy again",
    ),
    _other(
        "toomanyrequests|rate limit|429 too many|rate exceeded",
        "the pull rate limit of Docker Hub is used up",
        "wait up to 6 hours, or rotate to the token of a paid account: bahriya registry rotate {registry}",
        alone="link a registry with a Docker Hub login, which has a limit of its own, or wait up to 6 hours",
        at=("docker-hub",),
    ),
    _other(
        "toomanyrequests|rate limit|429 too many|rate exceeded",
        "{domain} limits how often it may be asked",
        "wait a little, then deploy again",
    ),
)

_CONNECTIONS = (
    _other(
        "x509: certificate signed by unknown authority",
        "the nodes do not know the CA of {domain}",
        "install it on every node there (containerd: certs.d), then deploy again",
    ),
    _other(
        "x509: certificate has expired",
        "the certificate of {domain} is expired or not yet valid",
        "have it renewed, and look at the clocks of the nodes; then deploy again",
    ),
    _other(
        r"x509: (?:certificate is (?:not )?valid for|cannot validate)|doesn't contain any IP SANs",
        "the certificate is not for the name {domain}",
        "have one made for it, or use a name that it is for; then deploy again",
    ),
    _other("x509: ", "the certificate of {domain} is not accepted", "have it looked at, then deploy again"),
    _other(
        "server gave http response to https client",
        "{domain} speaks plain HTTP, and the nodes want HTTPS",
        "give it a certificate, or allow plain HTTP on every node there (containerd: hosts.toml)",
    ),
    _other(
        "proxyconnect",
        "the proxy of the nodes does not let them through to {domain}",
        "have the proxy settings of the nodes looked at, then deploy again",
    ),
    _other(
        "no such host|server misbehaving|name resolution",
        "the nodes there cannot resolve the name {domain}",
        "look at the name, and at DNS there; then deploy again",
    ),
    _other(
        "connection refused",
        "nothing answers at {domain}, as seen from there",
        "look at its port and whether the registry runs, then deploy again",
    ),
    _other(
        "i/o timeout|deadline exceeded|handshake timeout|no route to host|network is unreachable"
        "|connection reset|connect: permission denied",
        "{domain} cannot be reached from there",
        "look at firewall, proxy and network there, then deploy again",
    ),
)

_IMAGES = (
    _other(
        "InvalidImageName",
        "the name of the image is not valid",
        "correct it with bahriya container edit, then deploy again",
    ),
    _other(
        "ErrImageNeverPull",
        "the image may not be pulled there, and its node does not have it",
        "look for what sets imagePullPolicy to Never there",
    ),
    _other(
        "no match for platform|no matching manifest",
        "the image is not made for the platform of the nodes",
        "build it for that platform too, then deploy again",
    ),
    _other("no space left", "the node has no room left for the image", "have its disk looked at"),
)

_ANYBODYS = (
    _login(
        "insufficient.scope|pull access denied|requested access to the resource is denied"
        "|access to the requested resource is not authorized",
        "the login was not taken, or may not read this image, or there is none: the text is the same",
        CHECK,
    ),
    _login(
        r"manifests [^\]]*\]: 403|(?:head|get) request.*403",
        "the login is taken, but it may not pull this image",
        CHECK,
    ),
    _login(
        rf"denied: denied|oauth token.*40[013]|{_401}|{_403}|unauthorized|invalid username|no basic auth"
        "|authentication required|anonymous token",
        "the login was refused: its token is wrong, expired or revoked",
        _ROTATE,
    ),
    _other(
        f"not found|manifest unknown|name unknown|{_404}",
        "there is no such image, or the login may not see it",
        f"look at its name and tag, then: {_CHECK_IT}",
        alone="look at its name and tag",
    ),
    _login("denied|forbidden", "the registry refuses the pull", CHECK),
    _other(
        r"\b50[0234]\b|bad gateway|service unavailable|internal server error",
        "{domain} fails at the moment",
        "wait a little, then deploy again",
    ),
)

CAUSES = (*_IMAGES, *_PROVIDERS_OWN, *_LIMITS, *_CONNECTIONS, *_ANYBODYS)
"""From what can mean one thing only to what may mean several; the first that fits counts."""
