"""What was shown to somebody who then changes it may not be what is stored any more."""

from collections.abc import Iterable
from dataclasses import fields

from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import InUse
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry


def differing(before: Container, after: Container) -> list[str]:
    """List the fields that a change is about."""
    names = (one.name for one in fields(Container) if one.name != "registry_id")
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def refuse_overwriting(
    shown: Container | Registry | Region, stored: Container | Registry | Region, fields: Iterable[str]
) -> None:
    """Raise `InUse` when one of the fields that are to be changed holds something else than was shown."""
    meanwhile = [one for one in fields if getattr(shown, one) != getattr(stored, one)]
    if meanwhile:
        raise InUse(
            f"somebody else changed {' and '.join(meanwhile)} meanwhile; nothing was changed",
            "look at it again, then change it",
        )
