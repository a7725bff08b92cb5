"""Judges who may reach a file or folder, by its owner and mode."""

import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.finding import Finding


@dataclass(frozen=True, slots=True)
class PathSeen:
    """A file or folder that is there."""

    path: str
    mode: int
    """Permission bits alone."""
    mine: bool
    """Whether it belongs to the user that runs us."""
    folder: bool
    owner: str = ""
    group: str = ""
    size: int = 0
    """In bytes."""


def judge_paths(subject: str, paths: Sequence[PathSeen], *, private: bool) -> Finding:
    """Judge paths that only their owner may read; where not `private`, that only the owner may change."""
    wrong = list(_wrong(paths, 0o077 if private else 0o022))
    if wrong:
        path, why, repair = wrong[0]
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return Finding(subject, "bad", f"{path} {why}{more}.", f"{repair}.")
    if not paths:
        return Finding(subject, "attention", "There is nothing there yet.", "The first command makes them.")
    modes = ", ".join(sorted({f"{one.mode:04o}" for one in paths}))
    who = "enter or read" if private else "change"
    return Finding(subject, "good", f"{len(paths)} looked at: only their owner may {who} them ({modes}).")


def judge_shared(subject: str, paths: Sequence[PathSeen], *, change: bool) -> Finding:
    """Judge paths that a group may read, and with `change` also write; the first is the folder of the others.

    Everything in there has to be of the group that the folder is of. Its owner, who shares it, changes only
    what is its own.
    """
    group, keeper = paths[0].group, paths[0].owner
    wrong = [(one, why) for one in paths if (why := _not_shared(one, group, change=change))]
    if wrong:
        one, why = wrong[0]
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        command = f"bahriya share --group {group}{'' if change else ' --read-only'}"
        if one.owner != keeper:
            bits = 0o060 if change else 0o040
            mode = (0o2710 if one.folder else 0o600) | bits
            command = f"chgrp {group} {one.path} && chmod {mode:o} {one.path}"
        advice = f"As {one.owner}: `{command}`."
        return Finding(subject, "bad", f"{one.path} {why}{more}.", advice)
    may = "read and change" if change else "read"
    return Finding(subject, "good", f"{len(paths)} looked at: group {group} may {may} them, and nobody else.")


def opening_to_others(mode: int, *, trusted: bool, above: bool) -> Literal["owner", "mode"] | None:
    """Say what of a file or folder lets others put another one into place; None where nothing does.

    `trusted` tells whether its owner may, and `above` whether it is a folder on the way to what is meant. In
    such a folder with the sticky bit nobody moves what is another's; what is meant, everybody else must not
    write at all.
    """
    if not trusted:
        return "owner"
    return "mode" if mode & 0o022 and not (above and mode & stat.S_ISVTX) else None


def judge_way(subject: str, paths: Sequence[PathSeen], trusted: Sequence[str]) -> Finding:
    """Judge the folders on the way to what a group shares, the last one first, by who may change them.

    Whoever could move a folder of keys could put another one there. `trusted` names the accounts that may.
    """
    for one in paths:
        opening = opening_to_others(one.mode, trusted=one.owner in trusted, above=one != paths[0])
        if opening == "owner":
            measured = f"{one.path} belongs to {one.owner}, who could put other keys into place."
            return Finding(subject, "bad", measured, f"As root: `chown {trusted[0]} {one.path}`.")
        if opening == "mode":
            measured = f"{one.path} has mode {one.mode:04o}, so others could put other keys into place."
            return Finding(subject, "bad", measured, f"As {one.owner}: `chmod go-w {one.path}`.")
    who = " and ".join(dict.fromkeys(trusted))
    return Finding(subject, "good", f"{paths[0].path} can be changed or moved by {who} alone.")


def _not_shared(one: PathSeen, group: str, *, change: bool) -> str:
    if one.group != group:
        return f"belongs to group {one.group}, and what is shared to {group}"
    if one.mode & (0o007 if change else 0o027):
        return f"has mode {one.mode:04o}, so others can use it"
    wanted = (0o050 if one.folder else 0o040) | (0o020 if change else 0)
    if one.mode & wanted != wanted:
        return f"has mode {one.mode:04o}, so group {group} cannot {'write' if change else 'read'} it"
    return ""


def _wrong(paths: Iterable[PathSeen], others: int) -> Iterable[tuple[str, str, str]]:
    for one in paths:
        if not one.mine:
            yield (
                one.path,
                "belongs to somebody else",
                f"Run Bahriya as its owner, or chown {one.path} to yourself",
            )
        elif one.mode & others:
            repair = f"Run `chmod {'700' if one.folder else '600'} {one.path}`"
            yield one.path, f"has mode {one.mode:04o}, so others can use it", repair
