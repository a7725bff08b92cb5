"""Paths of fields as managed fields know them: which lists are keyed, which values are owned as one.

A path is a tuple of elements in the wire form of FieldsV1: `f:name` for a field, `k:{"name":"app"}` for an
item of a keyed list, `v:"x"` for a member of a set. Pure functions; nothing here changes its input.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bahriya_tui.sim.kinds import Json

Path = tuple[str, ...]
Paths = frozenset[Path]

_LIST_KEYS: dict[str, tuple[str, ...]] = {
    "f:containers": ("name",),
    "f:initContainers": ("name",),
    "f:env": ("name",),
    "f:volumes": ("name",),
    "f:imagePullSecrets": ("name",),
    "f:volumeMounts": ("mountPath",),
    "f:hostAliases": ("ip",),
    "f:topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "f:ownerReferences": ("uid",),
    "f:conditions": ("type",),
}
_CONTAINER_PORT = ("containerPort", "protocol")
_SERVICE_PORT = ("port", "protocol")
_KEY_DEFAULTS = {"protocol": "TCP"}
_SETS = ("f:finalizers",)
_ATOMIC = ("f:selector", "f:nodeSelector", "f:secretKeyRef", "f:configMapKeyRef", "f:fieldRef")


def list_keys(path: Path) -> tuple[str, ...]:
    """Key fields of the list at this path; empty when it is no keyed list."""
    if path[-1:] == ("f:ports",):
        return _SERVICE_PORT if path == ("f:spec", "f:ports") else _CONTAINER_PORT
    return _LIST_KEYS.get(path[-1], ()) if path else ()


def item_element(item: Json, keys: Iterable[str]) -> str:
    """The path element of one item of a keyed list."""
    wanted = {key: item.get(key, _KEY_DEFAULTS.get(key)) for key in keys}
    return "k:" + json.dumps(
        {k: v for k, v in sorted(wanted.items()) if v is not None}, separators=(",", ":")
    )


def parts(value: Any, path: Path) -> dict[str, Any] | None:
    """Children by path element, or None where the value is owned as one."""
    if isinstance(value, dict):
        if not value or (path and path[-1] in _ATOMIC):
            return None
        return {f"f:{name}": child for name, child in value.items()}
    if isinstance(value, list) and value and path:
        if keys := list_keys(path):
            items = [item for item in value if isinstance(item, dict)]
            return {item_element(item, keys): item for item in items}
        if path[-1] in _SETS:
            return {f"v:{json.dumps(member)}": member for member in value}
    return None


def flatten(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Every owned path with its value; an item of a keyed list also appears itself, with True."""
    children = parts(value, path)
    if children is None:
        return {path: value} if path else {}
    flat: dict[Path, Any] = {}
    for element, child in children.items():
        if element.startswith("k:"):
            flat[(*path, element)] = True
        flat |= flatten(child, (*path, element))
    return flat


def merged(live: Any, config: Any, path: Path = ()) -> Any:
    """`config` laid over `live`: maps and keyed lists are joined, everything else is replaced."""
    children = parts(config, path)
    if children is None:
        joins = isinstance(config, dict) or bool(list_keys(path))
        keeps = joins and not config and parts(live, path) is not None
        return live if keeps else config
    present = parts(live, path)
    if present is None:
        return config
    joined = {
        el: merged(present[el], child, (*path, el)) if el in present else child
        for el, child in children.items()
    }
    rest = {el: child for el, child in present.items() if el not in children}
    return _rebuilt(config, {**rest, **joined} if isinstance(config, dict) else {**joined, **rest})


def without(value: Any, doomed: Paths, path: Path = ()) -> Any:
    """The value without these paths; containers that become empty by it go too."""
    children = parts(value, path)
    if children is None:
        return value
    kept: dict[str, Any] = {}
    for element, child in children.items():
        below = (*path, element)
        if below in doomed:
            continue
        rest = without(child, doomed, below)
        if rest or not child or rest == child:
            kept[element] = rest
    return _rebuilt(value, kept)


def _rebuilt(like: Any, children: dict[str, Any]) -> Any:
    if isinstance(like, dict):
        return {element[2:]: child for element, child in children.items()}
    return list(children.values())


def is_key_field(path: Path) -> bool:
    """Whether the path is the field that names its item, which only goes with the item."""
    if len(path) < 2 or not path[-2].startswith("k:"):
        return False
    return path[-1][2:] in json.loads(path[-2][2:])


def written(paths: Paths) -> Json:
    """FieldsV1: the paths as the nested object of `managedFields`."""
    root: Json = {}
    for path in sorted(paths):
        node = root
        for element in path:
            node = node.setdefault(element, {})
        if path[-1].startswith("k:"):
            node["."] = {}
    return root


def read(fields: Json, path: Path = ()) -> Iterator[Path]:
    """The paths of a FieldsV1 object."""
    for element, below in fields.items():
        if element == ".":
            yield path
        elif below:
            yield from read(below, (*path, element))
        else:
            yield (*path, element)


def text(path: Path) -> str:
    """The path as a conflict names it: `.spec.template.spec.containers[name="app"].image`."""
    out = ""
    for element in path:
        if element.startswith("k:"):
            keys = json.loads(element[2:])
            out += "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in keys.items()) + "]"
        else:
            out += f".{element[2:]}" if element.startswith("f:") else f"[={element[2:]}]"
    return out
