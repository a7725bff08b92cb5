"""Judges the machine we run on: what of memory it may write to a disk, and who may look into processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.finding import Finding, listed, unmeasured


@dataclass(frozen=True, slots=True)
class SwapSeen:
    """One swap device or file, and what its name and kind tell of it."""

    name: str
    kind: Literal["memory", "encrypted", "plain"]


def judge_swap(swaps: Sequence[SwapSeen] | None) -> Finding:
    """Judge whether memory may get onto a disk in the clear."""
    subject = "swap"
    if swaps is None:
        return unmeasured(subject, "this system does not list its swap in /proc/swaps")
    plain = [one.name for one in swaps if one.kind == "plain"]
    if plain:
        return Finding(
            subject,
            "attention",
            f"Memory may be written to {listed(plain)}, which is not encrypted as far as its name tells.",
            "Encrypt it, use zram instead, or switch it off (`swapoff -a`) on machines that deploy.",
        )
    if not swaps:
        return Finding(subject, "good", "There is no swap, so no memory is written to a disk.")
    names = listed([f"{one.name} ({'zram' if one.kind == 'memory' else one.kind})" for one in swaps])
    return Finding(subject, "good", f"No memory is written to a disk in the clear: {names}.")


def judge_core_dumps(pattern: str | None, *, undumpable: bool) -> Finding:
    """Judge where the memory of a crashed process would go."""
    subject = "core dumps"
    if pattern is None:
        return unmeasured(subject, "this system has no kernel.core_pattern")
    where = (
        f"a collector ({pattern[1:].split()[0]})" if pattern[1:].split() and pattern[0] == "|" else "files"
    )
    if undumpable:
        return Finding(
            subject, "good", f"Crashes go to {where}; processes that hold a secret leave none at all."
        )
    advice = "See to `opener memory` first."
    return Finding(
        subject, "attention", f"Crashes go to {where}; nothing keeps ours from going there.", advice
    )


def judge_debuggers(scope: int | None) -> Finding:
    """Judge what the machine lets one process of a user do to another one, beside our own protection."""
    subject = "debuggers"
    if scope is None:
        return Finding(
            subject,
            "unknown",
            "This kernel does not restrict debuggers by itself (no Yama).",
            "Nothing need be done while `opener memory` is good.",
        )
    if scope == 0:
        return Finding(
            subject,
            "attention",
            "Programs of one user may debug one another (ptrace_scope 0), but for those that shut them out.",
            "Set `sysctl kernel.yama.ptrace_scope=1`, for all else that runs here.",
        )
    return Finding(subject, "good", f"Programs may not debug one another at will (ptrace_scope {scope}).")
