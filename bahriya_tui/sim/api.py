"""The HTTP face of one region's objects: reads requests, runs the verb, writes answers; decides nothing."""

import asyncio
import contextlib
import json
import re
from dataclasses import replace
from typing import Any

import yaml
from aiohttp import web

from bahriya_tui.sim import verbs
from bahriya_tui.sim.answers import Form, form
from bahriya_tui.sim.discovery import about
from bahriya_tui.sim.kinds import BY_PLURAL, Json, Kind
from bahriya_tui.sim.objects import Objects
from bahriya_tui.sim.selectors import selector
from bahriya_tui.sim.status import StatusError, bad_request, no_such_path
from bahriya_tui.sim.verbs import Call
from bahriya_tui.sim.watch import events, watch

MAX_BODY = 3 * 1024 * 1024
"""Bytes of a request body the API server takes."""

_ROOT = re.compile(r"^/(?:api|apis/(?P<group>[^/]+))/(?P<version>v1|v1beta1)/(?P<rest>.+?)/?$")
_ON_ONE = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_ON_MANY = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}
_TRUE = ("true", "1")


def read_call(request: web.Request, cron_versions: tuple[str, ...]) -> Call:
    """What a request asks for; StatusError when no API serves its path or method."""
    kind, namespace, name, subresource = _address(request.path, cron_versions)
    query = request.query
    verb = (_ON_ONE if name else _ON_MANY).get(request.method)
    makes_token = (kind.plural, subresource, verb) == ("serviceaccounts", "token", "create")
    if verb is None or (subresource not in ("", "status") and not makes_token):
        raise StatusError(
            405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
        )
    if verb in ("get", "list") and query.get("watch") in _TRUE:
        verb = "watch"
    manager = query.get("fieldManager", "")
    if not manager and request.headers.get("Content-Type", "").partition(";")[0] != verbs.APPLY:
        manager = request.headers.get("User-Agent", "unknown").partition("/")[0]
    force, dry_run = query.get("force") in _TRUE, query.get("dryRun") == "All"
    return Call(verb, kind, namespace, name, subresource, manager, force, dry_run)


def _address(path: str, cron_versions: tuple[str, ...]) -> tuple[Kind, str, str, str]:
    """Kind, namespace, name and subresource of a path; the last three may be empty."""
    found = _ROOT.match(path)
    parts = found["rest"].split("/") if found else []
    namespace = ""
    if len(parts) >= 3 and parts[0] == "namespaces" and parts[2] in BY_PLURAL:
        namespace, parts = parts[1], parts[2:]
    kind = BY_PLURAL.get(parts[0]) if parts else None
    if found is None or kind is None or kind.group != (found["group"] or "") or len(parts) > 3:
        raise no_such_path()
    if found["version"] not in (cron_versions if kind.plural == "cronjobs" else ("v1",)):
        raise no_such_path()
    kind = replace(kind, version=found["version"])
    name, subresource = (*parts[1:], "", "")[:2]
    return kind, namespace, name, subresource


async def answer(
    objects: Objects, request: web.Request, thawed: asyncio.Event, cron_versions: tuple[str, ...]
) -> web.StreamResponse:
    """The answer to a request, refusals are raised as StatusError; watches are silent while not `thawed`."""
    if (found := about(request.path.rstrip("/"), cron_versions)) is not None:
        return answered(found)
    call = read_call(request, cron_versions)
    shape = form(request.headers.get("Accept", ""), request.query.get("includeObject", "Metadata"))
    if call.verb == "watch":
        return await _watched(objects, call, shape, request, thawed)
    if call.verb == "list":
        return answered(shape.many(call.kind, _selected(objects, call, request), str(objects.version)))
    if call.subresource == "token":
        return answered(_token(objects, call, request), 201)
    body = await _body(request)
    if call.verb == "deletecollection":
        return answered(
            shape.many(call.kind, _delete_all(objects, call, request, body), str(objects.version))
        )
    try:
        result, code = _one(objects, call, request, body)
    except (AttributeError, KeyError, TypeError, ValueError):
        # Verbs read objects without looking at the type of each field: what does not fit ends here.
        name = call.kind.name
        raise bad_request(f'{name} in version "v1" cannot be handled as a {name}: wrong type') from None
    return answered(shape.one(call.kind, result), code)


def _one(objects: Objects, call: Call, request: web.Request, body: Any) -> tuple[Json, int]:
    if call.verb == "get":
        return verbs.found(objects, call), 200
    if call.verb == "create":
        return verbs.create(objects, call, body), 201
    if call.verb == "update":
        return verbs.replace(objects, call, body), 200
    if call.verb == "delete":
        policy = request.query.get("propagationPolicy")
        return verbs.delete(
            objects, call, (body or {}) | ({"propagationPolicy": policy} if policy else {})
        ), 200
    content_type = request.headers.get("Content-Type", "").partition(";")[0]
    result, new = verbs.patch(objects, call, body, content_type)
    return result, 201 if new else 200


def _token(objects: Objects, call: Call, request: web.Request) -> Json:
    """Give the token of an account: the one it is asked with, since a region knows no other."""
    verbs.found(objects, call)
    status = {"token": request.headers.get("Authorization", "").removeprefix("Bearer ")}
    return {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "status": status}


def _selected(objects: Objects, call: Call, request: web.Request) -> list[Json]:
    matches = selector(request.query.get("labelSelector", ""), request.query.get("fieldSelector", ""))
    return [obj for obj in objects.list(call.kind.plural, call.namespace or None) if matches(obj)]


def _delete_all(objects: Objects, call: Call, request: web.Request, options: Json) -> list[Json]:
    doomed = _selected(objects, call, request)
    for obj in doomed:
        one = Call("delete", call.kind, call.namespace, obj["metadata"]["name"], dry_run=call.dry_run)
        verbs.delete(objects, one, options or {})
    return doomed


async def _watched(
    objects: Objects, call: Call, shape: Form, request: web.Request, thawed: asyncio.Event
) -> web.StreamResponse:
    query = request.query
    fields = f"metadata.name={call.name}" if call.name else query.get("fieldSelector", "")
    matches = selector(query.get("labelSelector", ""), fields)
    asked = watch(call.kind, call.namespace or None, matches, shape.event(call.kind), query)
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    # A client that has seen enough closes its end, which is no fault to report.
    with contextlib.suppress(ConnectionResetError):
        await response.prepare(request)
        async with contextlib.aclosing(events(objects, asked)) as lines:
            async for line in lines:
                await thawed.wait()
                await response.write(line)
    return response


async def _body(request: web.Request) -> Any:
    """The body as JSON or YAML, None when empty; StatusError otherwise. Nothing of it is ever shown."""
    content = await request.read()
    if not content:
        return None
    content_type = request.headers.get("Content-Type", "")
    if "protobuf" in content_type:
        accepted = "accepted media types include: application/json, application/yaml"
        message = f"the body of the request was in an unknown format - {accepted}"
        raise StatusError(415, "UnsupportedMediaType", message)
    try:
        return json.loads(content)
    except ValueError:
        pass
    if "yaml" in content_type:
        try:
            return yaml.load(content, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            pass
    raise bad_request("the object provided is unrecognized (could not be parsed)")


def answered(body: Json, code: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    content = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(body=content, status=code, content_type="application/json", headers=headers)
