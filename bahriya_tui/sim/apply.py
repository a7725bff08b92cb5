"""Server-side apply and the ownership of fields (`metadata.managedFields`).

Pure: takes the live object and what a manager wants, gives the new object or refuses with a conflict. The
rules are those of structured-merge-diff: leaves have owners, keyed lists are merged per item, and a manager's
fields go when it stops sending them.
"""

from dataclasses import dataclass
from typing import Any

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.paths import Path, Paths, flatten, is_key_field, merged, read, text, without, written
from bahriya_tui.sim.status import StatusError

_SERVER_FIELDS = (
    "name", "namespace", "generateName", "uid", "creationTimestamp", "resourceVersion",
    "generation", "managedFields", "selfLink", "deletionTimestamp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns fields: one entry of managedFields; `operation` is Apply or Update."""

    manager: str
    operation: str
    api_version: str
    subresource: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """The fields of one owner, and when it last changed them (RFC 3339)."""

    paths: Paths
    time: str


Shares = dict[Owner, Share]


def owned(obj: Json) -> dict[Path, Any]:
    """Leaves that can be owned, with values: all but identity, what the server sets, and status."""
    body = {
        key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "status", "metadata")
    }
    metadata = {k: v for k, v in obj.get("metadata", {}).items() if k not in _SERVER_FIELDS}
    return flatten(body | {"metadata": metadata}) if metadata else flatten(body)


def shares(obj: Json) -> Shares:
    """Who owns what in a live object."""
    return {
        Owner(entry["manager"], entry["operation"], entry["apiVersion"], entry.get("subresource", "")): Share(
            frozenset(read(entry["fieldsV1"])), entry["time"]
        )
        for entry in obj["metadata"].get("managedFields", ())
    }


def managed_fields(all_shares: Shares) -> list[Json]:
    """The entries of managedFields; owners of nothing are left out."""
    entries = []
    for owner, share in all_shares.items():
        if not share.paths:
            continue
        entry = {
            "manager": owner.manager,
            "operation": owner.operation,
            "apiVersion": owner.api_version,
            "time": share.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": written(share.paths),
        }
        entries.append(entry | {"subresource": owner.subresource} if owner.subresource else entry)
    return entries


def apply(live: Json, config: Json, owner: Owner, force: bool) -> tuple[Json, Shares]:
    """The live object with `config` applied, and the new shares (times are the former ones or empty).

    `live` may be an object without any field (a create). StatusError 409 names other managers and fields.
    """
    held = shares(live) if live.get("metadata") else {}
    wanted = frozenset(owned(config))
    before = owned(live)
    result = merged(_plain(live), _plain(config))
    after = owned(result)
    changed = frozenset(path for path, value in after.items() if path not in before or before[path] != value)
    others = {other: share.paths for other, share in held.items() if other != owner}
    conflicts = {other: paths & changed & wanted for other, paths in others.items()}
    if any(conflicts.values()) and not force:
        raise _conflict({other: paths for other, paths in conflicts.items() if paths}, held)
    others = {other: paths - conflicts[other] for other, paths in others.items()}
    mine = held[owner].paths if owner in held else frozenset()
    result = without(result, _given_up(mine - wanted, others))
    present = frozenset(owned(result))
    new = {other: Share(paths & present, held[other].time) for other, paths in others.items()}
    former = held[owner].time if owner in held and mine == wanted else ""
    return result, new | {owner: Share(wanted, former)}


def updated(live: Json | None, new: Json, owner: Owner) -> Shares:
    """The shares after a plain write: who changed a leaf owns it."""
    before = owned(live) if live else {}
    after = owned(new)
    held = shares(live) if live else {}
    changed = frozenset(path for path, value in after.items() if path not in before or before[path] != value)
    present = frozenset(after)
    result = {
        other: Share((share.paths - (changed if other != owner else frozenset())) & present, share.time)
        for other, share in held.items()
    }
    if not changed:
        return result
    mine = result[owner].paths if owner in result else frozenset()
    return result | {owner: Share(mine | changed, "")}


def _plain(obj: Json) -> Json:
    """An object without the fields that only the server writes."""
    metadata = {k: v for k, v in obj.get("metadata", {}).items() if k != "managedFields"}
    return obj | {"metadata": metadata}


def _given_up(dropped: Paths, others: dict[Owner, Paths]) -> Paths:
    """Of the paths a manager stopped sending, those that nobody else wants."""
    kept = frozenset().union(*others.values())
    needed = {path[:depth] for path in kept for depth in range(1, len(path) + 1)}
    return frozenset(path for path in dropped if path not in needed and not is_key_field(path))


def _conflict(found: dict[Owner, Paths], held: Shares) -> StatusError:
    flat = [(owner, path) for owner, paths in found.items() for path in sorted(paths)]
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {_said(owner, held)}",
            "field": text(path),
        }
        for owner, path in flat
    ]
    if len(flat) == 1:
        message = f"1 conflict: conflict with {_said(flat[0][0], held)}: {text(flat[0][1])}"
    else:
        lines = []
        for owner in sorted(found, key=lambda each: each.manager):
            lines.append(f"conflicts with {_said(owner, held)}:")
            lines += [f"- {text(path)}" for path in sorted(found[owner])]
        message = f"{len(flat)} conflicts: " + "\n".join(lines)
    return StatusError(409, "Conflict", f"Apply failed with {message}", {"causes": causes})


def _said(owner: Owner, held: Shares) -> str:
    said = f'"{owner.manager}"'
    if owner.subresource:
        said += f' with subresource "{owner.subresource}"'
    if owner.operation == "Update":
        said += f" using {owner.api_version} at {held[owner].time}"
    return said
