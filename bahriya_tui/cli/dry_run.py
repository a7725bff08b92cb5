"""`--dry-run`: a command tells what it would do, in text of at most 80 columns or as one JSON object."""

import textwrap
from collections.abc import Iterable, Iterator

import click

from bahriya_tui.cli import output
from bahriya_tui.cli.dry_run_shapes import counts, record
from bahriya_tui.cli.options import Command, Common
from bahriya_tui.model.clock import duration, minute
from bahriya_tui.model.dry_run import REDACTED, Act, DryRun, RegionPlan, Stage, Step, StoreChange
from bahriya_tui.model.manifests.differences import is_stamp
from bahriya_tui.model.manifests.marks import Manifest
from bahriya_tui.model.phases import words

_WIDTH = 80
_SIGNS: dict[Act, str] = {"create": "+", "change": "~", "remove": "-", "unchanged": "="}
_COUNTED: dict[Act, str] = {
    "create": "to create",
    "change": "to change",
    "remove": "to remove",
    "unchanged": "unchanged",
}
_LEFT_OUT = ("spec.template.spec.", "spec.jobTemplate.spec.template.spec.", "spec.", "metadata.")


def dry_run_option(command: Command) -> Command:
    """Let a command only tell what it would do; reaches it as `dry_run`."""
    words = "Only tell what would be done, from the store alone; nothing is written, no region asked."
    return click.option("--dry-run", is_flag=True, help=words)(command)


def tell(asked: Common, plan: DryRun) -> int:
    """Tell it, and give the exit code of a command that is not refused."""
    if asked.json:
        output.show(record(plan), as_json=True)
    else:
        for line in text(plan):
            output.say(line, as_json=False)
    return 0


def text(plan: DryRun) -> Iterator[str]:
    """Tell a dry run in lines; regions for which all is the same are told of together."""
    yield f"dry run of {plan.command}: nothing is written, no region is asked"
    yield f"told from what the store knew at {minute(plan.told_at)}"
    many = sum(stage.kind == "deploy" for stage in plan.stages)
    if many > 1:
        yield "deployments begin at the same time, and what they share is sent once"
    if any(stage.deployment for stage in plan.stages):
        yield "a deployment is named by the number that comes next"
    if plan.store:
        yield ""
        yield "in the store"
        for change in plan.store:
            yield from _told(4, f"{_SIGNS[change.act]} {change.kind} {change.name}", _details(change))
    for stage in plan.stages:
        yield from _wrapped(f"\n{_title(stage)}", 2)
        for first, all_ in _groups(stage.regions):
            yield from _wrapped(f"  {_heading(stage, first, all_)}", 4)
            yield from _region(first, all_)
    for note in plan.notes:
        yield from _wrapped(f"\nnote: {note}", 6)
    yield ""
    yield _summary(plan)


def _title(one: Stage) -> str:
    if one.kind == "push":
        return "the new token goes into the pull secrets of older versions"
    if one.kind == "removal":
        return "pull secrets go from their regions"
    if one.kind == "terminate":
        return f"deployment {one.deployment}, a termination of {one.container}: all regions at once"
    waves = len({region.wave for region in one.regions})
    how = [f"{waves} waves" if waves > 1 else "all regions at once"]
    if (one.max_parallel or 0) < len(one.regions):
        how.append(f"at most {one.max_parallel} regions at a time")
    if one.manner.max_failures is not None:
        how.append(f"held when more than {one.manner.max_failures} fail")
    if one.manner.take_over:
        how.append("fields of other managers are taken over")
    return f"deployment {one.deployment} of {one.container}: {', '.join(how)}"


def _groups(regions: Iterable[RegionPlan]) -> list[tuple[RegionPlan, list[RegionPlan]]]:
    """Put regions together for which all is the same, but when they were seen."""
    found: list[tuple[RegionPlan, list[RegionPlan]]] = []
    for one in regions:
        same = (all_ for first, all_ in found if _same(first, one))
        group = next(same, None)
        if group is None:
            found.append((one, [one]))
        else:
            group.append(one)
    return found


def _same(one: RegionPlan, other: RegionPlan) -> bool:
    return (one.wave, one.note, one.steps) == (other.wave, other.note, other.steps)


def _heading(stage: Stage, first: RegionPlan, all_: list[RegionPlan]) -> str:
    """Name the regions, with their wave where there is more than one."""
    named = ", ".join(one.region for one in all_)
    if len({one.wave for one in stage.regions}) == 1:
        return named
    manner = stage.manner
    how = ["canary"] if first.region == manner.canary else []
    if how and manner.soak_seconds:
        how.append(f"soaks {duration(manner.soak_seconds)}")
    if how and manner.gate == "closed":
        how.append("then waits for approval")
    told = f" ({', '.join(how)})" if how else ""
    return f"wave {first.wave + 1}{told}: {named}"


