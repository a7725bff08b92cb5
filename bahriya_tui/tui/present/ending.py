"""What goes when containers are deleted: those that run are terminated first, and stay described."""

from collections.abc import Sequence
from dataclasses import dataclass

from bahriya_tui.model.container import Container
from bahriya_tui.tui.present.text import Tone, count, listed
from bahriya_tui.tui.view import View


@dataclass(frozen=True, slots=True)
class Ending:
    """A container that is to go, and the regions in which something of it is."""

    container: Container
    regions: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Tell whether it has to be terminated before its description can be deleted."""
        return bool(self.regions) or self.container.status != "terminated"


def endings(containers: Sequence[Container], view: View) -> list[Ending]:
    """Look up where `containers` are."""
    return [
        Ending(one, tuple(placement.region for placement in view.placements.get(one.handle, ())))
        for one in containers
    ]


def question(these: Sequence[Ending]) -> str:
    """Name the containers, or count them: `Terminate 2 containers, delete 1`."""
    runs = sum(one.runs for one in these)
    if len(these) == 1:
        return f"{answer(these)} {these[0].container.handle}"
    if runs in (0, len(these)):
        return f"{answer(these)} {len(these)} containers"
    return f"Terminate {count(runs, 'container')}, delete {len(these) - runs}"


def answer(these: Sequence[Ending]) -> str:
    """Give the yes."""
    runs = sum(one.runs for one in these)
    return "Terminate" if runs == len(these) else "Terminate and delete" if runs else "Delete"


DONE = {
    "Terminate": "being terminated",
    "Delete": "deleted",
    "Terminate and delete": "being terminated or deleted",
}
"""What has come of each answer."""


def says(these: Sequence[Ending]) -> list[tuple[str, Tone]]:
    """Say of each what is removed from which regions, and what that leaves."""
    said = [_of(one) for one in these]
    runs = sum(one.runs for one in these)
    if not runs:
        return said
    one = runs == 1
    what = "Its workload, and its pull secret" if one else "Their workloads, and their pull secrets"
    stays, then, that = "Its description stays", "it is", "that"
    if not one:
        stays, then, that = "Their descriptions stay", "they are", "those"
    return [
        *said,
        (f"{what} where nothing else needs {'it' if one else 'them'}, are removed from there.", ""),
        (f"{stays}; once {then} terminated, x deletes {that} too.", "dim"),
    ]


def _of(one: Ending) -> tuple[str, Tone]:
    handle = one.container.handle
    if not one.runs:
        return f"{handle} runs nowhere. Its description is deleted.", ""
    where = "its regions"
    if one.regions:
        where = f"{count(len(one.regions), 'region')}: {listed(list(one.regions))}"
    return f"{handle} ({one.container.status}) is in {where}.", "warn"
