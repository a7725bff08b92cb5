"""One verb for many things: what one of them is refused is told with its reason, and the others go on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bahriya_tui.model.errors import BahriyaError, Failed
from bahriya_tui.tui.present.text import listed

Given = TypeVar("Given")

TOLD = 6
"""Reasons that a message has room for."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Given]):
    """What came of it, by name: at least one thing was done."""

    done: Mapping[str, Given]
    refused: Mapping[str, BahriyaError]

    @property
    def severity(self) -> str:
        """Tell a part that was done from all of it."""
        return "warning" if self.refused else "information"

    @property
    def reasons(self) -> list[str]:
        """Say for each that was refused why; of many only the first."""
        return _reasons(self.refused)

    def told(self, what: str) -> list[str]:
        """Tell of it: `2 of 3 being deployed: api, cache.`, then the reasons for the others."""
        total = len(self.done) + len(self.refused)
        return [f"{len(self.done)} of {total} {what}: {listed(list(self.done))}.", *self.reasons]


def each(names: Sequence[str], verb: Callable[[str], Given]) -> Outcome[Given]:
    """Do `verb` for one after the other; raise where nothing at all could be done."""
    came: list[Given | BahriyaError] = []
    for name in names:
        try:
            came.append(verb(name))
        except BahriyaError as error:
            came.append(error)
    return _outcome(names, came)


async def one_by_one(names: Sequence[str], verb: Callable[[str], Awaitable[Given]]) -> Outcome[Given]:
    """Do `verb`, which may ask something, for one after the other; raise where nothing could be done."""
    return _outcome(names, [await _tried(verb, name) for name in names])


async def at_once(names: Sequence[str], verb: Callable[[str], Awaitable[Given]]) -> Outcome[Given]:
    """Do `verb` for all at the same time; raise where nothing at all could be done."""
    return _outcome(names, await asyncio.gather(*(_tried(verb, name) for name in names)))


async def _tried(verb: Callable[[str], Awaitable[Given]], name: str) -> Given | BahriyaError:
    try:
        return await verb(name)
    except BahriyaError as error:
        return error


def _outcome(names: Sequence[str], came: Sequence[Given | BahriyaError]) -> Outcome[Given]:
    pairs = list(zip(names, came, strict=True))
    done = {name: one for name, one in pairs if not isinstance(one, BahriyaError)}
    refused = {name: one for name, one in pairs if isinstance(one, BahriyaError)}
    if not done and len(refused) == 1:
        raise next(iter(refused.values()))
    if not done and refused:
        raise Failed(f"none of the {len(refused)} could be done", "; ".join(_reasons(refused)))
    return Outcome(done, refused)


def _reasons(refused: Mapping[str, BahriyaError]) -> list[str]:
    told = [f"{name}: {error}" for name, error in refused.items()]
    return [*told[:TOLD], f"and {len(told) - TOLD} more"] if len(told) > TOLD else told
