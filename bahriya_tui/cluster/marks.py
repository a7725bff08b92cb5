"""The marks of tools that keep an object as they want it: whatever we change in it, they change back.

Helm: labels and annotations of Helm 3. Argo CD: its tracking annotation (its older tracking
by label cannot be told from the labels that charts set themselves). Flux: labels of its two controllers.
"""

from collections.abc import Mapping
from typing import Any

_HELM = "meta.helm.sh/release-name"
_ARGO_CD = "argocd.argoproj.io/tracking-id"
_FLUX = {"kustomize.toolkit.fluxcd.io": "kustomization", "helm.toolkit.fluxcd.io": "Helm release"}


def kept_by(document: Mapping[str, Any]) -> str:
    """Say which tool keeps an object, and what that means for our change; empty when none is marked.

    Flux is looked for first: what it installs through Helm carries the marks of both.
    """
    metadata = document.get("metadata") or {}
    marks: dict[str, str] = {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}
    for prefix, what in _FLUX.items():
        if name := marks.get(f"{prefix}/name"):
            where = f" in namespace {space}" if (space := marks.get(f"{prefix}/namespace")) else ""
            return f"Flux keeps it ({what} {name}{where}) and will revert our change; suspend it there first"
    if tracking := marks.get(_ARGO_CD):
        app = tracking.partition(":")[0]
        return f"Argo CD keeps it (application {app}) and will revert our change; take it out there first"
    if release := marks.get(_HELM):
        return (
            f"Helm keeps it (release {release}) and its next upgrade will revert our change;"
            " take it out of that release first"
        )
    return ""
