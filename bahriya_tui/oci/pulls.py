"""Whether images can be pulled, without asking a server that wants to be left alone.

A registry may be far away, and an image takes four requests, each on a connection of its own: so a few images
are under way at a time. Only where the login is proven, since a refused one must not be sent again.
"""

import threading
from collections.abc import Callable, Sequence

from bahriya_tui.model.check import ImageResult
from bahriya_tui.model.image import Image
from bahriya_tui.model.matching import serves
from bahriya_tui.oci import manifest
from bahriya_tui.oci.challenge import Challenge
from bahriya_tui.oci.client import REFUSED, Client
from bahriya_tui.oci.steps import Trail
from bahriya_tui.oci.unreachable import Limited, Unreachable

LANES = 4
"""Images that are under way at a time."""
_ALL = frozenset(("pull",))
"""What everybody may do where nobody is asked for a login."""
_LATE = "the time for the check was over before its turn; check it alone"
_ONCE = "it was not asked for: the login was refused for another image, and a refused one is not sent again"
_UNSEEN = "it was served, but whether it needs a login could not be seen, so that it proves nothing"


class Pulls:
    """The images of one check; what one of them taught counts for those after it."""

    def __init__(self, client: Client, trail: Trail) -> None:
        self._client = client
        self._trail = trail
        self._stop = ""
        """Why no further image is asked for."""

    def run(
        self, images: Sequence[Image], asked: Challenge | None, accepted: bool
    ) -> tuple[ImageResult, ...]:
        """Pull with the login, which was `accepted`, or may yet prove itself or fail here.

        Nobody being `asked` for a login, it goes without.
        """
        trails = [Trail() for _ in images]

        def pull(number: int) -> ImageResult:
            return self._noted(images[number], asked, accepted, trails[number])

        # The first goes alone: it may teach that the others must not be asked for.
        results = [pull(0)] if images else []
        results += _at_a_time(LANES if accepted else 1, pull, range(1, len(images)))
        for trail in trails:
            self._trail.take(trail)
        return tuple(results)

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

    def _noted(self, image: Image, asked: Challenge | None, accepted: bool, trail: Trail) -> ImageResult:
        with trail.step("image") as found:
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
        if verdict != "ok":
            return ImageResult(image, verdict, reason)
        public = self._is_public(image, asked)
        if public is None and not accepted:
            raise Unreachable(self._stop or _UNSEEN)
        return _public(image) if public else ImageResult(image, verdict, reason)

    def _is_public(self, image: Image, asked: Challenge) -> bool | None:
        """Tell whether an image needs no login; None where that could not be seen."""
        if self._stop or not serves(self._client.server, image):
            return None
        try:
            answer, _ = self._client.authorised(asked, image, login=False)
            if answer.status in (200, 404, *REFUSED):
                return answer.status == 200
            raise manifest.trouble(answer)
        except Unreachable as error:
            if isinstance(error, Limited):
                self._stop = error.reason
            return None


def _at_a_time(lanes: int, work: Callable[[int], ImageResult], numbers: Sequence[int]) -> list[ImageResult]:
    done: dict[int, ImageResult] = {}
    shared = iter(numbers)

    def lane() -> None:
        for number in shared:
            done[number] = work(number)

    threads = [threading.Thread(target=lane) for _ in range(min(lanes, len(numbers)) - 1)]
    for thread in threads:
        thread.start()
    lane()
    for thread in threads:
        thread.join()
    return [done[number] for number in numbers]


def _public(image: Image) -> ImageResult:
    return ImageResult(image, "public", "it can be pulled without a login", True)
