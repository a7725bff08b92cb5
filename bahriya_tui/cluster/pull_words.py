"""Why an image could not be pulled, in words for operators, and what to do: from what the region says of it.

One text may have two causes that only a check can tell apart; then both are said, with the command that does.
"""

import re
from dataclasses import dataclass

from bahriya_tui.cluster.pods import without_names
from bahriya_tui.cluster.pull_causes import CAUSES, CHECK, Cause
from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.ecr import mints
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import parse
from bahriya_tui.model.matching import serves
from bahriya_tui.model.providers import provider_of

_TOGETHER = re.compile(", (?=failed to pull and unpack image)")
_NOTHING_SENT = re.compile("anonymous token|no basic auth", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PullFailure:
    """A failed pull explained; `message` ends with the region's own words."""

    message: str
    next_step: str
    """Empty where there is none that would be right."""


def explain(said: str, spec: Spec, init_job: str = "") -> PullFailure:
    """Explain what a region said of a failed pull: of the container's own image, or of an init job's."""
    pulling = next((job for job in spec.init_jobs if job.name == init_job), spec)
    domain = _domain(pulling.image)
    provider = provider_of(pulling.server or domain, pulling.username or "")
    bare = without_names(said).replace(pulling.image, "")
    causes = _causes(bare, provider.id)
    if not causes:
        return PullFailure(said, "")
    why, next_step = _meaning(causes, spec, pulling, bare)
    words = {
        "domain": domain,
        "image": pulling.image,
        "provider": provider.name,
        "registry": pulling.registry or "",
        "right": provider.right,
        "server": pulling.server or "",
    }
    # Of a deleted registry there is nothing to check or rotate.
    possible = pulling.registry_id is not None or "{registry}" not in next_step
    return PullFailure(f"{why.format(**words)} ({said})", next_step.format(**words) if possible else "")


def _meaning(causes: list[Cause], spec: Spec, pulling: Spec | InitRun, said: str) -> tuple[str, str]:
    """Say why, and what to do: a text may mean something else where no login was sent."""
    cause = causes[0]
    if pulling.registry is None:
        alone = cause.next_step if cause.alone is None else cause.alone
        return _unlinked(spec, pulling) if cause.login else (cause.why, alone)
    if len(causes) > 1:
        # A kubelet tries every login that its pod has for a server, and does not say which was which.
        return f"several logins were tried: {'; '.join(one.why for one in causes)}", CHECK
    if cause.login and pulling.registry_id is not None:
        if (unsent := _unsent(pulling, said)) is not None:
            return unsent
        if cause.expired and mints(pulling.server or "", pulling.username or ""):
            return cause.why, "the worker makes new ones while it runs (bahriya worker status); deploy again"
    return cause.why, cause.next_step


def _causes(said: str, provider: str) -> list[Cause]:
    """Give what is meant by each failure that a kubelet put together, each cause once."""
    found = (
        next((one for one in CAUSES if _fits(one, part, provider)), None) for part in _TOGETHER.split(said)
    )
    return list(dict.fromkeys(one for one in found if one is not None))


def _fits(cause: Cause, said: str, provider: str) -> bool:
    return (not cause.at or provider in cause.at) and cause.said.search(said) is not None


def _unlinked(spec: Spec, pulling: Spec | InitRun) -> tuple[str, str]:
    why = "it is private or does not exist, and it is pulled without a login"
    if pulling is spec:
        return why, f"link a registry: bahriya container link {spec.container} REGISTRY"
    return why, "name a registry for this init job: bahriya container edit"


def _unsent(pulling: Spec | InitRun, said: str) -> tuple[str, str] | None:
    """Say why the login of a linked registry was not sent; None where it was, as far as one can tell."""
    if not _is_served(pulling):
        why = "registry {registry} is for {server}, so its login was not sent to {domain}"
        return why, "link a registry for {domain}, or correct the image"
    if _NOTHING_SENT.search(said):
        return "no login was sent: the pull secret there is missing or was changed", "look: bahriya matrix"
    return None


def _is_served(pulling: Spec | InitRun) -> bool:
    try:
        return pulling.server is None or serves(pulling.server, parse(pulling.image))
    except BadInput:
        return True


def _domain(image: str) -> str:
    try:
        return parse(image).domain
    except BadInput:
        return "the registry"
