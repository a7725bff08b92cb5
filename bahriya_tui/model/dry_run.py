"""What a command would do to the objects in regions, as a value: the plan of a dry run.

What nobody can know before is shown as a word in angle brackets: the data of a pull secret, and the head that
the audit log will have.
"""

from dataclasses import dataclass
from typing import Literal

from bahriya_tui.model.deployment import ALL_AT_ONCE, Manner
from bahriya_tui.model.manifests.differences import Field
from bahriya_tui.model.manifests.marks import Manifest

Act = Literal["create", "change", "unchanged", "remove"]
Phase = Literal["preflight", "pull_secret", "workload", "running", "removing"]
"""When it is done, in the words of a region's states; `running`: once all pods are new."""
REDACTED = "<redacted>"
HEAD_THEN = "<head of the audit log then>"


@dataclass(frozen=True, slots=True)
class Step:
    """One object, and what would become of it."""

    phase: Phase
    act: Act
    """`unchanged` also where only our stamps differ: which deployment, or which audit head, came last."""
    kind: str
    namespace: str
    """Empty for a Namespace."""
    name: str
    fields: tuple[Field, ...] = ()
    why: str = ""
    """What else is to be known of it; empty where nothing is."""
    manifest: Manifest | None = None
    """As it would be sent; None for what is removed."""


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """What would be done in one region, in this order."""

    region: str
    wave: int
    steps: tuple[Step, ...]
    seen_at: str | None
    """When it answered last, whatever it was asked."""
    read_at: str | None
    """When the project was read back from it last."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that the worker would carry out in regions."""

    kind: Literal["deploy", "terminate", "push", "removal"]
    regions: tuple[RegionPlan, ...]
    container: str | None = None
    deployment: int | None = None
    """The number it would get if none is queued before."""
    max_parallel: int | None = None
    manner: Manner = ALL_AT_ONCE


@dataclass(frozen=True, slots=True)
class StoreChange:
    """One thing that would be written down, beside what happens in regions."""

    act: Literal["change", "remove"]
    kind: Literal["registry", "credential", "container", "deployment"]
    name: str
    """Of a credential `team v1`: its registry and its version."""
    fields: tuple[Field, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a command would do; nothing of it was done, and no region was asked."""

    command: str
    project: str
    told_at: str
    store: tuple[StoreChange, ...]
    stages: tuple[Stage, ...]
    """In this order; deployments that follow each other begin at the same time."""
    notes: tuple[str, ...] = ()
