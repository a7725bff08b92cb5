"""Protected regions: what runs there is changed only by somebody who has named them for it.

The rule is for what is asked, never for what was queued before: a deployment, a removal or a repair that is
under way when a region becomes protected goes on, since nobody would be there to answer.
"""

from collections.abc import Collection, Iterable, Sequence

from bahriya_tui.model.errors import InUse
from bahriya_tui.model.region import Region


class Protected(InUse):
    """Refused, because protected regions would be changed that were not named; nothing was."""

    def __init__(self, doing: str, regions: tuple[str, ...]) -> None:
        self.doing, self.regions = doing, regions
        which = f"region {regions[0]} is" if len(regions) == 1 else f"regions {', '.join(regions)} are"
        named = " ".join(f"--protected {region}" for region in regions)
        super().__init__(f"{doing} is refused: {which} protected", f"if it is meant, say so: {named}")


def unnamed(regions: Iterable[Region], touched: Iterable[str], named: Collection[str]) -> tuple[str, ...]:
    """Give the protected regions among those `touched` that were not named, each once."""
    protected = {region.id for region in regions if region.protected}
    return tuple(region for region in dict.fromkeys(touched) if region in protected and region not in named)


def to_type(regions: Sequence[str]) -> str:
    """Give what is typed to name protected regions: the id of one, `3 regions` for several."""
    return regions[0] if len(regions) == 1 else f"{len(regions)} regions"
