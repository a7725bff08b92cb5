"""What a dry run answers scripts, as plain dictionaries in snake_case. None holds a secret."""

from collections.abc import Iterable
from typing import Any, get_args

from bahriya_tui.model.manifests.differences import Field
from bahriya_tui.model.planned import Act, DryRun, Stage, Step, StoreChange

Record = dict[str, Any]


def record(plan: DryRun) -> Record:
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


def _change(one: StoreChange) -> Record:
    return {
        "action": one.act,
        "kind": one.kind,
        "name": one.name,
        "fields": _fields(one.fields),
        "why": one.why or None,
    }


def _stage(one: Stage) -> Record:
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


def _step(one: Step) -> Record:
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


def _fields(fields: Iterable[Field]) -> Record:
    return {name: {"from": old, "to": new} for name, old, new in fields}


def counts(plan: DryRun) -> dict[Act, int]:
    """Count the objects by what would become of them, each in every region."""
    acts = [step.act for stage in plan.stages for region in stage.regions for step in region.steps]
    return {act: acts.count(act) for act in get_args(Act)}
