"""The namespace that a project owns in a region: made when absent, refused when somebody else's."""

from bahriya_tui.cluster.apply import apply
from bahriya_tui.cluster.objects import is_ours, path
from bahriya_tui.cluster.transport import Transport
from bahriya_tui.cluster.words import refusal
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.namespace import manifest


def ensure(transport: Transport, project: str) -> None:
    """Make sure the project's namespace is there and ours; raise `Failed` when it cannot be."""
    name = namespace(project)
    found = transport.request("GET", path("Namespace", name), metadata_only=True, timeout=5.0)
    if found.status == 404:
        found = apply(transport, manifest(project), metadata_only=True)
    if not found.ok:
        raise Failed(refusal(found, f"namespace {name}"))
    if not is_ours(found.body, project):
        raise Failed(
            f"namespace {name} is there already and not ours",
            "choose another project handle, or remove that namespace in the region",
        )
    if found.body["metadata"].get("deletionTimestamp"):
        raise Failed(f"namespace {name} is being deleted there", "deploy again when it is gone")
