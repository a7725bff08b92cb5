"""Why an image could not be pulled, in words for operators, and what to do: from what the region says of it.

One text may have two causes that only a check can tell apart; then both are said, with the command that does.
"""

import re
from dataclasses import dataclass

from bahriya_tui.cluster.pods import without_names
from bahriya_tui.cluster.pull_causes import CAUSES, Cause
from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.hints import is_iam_key
from bahriya_tui.model.image import parse
from bahriya_tui.model.matching import serves
from bahriya_tui.model.providers import provider_of

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
    linked, deleted = (
        pulling.registry is not None,
        pulling.registry is not None and pulling.registry_id is None,
    )
    username, domain = pulling.username or "", _domain(pulling.image)
    provider = provider_of(pulling.server if linked and pulling.server else domain, username)
    bare = without_names(said).replace(pulling.image, "")
    cause = next((one for one in CAUSES if _fits(one, bare, provider.id)), None)
    if cause is None:
        return PullFailure(said, "")
    why, next_step = cause.why, cause.next_step
    if cause.login and not linked:
        why, next_step = _unlinked(spec, pulling)
    elif cause.login and not deleted:
        if cause.expired and is_iam_key(username):
            next_step = "the worker makes new ones while it runs (bahriya worker status); then deploy again"
        why, next_step = _unsent(pulling, bare) or (why, next_step)
    elif not linked and cause.alone is not None:
        next_step = cause.alone
    words = {
        "domain": domain,
        "image": pulling.image,
        "provider": provider.name,
        "registry": pulling.registry or "",
        "right": provider.right,
        "server": pulling.server or "",
    }
    # Of a deleted registry there is nothing to check or rotate.
    step = "" if deleted and "{registry}" in next_step else next_step.format(**words)
    return PullFailure(f"{why.format(**words)} ({said})", step)


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
