"""What a region says about itself: version, groups, resources, and enough OpenAPI for `kubectl apply`."""

from dataclasses import replace
from functools import cache

from bahriya_tui.sim.kinds import CRON_VERSIONS, KINDS, VERBS, Json, Kind

VERSION = "v1.36.2"
"""The release whose behaviour is imitated."""


def about(path: str, cron_versions: tuple[str, ...] = CRON_VERSIONS) -> Json | None:
    """The answer to a discovery path, or None when it is not one."""
    return _answers(cron_versions).get(path)


def _kinds(cron_versions: tuple[str, ...]) -> dict[tuple[str, str], list[Kind]]:
    """Group and version to the kinds served there."""
    found: dict[tuple[str, str], list[Kind]] = {}
    for kind in KINDS:
        for version in cron_versions if kind.plural == "cronjobs" else ("v1",):
            found.setdefault((kind.group, version), []).append(replace(kind, version=version))
    return found


def _group(name: str, versions: list[str]) -> Json:
    named = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": named, "preferredVersion": named[0]}


def _resources(version: str, kinds: list[Kind]) -> Json:
    resources: list[Json] = []
    for kind in kinds:
        base = {"namespaced": kind.namespaced, "kind": kind.name, "singularName": kind.singular}
        names = {"name": kind.plural, "shortNames": list(kind.short), "categories": list(kind.categories)}
        resources.append(base | names | {"verbs": list(VERBS)})
        if kind.status:
            resources.append(base | {"name": f"{kind.plural}/status", "verbs": ["get", "patch", "update"]})
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def _openapi(prefix: str, kinds: list[Kind]) -> Json:
    """One patch operation per kind: what kubectl looks for to know that validation happens in the server."""
    paths = {}
    for kind in kinds:
        inside = "/namespaces/{namespace}" if kind.namespaced else ""
        known = {"group": kind.group, "kind": kind.name, "version": kind.version}
        paths[f"/{prefix}{inside}/{kind.plural}/{{name}}"] = {
            "patch": {
                "parameters": [{"name": "fieldValidation", "in": "query"}],
                "x-kubernetes-group-version-kind": known,
                "responses": {},
            }
        }
    info = {"title": "Kubernetes", "version": VERSION}
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": {}}}


def _served(path: str) -> Json:
    return {"serverRelativeURL": f"/openapi/v3/{path}?hash=1"}


_MAJOR, _MINOR, _PATCH = VERSION.removeprefix("v").split(".")
_VERSION: Json = {
    "major": _MAJOR,
    "minor": _MINOR,
    "gitVersion": VERSION,
    "gitCommit": "embedded",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "linux/amd64",
}


@cache
def _answers(cron_versions: tuple[str, ...]) -> dict[str, Json]:
    served = _kinds(cron_versions)
    groups: dict[str, list[str]] = {}
    answers: dict[str, Json] = {
        "/version": _VERSION,
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
    }
    prefixes = []
    for (group, version), kinds in served.items():
        prefix = f"apis/{group}/{version}" if group else f"api/{version}"
        prefixes.append(prefix)
        answers[f"/{prefix}"] = _resources(kinds[0].api_version, kinds)
        answers[f"/openapi/v3/{prefix}"] = _openapi(prefix, kinds)
        if group:
            groups.setdefault(group, []).append(version)
    described = [_group(name, versions) for name, versions in groups.items()]
    for one in described:
        answers[f"/apis/{one['name']}"] = one | {"kind": "APIGroup", "apiVersion": "v1"}
    answers["/apis"] = {"kind": "APIGroupList", "apiVersion": "v1", "groups": described}
    answers["/openapi/v3"] = {"paths": {prefix: _served(prefix) for prefix in prefixes}}
    return answers
