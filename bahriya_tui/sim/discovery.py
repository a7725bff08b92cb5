"""What a region says about itself: version, groups, resources, and enough OpenAPI for `kubectl apply`."""

from bahriya_tui.sim.kinds import GROUPS, KINDS, VERBS, Json

VERSION = "v1.36.2"
"""The release whose behaviour is imitated."""


def about(path: str) -> Json | None:
    """The answer to a discovery path, or None when it is not one."""
    return _ANSWERS.get(path)


def _group(name: str) -> Json:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _resources(group: str) -> Json:
    version = f"{group}/v1" if group else "v1"
    resources: list[Json] = []
    for kind in KINDS:
        if kind.group != group:
            continue
        base = {"namespaced": kind.namespaced, "kind": kind.name, "singularName": kind.singular}
        names = {"name": kind.plural, "shortNames": list(kind.short), "categories": list(kind.categories)}
        resources.append(base | names | {"verbs": list(VERBS)})
        if kind.status:
            resources.append(base | {"name": f"{kind.plural}/status", "verbs": ["get", "patch", "update"]})
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def _openapi(group: str) -> Json:
    """One patch operation per kind: what kubectl looks for to know that validation happens in the server."""
    prefix = f"/apis/{group}/v1" if group else "/api/v1"
    paths = {}
    for kind in KINDS:
        if kind.group == group:
            inside = "/namespaces/{namespace}" if kind.namespaced else ""
            paths[f"{prefix}{inside}/{kind.plural}/{{name}}"] = {
                "patch": {
                    "parameters": [{"name": "fieldValidation", "in": "query"}],
                    "x-kubernetes-group-version-kind": {"group": group, "kind": kind.name, "version": "v1"},
                    "responses": {},
                }
            }
    info = {"title": "Kubernetes", "version": VERSION}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": {}}}


def _served(path: str) -> Json:
    return {"serverRelativeURL": f"/openapi/v3/{path}?hash=1"}


_MAJOR, _MINOR, _PATCH = VERSION.removeprefix("v").split(".")
_ANSWERS: dict[str, Json] = {
    "/version": {
        "major": _MAJOR,
        "minor": _MINOR,
        "gitVersion": VERSION,
        "gitCommit": "embedded",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "none",
        "compiler": "none",
        "platform": "linux/amd64",
    },
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in GROUPS]},
    "/api/v1": _resources(""),
    "/openapi/v3": {"paths": {path: _served(path) for path in ("api/v1", *(f"apis/{g}/v1" for g in GROUPS))}},
    "/openapi/v3/api/v1": _openapi(""),
}
for _name in GROUPS:
    _ANSWERS[f"/apis/{_name}"] = _group(_name) | {"kind": "APIGroup", "apiVersion": "v1"}
    _ANSWERS[f"/apis/{_name}/v1"] = _resources(_name)
    _ANSWERS[f"/openapi/v3/apis/{_name}/v1"] = _openapi(_name)
