"""Refuses to deploy what would pull with a token that has ended already."""

from typing import TYPE_CHECKING

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Spec
from bahriya_tui.model.ecr import refuse_ended
from bahriya_tui.model.errors import Failed
from bahriya_tui.store import history, registries

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def refuse_ended_tokens(c: "Connection", container: Container, *, renewing: str = "") -> None:
    """Raise `Failed` where a registry of the container, or of an init job of it, holds such a token.

    Not where its handle is `renewing`: that one gets another token before.
    """
    for id_ in sorted(container.registries):
        registry = registries.by_id(c, id_)
        for version in history.all(c, id_):
            if registry is None or registry.handle == renewing:
                continue
            if version.version == registry.version:
                refuse_ended(registry.handle, version, now())


def refuse_ended_pulls(c: "Connection", spec: Spec) -> None:
    """Raise `Failed` if the token that would be sent for a version in `spec` has expired."""
    for pull in spec.pulls:
        sent = history.held(c, pull.registry_id, pull.version)
        registry = registries.by_id(c, pull.registry_id)
        if sent is None or registry is None:
            continue
        try:
            refuse_ended(pull.registry, sent, now())
        except Failed as error:
            if sent.version == registry.version:
                raise
            # A version that came since is not what is asked for, unless it is pushed into its place.
            newer = f"deploy with v{registry.version} instead, or bring it into the place of v{sent.version}"
            raise Failed(
                error.message, f"{newer}: bahriya registry rotate {pull.registry} --push-now"
            ) from None
