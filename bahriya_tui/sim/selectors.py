"""Label and field selectors, as the query parameters `labelSelector` and `fieldSelector` write them."""

import re
from collections.abc import Callable

from bahriya_tui.sim.kinds import Json
from bahriya_tui.sim.status import bad_request

Matches = Callable[[Json], bool]
Labels = dict[str, str]
Test = Callable[[Labels], bool]

_SET = re.compile(r"^(?P<key>[^\s!=,()]+)\s+(?P<op>in|notin)\s*\((?P<values>[^()]*)\)$")
_EQUAL = re.compile(r"^(?P<key>[^\s!=,()]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^\s!=,()]*)$")
_EXISTS = re.compile(r"^(?P<no>!?)\s*(?P<key>[^\s!=,()]+)$")
_FIELDS = ("metadata.", "involvedObject.", "status.phase", "spec.nodeName", "reason", "type", "source")


def selector(labels: str, fields: str) -> Matches:
    """One predicate on objects from both selectors; StatusError 400 when one cannot be read."""
    tests = [_label_test(part) for part in _split(labels)]
    wanted = [_field(part) for part in fields.split(",") if part]

    def matches(obj: Json) -> bool:
        own = obj["metadata"].get("labels") or {}
        return all(test(own) for test in tests) and all(
            (_at(obj, path) == value) is equal for path, value, equal in wanted
        )

    return matches


def _split(text: str) -> list[str]:
    """Requirements of a label selector; commas inside parentheses do not separate."""
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]


def _label_test(part: str) -> Test:
    if found := _SET.match(part):
        values = {value.strip() for value in found["values"].split(",")}
        key, inside = found["key"], found["op"] == "in"
        return lambda labels: (labels.get(key) in values) is inside
    if found := _EQUAL.match(part):
        key, value, equal = found["key"], found["value"], found["op"] != "!="
        return lambda labels: (labels.get(key) == value) is equal
    if found := _EXISTS.match(part):
        key, absent = found["key"], bool(found["no"])
        return lambda labels: (key not in labels) is absent
    raise bad_request(f"unable to parse requirement: found '{part}', expected: a label requirement")


def _field(part: str) -> tuple[str, str, bool]:
    found = _EQUAL.match(part)
    if not found:
        raise bad_request(f"invalid selector: '{part}'; can't understand '{part}'")
    if not found["key"].startswith(_FIELDS):
        raise bad_request(f"field label not supported: {found['key']}")
    return found["key"], found["value"], found["op"] != "!="


def _at(obj: Json, path: str) -> str:
    value: object = obj
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return str(value)
