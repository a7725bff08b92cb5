"""The namespace that a project owns in a region."""

from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests.marks import Manifest, labels


def manifest(project: str) -> Manifest:
    """Give the namespace as it is applied."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": namespace(project), "labels": labels(project)},
    }
