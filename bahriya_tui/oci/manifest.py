"""The manifest request, the only proof that an image can be pulled, and what its status means."""

from bahriya_tui.model.check import Verdict
from bahriya_tui.model.image import Image
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


def verdict(answer: Answer, login_accepted: bool) -> tuple[Verdict, str]:
    """Read the answer to an authorised manifest request."""
    if answer.status == 200:
        return "ok", "the registry serves it to this login"
    if answer.status in (401, 403):
        login = "the login is good, but has" if login_accepted else "the login is wrong or has"
        return "denied", f"{login} no right to pull it; give the token read access to it"
    if answer.status == 404:
        return "not found", "no such repository or tag, or the login has no right to see it"
    return "not proven", trouble(answer)


def trouble(answer: Answer) -> str:
    """Say what an answer means that is neither a yes nor a no."""
    if answer.status == 429:
        wait = answer.headers.get("retry-after", "")
        when = (
            f" for {wait} seconds" if wait.isascii() and wait.isdigit() and len(wait) < 7 else " for a while"
        )
        return f"it limits requests (429); leave it alone{when}"
    if answer.redirect:
        return f"it redirects elsewhere ({answer.status}), and a password is never sent after a redirect"
    if answer.status >= 500:
        return f"it is in trouble itself ({answer.status}); try again later"
    return f"it answered {answer.status}, which says nothing about the login"
