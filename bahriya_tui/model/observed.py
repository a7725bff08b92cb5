"""What a region showed when it was read back: names and marks of our objects, never what a secret holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One project in one region: whether it is to be read back, and what came of the last time."""

    project: str
    region: str
    requested_at: str | None
    """None while nobody asks for it."""
    read_at: str | None
    """When the region last answered; None before the first time."""
    error: str
    """Why the latest try gave nothing; empty after one that did."""


@dataclass(frozen=True, slots=True)
class ObservedSecret:
    """The metadata of one of our pull secrets."""

    project: str
    region: str
    name: str
    uid: str
    version: int | None
    """The version its mark names; None when the mark is gone or no number."""
    holds: int | None
    """The version whose password it holds: its own, unless a later one was written into it."""
    edited_by: str
    """Field managers that changed its data or our marks, with a comma between them; empty when none did."""
    read_at: str


@dataclass(frozen=True, slots=True)
class ObservedWorkload:
    """What one of our workloads pulls, and with what. Its environment is not looked at."""

    project: str
    region: str
    name: str
    uid: str
    image: str
    secrets: str
    """Names of the pull secrets in its pod template, with a space between them."""
    deployment: int | None
    replicas: int
    read_at: str
