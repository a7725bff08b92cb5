"""Who is hurt: what deleting a registry means for what names it, or still runs with it, in one sentence."""

from collections.abc import Sequence

from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.image import parse
from bahriya_tui.model.matching import serves


def consequence(container: Container, server: str, running_in: Sequence[str]) -> str:
    """Say what happens to `container` once the registry at `server` and its pull secrets are gone.

    The rule: a container keeps naming a registry that is gone. What runs goes on running, but from then on
    nothing that registry serves can be pulled with its credentials.
    """
    try:
        image = parse(container.image)
    except BadInput:
        return "its image cannot be read, so it will not deploy either way"
    if not serves(server, image):
        return f"pulls from {image.domain}, which this registry does not serve: it deploys as before"
    if not running_in:
        return "runs nowhere yet; its next deployment will fail to pull unless the image is public"
    places = f"{len(running_in)} region" + ("s" if len(running_in) != 1 else "")
    return (
        f"keeps running in {places}, but pods that restart cannot pull again, "
        "and its next deployment will fail to pull unless the image is public"
    )


def left_running(container: str, regions: Sequence[str], now: str) -> str:
    """Say what becomes of `container`, which still runs with a registry that is to be deleted.

    `now` says what has changed since: `was deleted`, `is linked to registry other now`.
    """
    return (
        f"{container} still runs with it in {', '.join(regions)}, although it {now}: pods that restart there "
        "cannot pull again"
    )
