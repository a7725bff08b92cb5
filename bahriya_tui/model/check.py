"""Verdicts of a credential check, as data, and the sentence an operator reads.

A check has two answers that must not be mixed: whether the login was accepted, and whether each image can be
pulled with it. Never holds anything of a credential, nor text that a registry sent after it had seen one.
"""

from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.clock import duration
from bahriya_tui.model.image import Image

Login = Literal["accepted", "rejected", "not proven", "not needed"]
Verdict = Literal["ok", "public", "denied", "not found", "not proven"]
StepName = Literal["dns", "tcp", "tls", "challenge", "login", "image"]

CERTIFICATE_DAYS = 14
"""A certificate that ends within so many days is told."""
_FEW = 0.1
"""The share of a rate limit below which what is left is told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried on the way, in the order in which it was."""

    name: StepName
    good: bool
    detail: str
    """What was found, in the field's words: an address, an issuer and days left, a token server."""
    ms: int
    """How long it took, in milliseconds."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many pulls a registry says are left to this login, or to this address."""

    limit: int
    remaining: int
    window_seconds: int
    source: Literal["login", "address", ""] = ""
    """What the registry counts by; empty where it does not tell."""

    @property
    def words(self) -> str:
        """Say it: `76 of 100 pulls in 6 h are left to this login`."""
        whom = {"login": " to this login", "address": " to this address", "": ""}[self.source]
        over = f" in {duration(self.window_seconds)}" if self.window_seconds else ""
        return f"{self.remaining} of {self.limit} pulls{over} are left{whom}"


@dataclass(frozen=True, slots=True)
class ImageResult:
    """Whether one image can be pulled."""

    image: Image
    verdict: Verdict
    """`public`: it can be pulled, but without any login too, so it proves nothing about this one."""
    reason: str
    public: bool = False
    """Whether it can be pulled without a login; also told where a rejected one bars it."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found, seen from this machine and not from a region."""

    login: Login
    reason: str
    images: tuple[ImageResult, ...] = ()
    steps: tuple[Step, ...] = ()
    limit: RateLimit | None = None
    """None where the registry told none, which on Docker Hub means that there is none."""
    origin: str = ""
    """Name of the machine from which it was asked."""
    can_push: bool | None = None
    """Whether the login may also push, which no pull secret needs; None where tokens do not show it."""
    certificate_days: int | None = None
    """Until the certificate of the registry or its token server ends, the first of them; None without TLS."""
    repeats: int | None = None
    """The version that has the same token, where one was entered that is stored already; it was not tried."""

    @property
    def good(self) -> bool:
        """Tell whether nothing speaks against deploying with this credential."""
        pulls = all(image.verdict in ("ok", "public") for image in self.images)
        return self.login in ("accepted", "not needed") and pulls

    @property
    def refused(self) -> bool:
        """Tell whether something speaks against it; a registry that could not be reached does not.

        A token that is stored already would be revoked after the rotation, as an old one, and end all pulls.
        """
        barred = any(image.verdict in ("denied", "not found") for image in self.images)
        return self.login == "rejected" or barred or self.repeats is not None


def sentence(result: CheckResult) -> str:
    """Say in one sentence what was found and what to do, the worst image first."""
    return "; ".join([_verdict(result), *_warnings(result)])


def _verdict(result: CheckResult) -> str:
    if result.repeats is not None:
        return f"this is the token of v{result.repeats} again"
    login = {
        "accepted": "login accepted",
        "rejected": f"login rejected: {result.reason}",
        "not proven": f"login not proven: {result.reason}",
        "not needed": f"no login needed: {result.reason}",
    }[result.login]
    if result.login == "rejected":
        return login + _barred(result)
    if not result.images:
        return login
    order = ("denied", "not found", "not proven", "public", "ok")
    worst = min(result.images, key=lambda image: order.index(image.verdict))
    if worst.verdict == "not proven" and worst.reason == result.reason:
        return login
    others = len(result.images) - 1
    more = f" (and {others} more checked)" if others else ""
    told = _IMAGE[worst.verdict].format(worst.image.familiar, worst.reason)
    if result.login == "accepted" and worst.verdict in ("denied", "not found"):
        return f"login works, but {worst.reason if worst.verdict == 'denied' else told}{more}"
    return f"{login}; {told}{more}"


_IMAGE = {
    "ok": "{0} can be pulled",
    "public": "{0} can be pulled, but it is public and proves nothing",
    "denied": "{0} may not be pulled: {1}",
    "not found": "{0} was not found: {1}",
    "not proven": "{0} could not be checked: {1}",
}


def _barred(result: CheckResult) -> str:
    """Name the public images that a rejected login bars: nodes do not fall back to none."""
    barred = [one.image.familiar for one in result.images if one.public and one.verdict == "denied"]
    if not barred:
        return ""
    more = f" and {len(barred) - 1} more" if len(barred) > 1 else ""
    return f"; it breaks public pulls too: {barred[0]}{more}"


def _warnings(result: CheckResult) -> list[str]:
    told, days, limit = [], result.certificate_days, result.limit
    if days is not None and days <= CERTIFICATE_DAYS:
        when = "today" if days <= 0 else f"in {days} day{'s' if days > 1 else ''}"
        told.append(f"its TLS certificate ends {when}")
    if limit is not None and limit.remaining <= limit.limit * _FEW:
        told.append(f"only {limit.words}")
    return told
