"""JSON Schema (draft 2020-12) of the types that commands print: typed dictionaries and dataclasses.

Descriptions are the docstrings of the types, and the strings below their fields. Fields may come that are not
there yet, so unknown ones are allowed.
"""

import ast
import inspect
import re
import sys
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def schema_of(shape: Any, defs: dict[str, Schema]) -> Schema:
    """Give the schema of a type; the types in it are put into `defs` by name, and referred to.

    `TypeError` for a type that has no equal in JSON, or that has its name from another one in `defs`.
    """
    origin, inner = get_origin(shape), get_args(shape)
    if shape is Any:
        return {}
    if shape in _PLAIN:
        return {"type": _PLAIN[shape]}
    if is_typeddict(shape) or is_dataclass(shape):
        return _named(shape, defs)
    if origin in (Union, UnionType):
        return _any_of([schema_of(one, defs) for one in inner])
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is list or (origin is tuple and inner[1:] == (...,)):
        return {"type": "array", "items": schema_of(inner[0], defs)}
    if isinstance(origin, type) and issubclass(origin, Mapping) and _is_text(inner[0]):
        return {"type": "object", "additionalProperties": schema_of(inner[1], defs)}
    raise TypeError(f"{shape} has no equal in JSON")


def _is_text(shape: Any) -> bool:
    return shape is str or (
        get_origin(shape) is Literal and all(isinstance(one, str) for one in get_args(shape))
    )


def name_of(shape: type) -> str:
    """Give the name that a type has in schemas: `registry_detail` for `RegistryDetail`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", shape.__name__).lower()


def _named(shape: type, defs: dict[str, Schema]) -> Schema:
    name = name_of(shape)
    made: Schema = {"description": _text(shape.__doc__ or ""), "type": "object"}
    known = defs.setdefault(name, made)
    if known is made:
        told = _told_of_fields(shape)
        hints = get_type_hints(shape)
        made["properties"] = {
            field: {**schema_of(hint, defs), **({"description": told[field]} if field in told else {})}
            for field, hint in hints.items()
        }
        made["required"] = [field for field in hints if field in getattr(shape, "__required_keys__", hints)]
    elif known["description"] != made["description"]:
        raise TypeError(f"two types are called {name}")
    return {"$ref": f"#/$defs/{name}"}


def _any_of(schemas: list[Schema]) -> Schema:
    if all(one.keys() == {"type"} for one in schemas):
        return {"type": [one["type"] for one in schemas]}
    return {"anyOf": schemas}


def _told_of_fields(shape: type) -> dict[str, str]:
    """Give the strings below the fields of a class and of those it is made from, as its source has them."""
    return _told_in(_classes(shape.__module__), shape.__name__)


def _told_in(classes: Mapping[str, ast.ClassDef], name: str) -> dict[str, str]:
    if name not in classes:
        return {}
    found: dict[str, str] = {}
    for base in classes[name].bases:
        found |= _told_in(classes, ast.unparse(base))
    body = classes[name].body
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=id_)), ast.Expr(value=ast.Constant(value=str(told))):
                found[id_] = _text(told)
    return found


def _text(docstring: str) -> str:
    return " ".join(docstring.split()).replace("None", "null")


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
