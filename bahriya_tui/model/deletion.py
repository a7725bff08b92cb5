"""How far the deletion of a registry is: which regions have confirmed that its pull secrets are gone.

It ends when every removal was answered. For a region that cannot be reached, or refuses, the tombstone stays;
it is tried again after the registry has gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model.container import Removal


@dataclass(frozen=True, slots=True)
class Deletion:
    """The regions that a registry is being deleted from, each in one of three states."""

    confirmed: tuple[str, ...]
    """All its pull secrets there are gone."""
    put_off: tuple[str, ...]
    """Tried, and cannot be done for now; the worker keeps trying."""
    waiting: tuple[str, ...]
    """Not tried yet, in part or whole."""

    @property
    def over(self) -> bool:
        """Tell whether every region was asked, so that the registry itself goes."""
        return not self.waiting

    @property
    def short(self) -> str:
        """Say it where there is little room: `2 of 3 regions`."""
        regions = len(self.confirmed) + len(self.put_off) + len(self.waiting)
        return f"{len(self.confirmed)} of {regions} region{'' if regions == 1 else 's'}"

    @property
    def words(self) -> str:
        """Say it to an operator: `2 of 3 regions confirmed`."""
        told = f"{self.short} confirmed"
        return told + (f"; still pending in {', '.join(self.put_off)}" if self.put_off else "")


def deletion(removals: Iterable[Removal]) -> Deletion:
    """Sum up the removals that a deletion asked for."""
    by_region: dict[str, list[Removal]] = {}
    for one in removals:
        by_region.setdefault(one.region, []).append(one)
    confirmed = tuple(id_ for id_, there in by_region.items() if all(one.state == "done" for one in there))
    waiting = tuple(id_ for id_, there in by_region.items() if not all(one.answered for one in there))
    put_off = tuple(id_ for id_ in by_region if id_ not in {*confirmed, *waiting})
    return Deletion(confirmed, put_off, waiting)
