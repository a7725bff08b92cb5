"""Who still pulls with which version of a registry's credentials, and whether an old token may be revoked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Proof = Literal["proven", "unproven", "rejected"]
"""What is known of the token that counts: whether it pulls, or its registry has spoken against it."""
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
    others: bool
    """Whether there is another token at all."""


def proof_of(said: Iterable[tuple[str, bool]]) -> Proof:
    """Judge a token by whatever has shown whether it works: instants, each with whether it did then.

    What was last counts; of two at the same instant the one that speaks against it.
    """
    last = max(((at, not works) for at, works in said), default=None)
    if last is None:
        return "unproven"
    return "rejected" if last[1] else "proven"


def verdict(
    registry: str, current: int, pulls: Sequence[Use], *, others: Collection[int], proof: Proof
) -> Verdict:
    """Judge whether tokens are still needed beside that of version `current`, which 0 says is not there yet.

    `others` are the other versions whose token was taken once; `proof` is of the current one.
    """
    if current == 0:
        return Verdict(False, f"it has no token yet; bahriya registry rotate {registry}", (), False)
    still = tuple(pull for pull in pulls if pull.holds != current)
    if not still and not others:
        return Verdict(False, f"v{current} is the only version", (), False)
    later = any(version > current for version in others)
    why = _why_not(registry, current, still, proof)
    if why:
        return Verdict(False, f"do not revoke {'any' if later else 'the old'} token yet: {why}", still, True)
    if later:
        names = ", ".join(f"v{version}" for version in sorted(others))
        return Verdict(True, f"every token but that of v{current} may be revoked now: {names}", (), True)
    return Verdict(True, "the old token may be revoked now", (), True)


def _why_not(registry: str, current: int, still: Sequence[Use], proof: Proof) -> str:
    if proof == "rejected":
        return f"v{current} is rejected by its registry"
    if still:
        versions = ", ".join(f"v{version}" for version in sorted({pull.holds for pull in still}))
        containers = sorted({pull.container for pull in still})
        verb = "pulls" if len(containers) == 1 else "pull"
        return f"{', '.join(containers)} still {verb} with {versions} in {_regions(still)}"
    return f"v{current} is not proven; bahriya registry check {registry}" if proof == "unproven" else ""


def _regions(still: Sequence[Use]) -> str:
    regions = sorted({pull.region for pull in still})
    return regions[0] if len(regions) == 1 else f"{len(regions)} regions"
