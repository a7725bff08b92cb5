"""What differs between two manifests, field by field, in words that an operator knows from the object."""

from collections.abc import Iterator
from typing import Any

from bahriya_tui.model.manifests.marks import AUDIT_HEAD, DEPLOYMENT_ID, FENCE, Manifest

Field = tuple[str, Any, Any]
"""Path, value now and value then; None where there is none."""
_STAMPS = tuple(f"[{one}]" for one in (AUDIT_HEAD, DEPLOYMENT_ID, FENCE))


def differences(before: Manifest, after: Manifest) -> tuple[Field, ...]:
    """Give every field that is not the same.

    Elements of lists go by their name where they have one: `spec.template.spec.containers[api].image`.
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = dict.fromkeys((*old, *new))
    return tuple((path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def is_stamp(path: str) -> bool:
    """Tell whether a field only says which deployment, or which head of the audit log, was there last."""
    return path.endswith(_STAMPS)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _leaves(one, _joined(path, key))
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        yield from _elements(value, path)
    else:
        yield path, value


def _elements(value: list[Manifest], path: str) -> Iterator[tuple[str, Any]]:
    if all(set(one) == {"name"} for one in value):
        yield path, [one["name"] for one in value]
        return
    for index, one in enumerate(value):
        rest = {key: inner for key, inner in one.items() if key != "name"}
        yield from _leaves(rest, f"{path}[{one.get('name', index)}]")


def _joined(path: str, key: str) -> str:
    if "." in key or "/" in key:
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key
