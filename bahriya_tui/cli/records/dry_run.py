"""What a dry run answers scripts. None of it holds a secret."""

from typing import Any, Literal, TypedDict

from bahriya_tui.cli.records.declared import FieldChange
from bahriya_tui.model.dry_run import Act


class PlannedStoreChange(TypedDict):
    """What would change in the store alone."""

    action: Act
    kind: str
    name: str
    fields: dict[str, FieldChange]
    why: str | None


class PlannedStep(TypedDict):
    """One object in one region; `manifest` is what would be sent, secret data as `<redacted>`."""

    phase: str
    action: Act
    kind: str
    namespace: str | None
    name: str
    fields: dict[str, FieldChange]
    why: str | None
    manifest: dict[str, Any] | None


class PlannedRegion(TypedDict):
    """What would be done in one region, in this order; waves count from 0."""

    region: str
    wave: int
    seen_at: str | None
    read_at: str | None
    note: str | None
    steps: list[PlannedStep]


class PlannedStage(TypedDict):
    """A deployment, a termination, a push of a token, or the removal of pull secrets."""

    kind: Literal["deploy", "terminate", "push", "removal"]
    container: str | None
    deployment: int | None
    max_parallel: int | None
    canary: str | None
    soak_seconds: int
    gate: str
    max_failures: int | None
    take_over: bool
    regions: list[PlannedRegion]


class DryRunAnswer(TypedDict):
    """What a command would do, told from the store alone."""

    dry_run: Literal[True]
    command: str
    project: str
    told_at: str
    store: list[PlannedStoreChange]
    stages: list[PlannedStage]
    counts: dict[Act, int]
    """Objects by what would become of them, each in every region."""
    notes: list[str]
