"""The account for a region allows what the worker does there, and nothing beside it."""

import re

import yaml

from bahriya_tui.model import rbac
from tests.cli.conftest import Commands
from tests.cli.outside import Outside
from tests.operator import Operator

_REQUEST = re.compile(
    r"(?P<method>[A-Z]+) (?:/api/v1|/apis/(?P<group>[a-z]+)/v1)"
    r"(?:/namespaces/(?P<namespace>[a-z0-9-]+))?(?:/(?P<resource>[a-z]+))?(?:/(?P<name>[^?]+))?(?P<query>\?.*)?"
)
Right = tuple[str, str, str]
TABLE = {(group, resource, verb) for group, resource, verbs in rbac.IN_PROJECTS for verb in verbs} | {
    ("", "namespaces", verb) for verb in rbac.NAMESPACES
}


def rights_used(request: str) -> set[Right]:
    """What a region asks of the rights of whoever sends this request."""
    found = _REQUEST.fullmatch(request)
    if found is None:
        return set()
    group, resource = found["group"] or "", found["resource"] or "namespaces"
    named = found["name"] is not None or resource == "namespaces"
    if found["method"] == "GET":
        watched = "watch=" in (found["query"] or "")
        return {(group, resource, "get" if named else "watch" if watched else "list")}
    # Server-side apply, which makes what is not there.
    verbs = {"PATCH": ("patch", "create"), "DELETE": ("delete",), "POST": ("create",), "PUT": ("update",)}
    return {(group, resource, verb) for verb in verbs[found["method"]]}


def test_the_rights_are_those_that_are_used(deployed: Operator, world: Outside, canary: str) -> None:
    image = f"{world.registry.address}/team/app:v2"
    where = ["--registry", "team", *world.everywhere]
    job = ["--type", "cronjob", "--schedule", "@hourly"]
    deployed.run("container", "add", "job", "--image", image, *job, *where)
    deployed.run("container", "add", "lost", "--image", f"{world.registry.address}/team/app:gone", *where)
    deployed.run("deploy", "job", "--canary", world.regions[0], "--soak", "1s")
    deployed.run("deploy", "lost", code=1)
    deployed.run("deploy", "app", "--canary", world.regions[0], "--soak", "1s")
    deployed.run("matrix", "--repair")
    rotate = ["--password-stdin", "--push-now", "--no-check"]
    deployed.run("registry", "rotate", "team", *rotate, password=canary)
    for handle in ("app", "job", "lost"):
        deployed.run("container", "terminate", handle, "--yes")
        deployed.run("container", "delete", handle, "--yes")
    deployed.run("registry", "delete", "team", "--yes")

    sent = {request for region in world.fleet.regions.values() for request in region.requests}
    used = {right for request in sent for right in rights_used(request)}
    # Events are read only where a pull backs off already when it is first looked at.
    assert used | {("", "events", "list")} == TABLE


def test_the_account_for_projects_has_no_right_outside_of_them(shop: Commands) -> None:
    made = list(yaml.safe_load_all(shop.good("region", "rbac", "helsinki-1").out))
    assert {(one["kind"], one["metadata"].get("namespace")) for one in made} == {
        ("Namespace", None),
        ("ServiceAccount", "bahriya-system"),
        ("ClusterRole", None),
        ("ClusterRoleBinding", None),
        ("Role", "bahriya-shop"),
        ("RoleBinding", "bahriya-shop"),
    }
    (everywhere,) = (one for one in made if one["kind"] == "ClusterRole")
    assert everywhere["rules"] == [
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"], "resourceNames": ["bahriya-shop"]}
    ]


def test_rights_in_every_namespace_are_asked_for_and_told(shop: Commands) -> None:
    assert "every namespace" not in shop.good("region", "rbac").err
    whole = shop.good("region", "rbac", "--any-project")
    assert "every namespace" in whole.err
    assert shop("region", "rbac", "nowhere-1").code == 4
