"""Judges the worker's log, and says where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from bahriya_tui.model.finding import Finding
from bahriya_tui.model.judgement.modes import PathSeen, judge_paths, judge_shared
from bahriya_tui.model.judgement.store import MIB


@dataclass(frozen=True, slots=True)
class LogSeen:
    """The worker's log, of which nothing was read."""

    path: str
    files: Sequence[PathSeen]
    """Those that there are, the newest first."""
    total_bytes: int
    writable: bool
    """Whether its folder takes files, or is not there yet, or is no matter of ours."""
    shared: bool = False
    """Whether a group may read it."""
    keeper: str = ""
    """The account that alone runs the worker, and so writes it."""


def judge_log(seen: LogSeen) -> Finding:
    """Judge whether the log is written, and read by nobody else."""
    subject = "worker log"
    if not seen.writable:
        measured = f"The folder of {seen.path} takes no files, so the worker's log is lost."
        return Finding(subject, "attention", measured, "Look at its owner and mode.")
    if not seen.files:
        return Finding(subject, "good", f"It will be {seen.path}; no worker has run yet.")
    others = [one for one in seen.files if seen.shared and one.owner != seen.keeper]
    if others:
        measured = f"{others[0].path} belongs to {others[0].owner}, and {seen.keeper} alone writes the log."
        return Finding(subject, "bad", measured, f"As {seen.keeper}: `rm {others[0].path}`.")
    if seen.shared:
        modes = judge_shared(subject, seen.files, change=False)
    else:
        modes = judge_paths(subject, seen.files, private=True)
    if modes.state != "good":
        return modes
    files = "1 file" if len(seen.files) == 1 else f"{len(seen.files)} files"
    return Finding(
        subject,
        "good",
        f"It is {seen.path} ({files}, {seen.total_bytes / MIB:.1f} MiB); BAHRIYA_LOG_LEVEL=debug tells more.",
    )
