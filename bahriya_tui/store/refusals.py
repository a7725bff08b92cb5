"""Sentences for what the store refuses: a name that does not exist, one that is taken, a thing in use."""

from collections.abc import Iterable

from bahriya_tui.model.errors import BadInput, InUse, NotFound

_SHOWN = 10


def missing(kind: str, name: str, where: str, existing: Iterable[str]) -> NotFound:
    """Say that there is no `kind` called `name`; the hint names the `existing` ones, or how to add one.

    `where` is empty or something like `in project "shop"`.
    """
    place = f" {where}" if where else ""
    names = listed(existing)
    hint = f"there is {names}" if names else f"there is none yet; add one with `bahriya {kind} add`"
    return NotFound(f'no {kind} "{name}"{place}', hint)


def taken(kind: str, name: str, where: str = "", hint: str = "") -> BadInput:
    """Say that the name of a new `kind` belongs to another one already."""
    place = f" {where}" if where else ""
    return BadInput(f'{kind} "{name}" exists already{place}', hint or "choose another handle")


def in_use(subject: str, users: Iterable[tuple[str, Iterable[str]]], hint: str) -> InUse | None:
    """Say who still needs `subject`: pairs of a word (`containers`) and the names; None when nobody does."""
    parts = [f"{word} {names}" for word, names in ((word, listed(names)) for word, names in users) if names]
    return InUse(f"{subject} is still used by {'; '.join(parts)}", hint) if parts else None


def listed(names: Iterable[str]) -> str:
    """Join names for a sentence, the first ten of them and how many there are besides."""
    all_names = list(names)
    more = len(all_names) - _SHOWN
    return ", ".join(all_names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
