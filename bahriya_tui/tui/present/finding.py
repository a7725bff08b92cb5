"""Finds what is meant by a few typed letters among thousands of names; the best few, best first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

WORDS: dict[str, tuple[str, ...]] = {
    "registries": ("registries", "registry", "reg"),
    "containers": ("containers", "container", "con", "co"),
    "regions": ("regions", "region", "clusters", "rgn"),
    "deployments": ("deployments", "deployment", "dep"),
    "audit": ("audit", "log"),
    "security": ("security", "sec", "doctor"),
    "project": ("projects", "project", "ns"),
    "help": ("help", "h"),
    "quit": ("quit", "q", "q!", "exit"),
}
"""By the name of an action: the words that mean it alone, whatever else they occur in."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be found: what it is called, and words that mean nothing else."""

    text: str
    """In lower case; where it is of a kind, the kind comes first: `container web`."""
    words: tuple[str, ...] = ()
    name: str = field(init=False)
    """The last word: of a thing with a handle, the handle."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.text.rpartition(" ")[2])


def terms(typed: str) -> list[str]:
    """Give the words that were typed; a colon before them, as others have it for commands, means nothing."""
    return typed.lower().strip().lstrip(":").split()


def best(wanted: Sequence[str], among: Sequence[Named], most: int) -> list[int]:
    """Give the places of at most `most` of them.

    First what a word means, then names that are the same, begin with it and contain it; last those that
    contain its letters in order.
    """
    ranked = sorted(_containing(wanted, among))[:most]
    if len(ranked) < most:
        known = {index for _, _, index in ranked}
        ranked += [one for one in _spelling("".join(wanted), among) if one[2] not in known]
    return [index for _, _, index in ranked[:most]]


def _containing(wanted: Sequence[str], among: Sequence[Named]) -> Iterator[tuple[int, int, int]]:
    """Give rank, length and place of what contains every word."""
    whole, first = " ".join(wanted), wanted[-1]
    for index, one in enumerate(among):
        if whole in one.words:
            yield 0, 0, index
        elif all(term in one.text for term in wanted):
            if whole in (one.text, one.name):
                rank = 1
            elif one.text.startswith(whole) or one.name.startswith(first):
                rank = 2
            else:
                rank = 3
            yield rank, len(one.text), index


def _spelling(letters: str, among: Sequence[Named]) -> list[tuple[int, int, int]]:
    """Give what contains the letters in order, the shortest first. The pattern never has to go back."""
    pattern = re.compile("".join(f"[^{re.escape(letter)}]*{re.escape(letter)}" for letter in letters))
    found = ((4, len(one.text), index) for index, one in enumerate(among) if pattern.match(one.text))
    return sorted(found)
