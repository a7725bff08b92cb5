"""The three patch formats besides apply: merge patch, strategic merge patch, JSON patch. Pure functions."""

from collections.abc import Callable
from typing import Any

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.paths import Path, item_element, list_keys
from bahriya_tui.sim.status import StatusError, bad_request


def merge_patch(value: Any, patch: Any) -> Any:
    """RFC 7386: maps are joined, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), change)
    return result


def strategic_patch(value: Any, patch: Any, path: Path = ()) -> Any:
    """The patch of kubectl for built-in kinds: keyed lists are joined by key, with `$patch` directives."""
    if not isinstance(patch, dict):
        return patch
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: change for key, change in patch.items() if key != "$patch"}
    result = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        below = (*path, f"f:{key}")
        if key.startswith("$"):
            continue
        if change is None:
            result.pop(key, None)
        elif isinstance(change, list):
            result[key] = _strategic_list(result.get(key) or [], change, below)
        else:
            result[key] = strategic_patch(result.get(key), change, below)
    if "$retainKeys" in patch:
        result = {key: child for key, child in result.items() if key in patch["$retainKeys"]}
    return _ordered(result, patch, path)


def _merge_keys(path: Path) -> tuple[str, ...]:
    """Strategic merge knows one key per list: the first of the apply keys."""
    return list_keys(path)[:1]


def _strategic_list(present: list[Any], changes: list[Any], path: Path) -> list[Any]:
    keys = _merge_keys(path)
    if not keys or any(not isinstance(change, dict) for change in changes):
        return changes
    if any(change.get("$patch") == "replace" for change in changes):
        return [change for change in changes if "$patch" not in change]
    items = {item_element(item, keys): item for item in present}
    for change in changes:
        element = item_element(change, keys)
        if change.get("$patch") == "delete":
            items.pop(element, None)
        else:
            items[element] = strategic_patch(items.get(element), change, (*path, element))
    return list(items.values())


def _ordered(result: Json, patch: Json, path: Path) -> Json:
    """Bring lists into the order that `$setElementOrder/<list>` asks for; unnamed items stay behind."""
    for directive, order in patch.items():
        name = directive.removeprefix("$setElementOrder/")
        keys = _merge_keys((*path, f"f:{name}"))
        if name == directive or name not in result or not keys:
            continue
        rank = {item_element(item, keys): place for place, item in enumerate(order)}
        result[name] = sorted(result[name], key=lambda item: rank.get(item_element(item, keys), len(rank)))
    return result


def json_patch(value: Any, operations: list[Json]) -> Any:
    """RFC 6902: add, remove, replace, test, move and copy; StatusError 422 when one does not fit."""
    for operation in operations:
        kind, pointer = operation["op"], _pointer(operation["path"])
        if kind in ("move", "copy"):
            moved = _reach(value, _pointer(operation["from"]))
            value = _edited(value, _pointer(operation["from"]), _removed) if kind == "move" else value
            value = _edited(value, pointer, _added(moved))
        elif kind == "test":
            if _reach(value, pointer) != operation.get("value"):
                raise _unfit(f"testing path {operation['path']} value failed")
        else:
            edit = _removed if kind == "remove" else _added(operation.get("value"), kind == "replace")
            value = _edited(value, pointer, edit)
    return value


Edit = Callable[[Any, str], Any]


def _pointer(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise bad_request(f"invalid JSON pointer {path!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _unfit(message: str) -> StatusError:
    return StatusError(
        422, "Invalid", f"the server rejected our request due to an error in our request: {message}"
    )


def _reach(value: Any, pointer: list[str]) -> Any:
    try:
        for part in pointer:
            value = value[int(part)] if isinstance(value, list) else value[part]
    except (KeyError, IndexError, ValueError, TypeError):
        raise _unfit(f"path /{'/'.join(pointer)} does not exist") from None
    return value


def _edited(value: Any, pointer: list[str], edit: Edit) -> Any:
    if not pointer:
        raise _unfit("the whole object cannot be patched away")
    if len(pointer) == 1:
        return edit(value, pointer[0])
    child = _edited(_reach(value, pointer[:1]), pointer[1:], edit)
    return _added(child, True)(value, pointer[0])


def _removed(value: Any, part: str) -> Any:
    _reach(value, [part])
    if isinstance(value, list):
        return [item for place, item in enumerate(value) if place != int(part)]
    return {key: child for key, child in value.items() if key != part}


def _added(new: Any, instead: bool = False) -> Edit:
    def edit(value: Any, part: str) -> Any:
        if instead:
            _reach(value, [part])
        if isinstance(value, dict):
            return value | {part: new}
        if not isinstance(value, list) or not (part == "-" or (part.isdecimal() and int(part) <= len(value))):
            raise _unfit(f"{part} is no place to add to")
        place = len(value) if part == "-" else int(part)
        return [*value[:place], new, *value[place + 1 if instead else place :]]

    return edit
