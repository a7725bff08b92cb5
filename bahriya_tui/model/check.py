"""Verdicts of a credential check, as data, and the sentence an operator reads.

A check has two answers that must not be mixed: whether the login was accepted, and whether each image can be
pulled with it. Never holds anything of a credential, nor text that a registry sent after it had seen one.
"""

from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.image import Image

Login = Literal["accepted", "rejected", "not proven", "not needed"]
Verdict = Literal["ok", "public", "denied", "not found", "not proven"]


StepName = Literal["dns", "tcp", "tls", "challenge", "login", "image"]


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


@dataclass(frozen=True, slots=True)
class ImageResult:
    """Whether one image can be pulled."""

    image: Image
    verdict: Verdict
    """`public`: it can be pulled, but without any login too, so it proves nothing about this one."""
    reason: str


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

    @property
    def good(self) -> bool:
        """Tell whether nothing speaks against deploying with this credential."""
        pulls = all(image.verdict in ("ok", "public") for image in self.images)
        return self.login in ("accepted", "not needed") and pulls

    @property
    def refused(self) -> bool:
        """Tell whether the registry itself spoke against it; an unreachable one did not."""
        return self.login == "rejected" or any(i.verdict in ("denied", "not found") for i in self.images)


def sentence(result: CheckResult) -> str:
    """Say in one sentence what was found, the worst image first."""
    login = {
        "accepted": "login accepted",
        "rejected": f"login rejected: {result.reason}",
        "not proven": f"login not proven: {result.reason}",
        "not needed": f"no login needed: {result.reason}",
    }[result.login]
    if result.login == "rejected" or not result.images:
        return login
    order = ("denied", "not found", "not proven", "public", "ok")
    worst = min(result.images, key=lambda image: order.index(image.verdict))
    if worst.verdict == "not proven" and worst.reason == result.reason:
        return login
    others = len(result.images) - 1
    more = f" (and {others} more checked)" if others else ""
    return f"{login}; {_IMAGE[worst.verdict].format(worst.image.familiar, worst.reason)}{more}"


_IMAGE = {
    "ok": "{0} can be pulled",
    "public": "{0} can be pulled, but it is public and proves nothing",
    "denied": "{0} may not be pulled: {1}",
    "not found": "{0} was not found: {1}",
    "not proven": "{0} could not be checked: {1}",
}
