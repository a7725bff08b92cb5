"""Findings: what was measured of this installation's protection, and what to do where it is lacking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["good", "attention", "bad", "unknown"]
STATES: tuple[State, ...] = ("bad", "attention", "unknown", "good")
"""The most pressing first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `subject` names it and stands once in a report."""

    subject: str
    state: State
    measured: str
    """One sentence: what is so, as it was measured."""
    advice: str = ""
    """One sentence: what to do about it; empty where nothing need be done."""


def summary(findings: Sequence[Finding]) -> str:
    """Count them by state: `1 bad, 2 attention, 14 good`."""
    counts = {state: sum(one.state == state for one in findings) for state in STATES}
    return ", ".join(f"{number} {state}" for state, number in counts.items() if number)


def any_bad(findings: Iterable[Finding]) -> bool:
    """Tell whether something protects less than it must."""
    return any(one.state == "bad" for one in findings)


def unmeasured(subject: str, why: str) -> Finding:
    """Give the finding about what could not be looked at."""
    return Finding(subject, "unknown", f"This could not be measured: {why}.", "Measure again.")


def listed(names: Sequence[str], joint: str = "and") -> str:
    """Write names for a sentence: `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} {joint} {last}" if others else last
