"""Who still pulls with which version of a registry's credentials, and whether an old token may be revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Why = Literal["placed", "unfinished", "under way", "held"]
_WORDS: dict[Why, str] = {
    "placed": "runs with it",
    "unfinished": "its last rollout there did not end well, so old pods may still run with it",
    "under way": "deployment {} is under way with it",
    "held": "deployment {} is held and would bring it",
}


@dataclass(frozen=True, slots=True)
class Use:
    """A container that pulls in a region with one version, or may still do so, or is about to."""

    container: str
    region: str
    version: int
    """The version its pull secret is named for."""
    holds: int
    """The version whose token it gets, as far as the region confirmed it."""
    deployment: int
    why: Why

    @property
    def words(self) -> str:
        """Say why it counts."""
        return _WORDS[self.why].format(self.deployment)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether every token but the current one may be revoked where it was issued."""

    may_revoke: bool
    sentence: str
    still: tuple[Use, ...]
    """What still gets another token than the current one; empty when it may be revoked."""


def verdict(current: int, pulls: Sequence[Use], *, earlier: bool) -> Verdict:
    """Judge whether old tokens are still needed; `earlier` says that there are other versions at all."""
    still = tuple(pull for pull in pulls if pull.holds != current)
    if still:
        versions = ", ".join(f"v{version}" for version in sorted({pull.holds for pull in still}))
        containers = sorted({pull.container for pull in still})
        verb = "pulls" if len(containers) == 1 else "pull"
        what = f"{', '.join(containers)} still {verb} with {versions} in {_regions(still)}"
        return Verdict(False, f"do not revoke the old token yet: {what}", still)
    if not earlier:
        return Verdict(False, f"v{current} is the only version", ())
    return Verdict(True, "the old token may be revoked now", ())


def _regions(still: Sequence[Use]) -> str:
    regions = sorted({pull.region for pull in still})
    return regions[0] if len(regions) == 1 else f"{len(regions)} regions"
