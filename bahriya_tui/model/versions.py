"""Which versions of a registry's credentials are kept, and which token stands for which."""

from collections.abc import Callable, Sequence

from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.registry import ACCEPTED, CredentialVersion


def droppable(
    versions: Sequence[CredentialVersion], max_versions: int, needed: Callable[[int], bool]
) -> tuple[int, ...]:
    """Give the versions that may go: older than the `max_versions` newest, and nothing refers to them.

    The current one never goes, nor one whose token stands for another that stays. A version that was not
    taken has nothing that could be `needed`, which is asked of those alone that could go. One that is only
    reserved goes at once when a newer one was taken: it can never count any more.
    """
    newest = sorted((one.version for one in versions if one.state in ACCEPTED), reverse=True)
    beyond = set(newest[max_versions:])
    oldest_kept = min(newest[:max_versions], default=0)
    first_to_stay = {"rejected": oldest_kept, "reserved": max(newest, default=0)}
    gone = {one.version for one in versions if one.version < first_to_stay.get(one.state, 0)}
    current = {one.version for one in versions if one.state == "current"}
    gone |= {version for version in beyond - current if not needed(version)}
    stands_in = {one.replaced_by for one in versions if one.version not in gone}
    return tuple(sorted(gone - stands_in))


def version_before(versions: Sequence[CredentialVersion], current: int) -> int | None:
    """Give the version to go back to: the newest before `current` that was taken and not withdrawn.

    None where there is none. One that has to be entered again is of no use.
    """
    good = [
        one.version
        for one in versions
        if one.state == "previous" and one.replaced_by is None and not one.unreadable
    ]
    return max((version for version in good if version < current), default=None)


def held_for(versions: Sequence[CredentialVersion], version: int) -> int:
    """Give the version whose token is sent wherever `version` is asked for."""
    found = next((one for one in versions if one.version == version), None)
    return version if found is None or found.replaced_by is None else found.replaced_by


def parse_version(text: str) -> int:
    """Read `v3` or `3`; raise `BadInput` otherwise."""
    digits = text.removeprefix("v")
    if not (digits.isascii() and digits.isdecimal()) or int(digits) < 1:
        raise BadInput(f"{text[:20]!r} is no version", "write for example v3")
    return int(digits)
