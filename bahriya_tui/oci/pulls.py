"""Whether images can be pulled, one after the other, without asking a server that wants to be left alone."""

from bahriya_tui.model.check import ImageResult
from bahriya_tui.model.image import Image
from bahriya_tui.model.matching import serves
from bahriya_tui.oci import manifest
from bahriya_tui.oci.challenge import Challenge
from bahriya_tui.oci.client import REFUSED, Client
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.unreachable import Limited, Unreachable

_ALL = frozenset(("pull",))
"""What everybody may do where nobody is asked for a login."""
_LATE = "the time for the check was over before its turn; check it alone"
_ONCE = "it was not asked for: the login was refused for another image, and a refused one is not sent again"


class Pulls:
    """The images of one check; what one of them taught counts for those after it."""

    def __init__(self, client: Client, trail: Trail) -> None:
        self._client = client
        self._trail = trail
        self._stop = ""
        """Why no further image is asked for."""

    def without_login(self, image: Image) -> ImageResult:
        """Pull from a registry that asks nobody for a login."""
        return self._noted(image, None, accepted=True)

    def with_login(self, image: Image, asked: Challenge, accepted: bool) -> ImageResult:
        """Pull with the login, which was `accepted`, or may yet prove itself or fail here."""
        return self._noted(image, asked, accepted=accepted)

    def barred(self, image: Image, asked: Challenge, ignored: bool) -> ImageResult:
        """Say what a rejected login means for an image, which is asked for without it.

        Nodes do not fall back to no login, so it bars public images too, unless the server ignored it.
        """
        if not self._is_public(image, asked):
            return ImageResult(image, "denied", "the login was rejected")
        if ignored:
            return ImageResult(image, "public", "it is public, and a wrong login is ignored for it", True)
        return ImageResult(
            image, "denied", "it is public, but not for nodes that hold a rejected login", True
        )

    def _noted(self, image: Image, asked: Challenge | None, *, accepted: bool) -> ImageResult:
        with self._trail.step("image") as found:
            try:
                result = self._pull(image, asked, accepted)
            except Unreachable as error:
                if isinstance(error, Limited):
                    self._stop = error.reason
                result = ImageResult(image, "not proven", error.reason)
            found.good = result.verdict in ("ok", "public")
            found.detail = f"{image.familiar}: {result.reason}"
        return result

    def _pull(self, image: Image, asked: Challenge | None, accepted: bool) -> ImageResult:
        if not serves(self._client.server, image):
            return ImageResult(image, "not proven", f"it is on {image.domain}, not on {self._client.server}")
        if self._stop or self._client.route.deadline.over:
            raise Unreachable(self._stop or _LATE)
        if asked is None:
            verdict, reason = manifest.verdict(self._client.manifest(image, None), image, True, _ALL)
            return ImageResult(image, verdict, reason) if verdict != "ok" else _public(image)
        answer, granted = self._client.authorised(asked, image)
        if answer.status in REFUSED and not accepted:
            self._stop = _ONCE
        verdict, reason = manifest.verdict(answer, image, accepted, granted)
        if verdict == "ok" and self._is_public(image, asked):
            return _public(image)
        return ImageResult(image, verdict, reason)

    def _is_public(self, image: Image, asked: Challenge) -> bool:
        if self._stop or not serves(self._client.server, image):
            return False
        try:
            return self._client.authorised(asked, image, login=False)[0].status == 200
        except Limited as error:
            self._stop = error.reason
            return False
        except Unreachable:
            return False


def _public(image: Image) -> ImageResult:
    return ImageResult(image, "public", "it can be pulled without a login", True)
