"""Judges who may reach a file or folder, by its owner and mode."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
