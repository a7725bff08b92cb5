"""Which command prints what with `--json`: the contract with scripts, a line for each command.

A type is one document; `Lines` is an object a line, as each becomes known; None is not JSON.
"""

from dataclasses import dataclass
from types import UnionType
from typing import Any, get_args, get_origin

from bahriya_tui.cli import records
from bahriya_tui.cli.json_schema import DIALECT, Schema, name_of, schema_of
from bahriya_tui.model.event import Event
from bahriya_tui.model.finding import Finding
from bahriya_tui.model.importing import ForeignSecret
from bahriya_tui.model.lint import Advice
from bahriya_tui.model.metrics import Family
from bahriya_tui.notify.hooks import Hook
from bahriya_tui.operations.backup import Backup, Restored
from bahriya_tui.operations.vault import Status

VERSION = 1
"""Rises when a script that was right before could be wrong afterwards."""
RULE = (
    f"Version {VERSION}. A new command, a new field, or a new word where a field has one of several does not "
    "change it; it rises when a field is removed, renamed or of another type."
)


@dataclass(frozen=True, slots=True)
class Lines:
    """A stream or a batch: an object a line."""

    each: Any


_DEPLOYING = Lines(Event | records.Deployment)
"""Events while it waits; with --no-wait the deployments that were started."""
_PLANNED = Lines(Event | records.Deployment | records.DryRunAnswer)

ANSWERS: dict[str, Any] = {
    "project add": records.Project,
    "project list": list[records.Project],
    "project show": records.ProjectDetail,
    "project delete": records.HandleDeleted,
    "registry add": records.RegistryChanged,
    "registry adopt": list[ForeignSecret] | records.LoginTaken,
    "registry check": Lines(records.Check),
    "registry delete": records.RegistryDeleted | records.DryRunAnswer,
    "registry edit": records.RegistryChanged,
    "registry hints": records.Hints,
    "registry import": Lines(records.LoginTaken),
    "registry lint": list[Advice],
    "registry list": list[records.Registry] | list[records.RegistryEnding],
    "registry return": Lines(records.RegistryChanged | Event | records.Deployment | records.Revocation),
    "registry rotate": Lines(
        records.RegistryChanged
        | records.Pushed
        | Event
        | records.Deployment
        | records.Revocation
        | records.DryRunAnswer
    ),
    "registry show": records.RegistryDetail,
    "registry unlink": records.Unlinked,
    "registry usage": records.Usage,
    "container add": records.Container,
    "container delete": records.HandleDeleted | records.DryRunAnswer,
    "container edit": records.Container,
    "container link": records.Container,
    "container list": list[records.Container],
    "container show": records.ContainerDetail,
    "container terminate": _PLANNED,
    "container unlink": records.Container,
    "region add": records.Region,
    "region check": list[records.Region],
    "region delete": records.RegionDeleted,
    "region edit": records.Region,
    "region import": list[records.Region],
    "region list": list[records.Region],
    "region rbac": records.Manifests,
    "region show": records.RegionDetail,
    "deploy": _PLANNED,
    "deployment cancel": records.Deployment,
    "deployment list": list[records.Deployment],
    "deployment resume": _DEPLOYING,
    "deployment retry": _DEPLOYING,
    "deployment rollback": _DEPLOYING,
    "deployment show": records.Deployment,
    "deployment watch": Lines(Event),
    "matrix": list[records.Cell],
    "check": records.Attention,
    "audit export": Lines(records.ExportedEntry | records.ExportedAnchor),
    "audit list": list[records.AuditEntry],
    "audit verify": records.Verification,
    "worker metrics": list[Family],
    "share": records.Shared,
    "worker manifest": records.Manifests,
    "worker run": None,
    "worker unit": None,
    "worker status": records.WorkerStatus,
    "worker stop": records.WorkerStopped,
    "vault lock": records.VaultLocked,
    "vault passphrase": records.PassphraseSet,
    "vault recover": records.Recovered,
    "vault recovery-key": records.RecoveryKeyShown,
    "vault rekey": records.Rekeyed,
    "vault status": Status,
    "vault unlock": records.Unlocked,
    "image explain": Lines(records.ImageExplained),
    "image match": Lines(records.ImageMatch),
    "notify list": list[Hook],
    "notify test": records.HooksTested,
    "apply": Lines(records.Change),
    "export": records.Declaration,
    "backup": Backup,
    "restore": Restored,
    "keys": list[records.Key],
    "man": None,
    "schema": dict[str, Any],
    "completion": None,
    "doctor": list[Finding],
    "sim serve": records.Simulated,
    "serve": records.Served,
    "demo": None,
}


def words(answer: Any) -> str:
    """Say what a command prints: `array of registry`, `lines of event or deployment`."""
    if answer is None:
        return "no JSON"
    if isinstance(answer, Lines):
        return f"lines of {words(answer.each)}"
    if get_origin(answer) is UnionType:
        return " or ".join(words(one) for one in get_args(answer))
    if get_origin(answer) is list:
        return f"array of {words(*get_args(answer))}"
    return "object" if get_origin(answer) is dict else name_of(answer)


def schema_of_command(command: str) -> Schema:
    """Give the schema of what a command prints, or of each line of it; complete in itself."""
    defs: dict[str, Schema] = {}
    found = _schema(ANSWERS[command], defs)
    head = {"$schema": DIALECT, "title": f"bahriya {command} --json", "version": VERSION}
    return {**head, "description": f"Prints {words(ANSWERS[command])}.", **found, "$defs": defs}


def schema_of_all() -> Schema:
    """Give one document of all: what each command prints, errors on standard error, and types by name."""
    defs: dict[str, Schema] = {}
    commands = {
        name: {"prints": words(answer), "schema": _schema(answer, defs)}
        for name, answer in ANSWERS.items()
        if answer is not None
    }
    return {
        "$schema": DIALECT,
        "title": "bahriya --json",
        "description": RULE,
        "version": VERSION,
        "commands": commands,
        "errors": schema_of(records.Error, defs),
        "$defs": dict(sorted(defs.items())),
    }


def _schema(answer: Any, defs: dict[str, Schema]) -> Schema:
    return schema_of(answer.each if isinstance(answer, Lines) else answer, defs)
