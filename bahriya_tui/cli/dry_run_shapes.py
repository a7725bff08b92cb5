"""Describes dry runs as the records of the command line."""

from collections.abc import Iterable
from typing import get_args

from bahriya_tui.cli.records.declared import FieldChange
from bahriya_tui.cli.records.dry_run import (
    DryRunAnswer,
    PlannedStage,
    PlannedStep,
    PlannedStoreChange,
)
from bahriya_tui.model.dry_run import Act, DryRun, Stage, Step, StoreChange
from bahriya_tui.model.manifests.differences import Field


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
