"""The manifest request, the only proof that an image can be pulled, and what its status means."""

from bahriya_tui.model.check import Verdict
from bahriya_tui.model.image import Image
from bahriya_tui.model.providers import provider_of
from bahriya_tui.oci import rate
from bahriya_tui.oci.unreachable import Limited, Unreachable
from bahriya_tui.oci.wire import Answer

ACCEPT = ", ".join(
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]
)


def target(image: Image) -> str:
    """Give the path of the manifest below the server; the digest counts before the tag, as for nodes."""
    return f"/v2/{image.path}/manifests/{image.digest or image.tag or 'latest'}"


def verdict(
    answer: Answer, image: Image, login_accepted: bool, granted: frozenset[str] | None
) -> tuple[Verdict, str]:
    """Read the answer to an authorised manifest request; raises `Unreachable` where it is neither yes nor no.

    `granted` is what the token server gave for the repository, None where it does not show. A registry that
    hides what one may not see answers 404 for it; only what was granted tells that from what is not there.
    """
    if answer.status == 200:
        return "ok", "the registry serves it to this login"
    if answer.status not in (401, 403, 404):
        raise trouble(answer)
    lacks = f"lacks {provider_of(image.domain).right} for {image.path}"
    may_pull = None if granted is None else not granted.isdisjoint(("pull", "*"))
    if answer.status == 404 and may_pull:
        return "not found", "no such repository or tag: push it, or correct the name"
    if answer.status == 404 and may_pull is None:
        return "not found", f"no such repository or tag, or the token {lacks}"
    if may_pull:
        return "denied", f"the registry refuses {image.path}, although the right is there: ask who runs it"
    if login_accepted:
        return "denied", f"the token {lacks}: give it that right, or correct the name"
    return "denied", f"the login is wrong, or its token {lacks}"


def trouble(answer: Answer) -> Unreachable:
    """Say what an answer means that is neither a yes nor a no."""
    if answer.status == 429:
        return Limited(f"it limits requests (429); leave it alone {rate.wait(answer.headers)}")
    if answer.redirect:
        return Unreachable(
            f"it redirects elsewhere ({answer.status}), and a password is never sent after a redirect"
        )
    if answer.status >= 500:
        return Unreachable(f"it is in trouble itself ({answer.status}); try again later")
    return Unreachable(f"it answered {answer.status}, which says nothing about the login")
