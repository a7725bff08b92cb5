"""What a dry run answers scripts. None of it holds a secret."""

from collections.abc import Iterable
from typing import Any, Literal, TypedDict, get_args

from bahriya_tui.cli.records import FieldChange
from bahriya_tui.model.manifests.differences import Field
from bahriya_tui.model.planned import Act, DryRun, Stage, Step, StoreChange


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


def record(plan: DryRun) -> DryRunAnswer:
    """Describe a dry run: the stages in their order, in each the regions, with every object as it is sent."""
    return {
        "dry_run": True,
        "command": plan.command,
        "project": plan.project,
        "told_at": plan.told_at,
        "store": [_change(one) for one in plan.store],
        "stages": [_stage(one) for one in plan.stages],
        "counts": counts(plan),
        "notes": list(plan.notes),
    }


def _change(one: StoreChange) -> PlannedStoreChange:
    return {
        "action": one.act,
        "kind": one.kind,
        "name": one.name,
        "fields": _fields(one.fields),
        "why": one.why or None,
    }


def _stage(one: Stage) -> PlannedStage:
    return {
        "kind": one.kind,
        "container": one.container,
        "deployment": one.deployment,
        "max_parallel": one.max_parallel,
        "canary": one.manner.canary,
        "soak_seconds": one.manner.soak_seconds,
        "gate": one.manner.gate,
        "max_failures": one.manner.max_failures,
        "take_over": one.manner.take_over,
        "regions": [
            {
                "region": region.region,
                "wave": region.wave,
                "seen_at": region.seen_at,
                "read_at": region.read_at,
                "note": region.note or None,
                "steps": [_step(step) for step in region.steps],
            }
            for region in one.regions
        ],
    }


def _step(one: Step) -> PlannedStep:
    return {
        "phase": one.phase,
        "action": one.act,
        "kind": one.kind,
        "namespace": one.namespace or None,
        "name": one.name,
        "fields": _fields(one.fields),
        "why": one.why or None,
        "manifest": one.manifest,
    }


def _fields(fields: Iterable[Field]) -> dict[str, FieldChange]:
    return {name: {"from": old, "to": new} for name, old, new in fields}


def counts(plan: DryRun) -> dict[Act, int]:
    """Count the objects by what would become of them, each in every region."""
    acts = [step.act for stage in plan.stages for region in stage.regions for step in region.steps]
    return {act: acts.count(act) for act in get_args(Act)}