def _region(first: RegionPlan, all_: list[RegionPlan]) -> Iterator[str]:
    yield from _wrapped(f"    {_known(all_)}", 4)
    if first.note:
        yield from _wrapped(f"    ! {first.note}", 6)
    phase = ""
    for step in first.steps:
        shown = "" if step.phase == phase else words(step.phase)
        phase = step.phase
        yield from _told(19, f"    {shown:<13}{_SIGNS[step.act]} {_object(step)}", _of(step))


def _known(all_: list[RegionPlan]) -> str:
    """Say how old what is known of these regions may be."""
    seen = [one.seen_at for one in all_ if one.seen_at is not None]
    if len(seen) < len(all_):
        return "some of them never answered so far" if seen else "never answered so far"
    read = [one.read_at for one in all_ if one.read_at is not None]
    back = f", read back {minute(min(read))}" if len(read) == len(all_) else ", not read back"
    return f"last answered {minute(min(seen))}{back}"


def _object(step: Step) -> str:
    """Name an object; where namespace and name are too long for one line they may be parted."""
    where = f"{step.namespace}/" if step.namespace else ""
    parted = " " if len(f"{step.kind} {where}{step.name}") > _WIDTH - 19 else ""
    return f"{step.kind} {where}{parted}{step.name}"


def _of(step: Step) -> list[str]:
    """Give what is said below a step."""
    told = [] if step.act in ("unchanged", "remove") else _differing(step)
    if step.act == "unchanged" and step.kind == "Secret":
        told = ["sent again, with the same token"]
    return [*told, *([step.why] if step.why else [])]


def _differing(step: Step) -> list[str]:
    if step.act == "create":
        return _made(step.manifest or {})
    fields = [one for one in step.fields if not is_stamp(one[0])]
    told = [_field(_short(path, step.name), old, new) for path, old, new in fields]
    if step.kind == "Deployment" and not told:
        return ["new pods; nothing else differs"]
    return told or ["nothing but the deployment's number differs"]


def _made(manifest: Manifest) -> list[str]:
    """Say what an operator looks for in an object that is new."""
    kind, spec = manifest.get("kind"), manifest.get("spec", {})
    if kind == "Secret":
        return [f"data: {REDACTED}"]
    if kind == "Service":
        return [f"port: {spec['ports'][0]['port']}"]
    if kind == "Deployment":
        return [f"image: {_image(spec['template'])}, replicas: {spec['replicas']}"]
    if kind == "CronJob":
        return [f"image: {_image(spec['jobTemplate']['spec']['template'])}, schedule: {spec['schedule']}"]
    return []


def _image(template: Manifest) -> str:
    return str(template["spec"]["containers"][0]["image"])


def _details(change: StoreChange) -> list[str]:
    return [*(_field(*one) for one in change.fields), *([change.why] if change.why else [])]


def _field(name: str, old: object, new: object) -> str:
    if new == REDACTED:
        return f"data: {REDACTED}, with another token"
    return f"{name}: {_shown(old)} -> {_shown(new)}"


def _short(path: str, name: str) -> str:
    """Leave out of a path what goes without saying."""
    prefix = next((one for one in _LEFT_OUT if path.startswith(one)), "")
    return path.removeprefix(prefix).removeprefix(f"containers[{name}].").removesuffix(".value")


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return "none" if value is None or value == "" else str(value)


def _summary(plan: DryRun) -> str:
    regions = {region.region for stage in plan.stages for region in stage.regions}
    if not regions:
        return "nothing changes in any region"
    told = [f"{_SIGNS[act]} {number} {_COUNTED[act]}" for act, number in counts(plan).items() if number]
    return f"{', '.join(told) or 'nothing'} in {len(regions)} region{'s' if len(regions) != 1 else ''}"


def _told(indent: int, head: str, details: Iterable[str]) -> Iterator[str]:
    yield from _wrapped(head if head.startswith(" ") else f"  {head}", indent)
    for one in details:
        yield from _wrapped(f"{' ' * indent}{one}", indent + 2)


def _wrapped(line: str, indent: int) -> Iterator[str]:
    """Break a line at spaces; a name that is longer stays whole, so that it can be copied."""
    start = line.lstrip("\n")
    yield from ["" for _ in range(len(line) - len(start))]
    yield from textwrap.wrap(
        start,
        _WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
