"""Judges what locked processes could still do when they tried."""

from collections.abc import Mapping
from dataclasses import dataclass

from bahriya_tui.model.finding import Finding, listed, unmeasured

_KERNEL = (
    "Run Bahriya on Linux 6.12 or later (x86-64 or aarch64), outside of containers that forbid Landlock "
    "and seccomp."
)


@dataclass(frozen=True, slots=True)
class OpenerSeen:
    """What a trial process found that locked itself in as the opener does."""

    level: str
    abi: int
    """Version of Landlock that the kernel offers, 0 for none."""
    seccomp: bool
    dumpable: bool | None
    """Whether others may read its memory; None where the system cannot tell."""
    core_limit: int
    tried: Mapping[str, bool | None]
    """What it tried after the lock, and whether that succeeded."""


def judge_opener(seen: OpenerSeen | None) -> Finding:
    """Judge the lock of the only process that ever holds an opened token."""
    subject = "opener lock"
    if seen is None:
        return unmeasured(subject, "the trial process gave no report")
    locks = f"level {seen.level}, Landlock {seen.abi or 'none'}, seccomp {'on' if seen.seccomp else 'off'}"
    done = [name for name, succeeded in seen.tried.items() if succeeded]
    if done:
        return Finding(subject, "bad", f"A locked-in opener could still {listed(done)} ({locks}).", _KERNEL)
    measured = f"A locked-in opener could not {listed(list(seen.tried), 'or')} ({locks})."
    if seen.level == "full":
        return Finding(subject, "good", measured)
    return Finding(subject, "attention", measured, f"One of its two locks is missing. {_KERNEL}")


def judge_memory(seen: OpenerSeen | None) -> Finding:
    """Judge whether the memory of processes that hold a secret stays with them."""
    subject = "opener memory"
    if seen is None:
        return unmeasured(subject, "the trial process gave no report")
    open_to = ["debuggers"] if seen.dumpable else []
    open_to += ["core files"] if seen.core_limit else []
    if open_to:
        return Finding(
            subject,
            "bad",
            f"Processes that hold a token are open to {listed(open_to)}.",
            "Deploy from another machine until the kernel refuses both.",
        )
    if seen.dumpable is None:
        return Finding(subject, "unknown", "This system does not tell who may read a process.", _KERNEL)
    return Finding(subject, "good", "Processes that hold a token are closed to debuggers and core files.")


def judge_screens(tried: Mapping[str, bool | None]) -> Finding:
    """Judge what this very process could do; None stands for what could not be tried."""
    subject = "this process"
    done = [name for name, succeeded in tried.items() if succeeded]
    refused = [name for name, succeeded in tried.items() if succeeded is False]
    if done:
        return Finding(subject, "bad", f"Screens and commands could {listed(done)}.", _KERNEL)
    if not refused:
        return unmeasured(subject, "there was nothing to try")
    return Finding(subject, "good", f"Screens and commands could not {listed(refused, 'or')}.")
