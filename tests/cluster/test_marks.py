"""Objects that Helm, Argo CD or Flux keep are known by their marks, each in its own words."""

from typing import Any

import pytest

from bahriya_tui.cluster.marks import kept_by


def marked(labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None) -> dict[str, Any]:
    return {"metadata": {"name": "api", "labels": labels, "annotations": annotations}}


HELM = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "prod"}
ARGO = {"argocd.argoproj.io/tracking-id": "webshop:apps/Deployment:prod/api"}
KUSTOMIZE = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
}
FLUX_HELM = {"helm.toolkit.fluxcd.io/name": "shop"}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (marked({"app.kubernetes.io/managed-by": "Helm"}, HELM), "Helm keeps it (release shop)"),
        (marked({}, ARGO), "Argo CD keeps it (application webshop)"),
        (marked(KUSTOMIZE), "Flux keeps it (kustomization apps in namespace flux-system)"),
        (marked(FLUX_HELM, HELM), "Flux keeps it (Helm release shop)"),
    ],
)
def test_each_tool_is_named_with_what_it_will_do_and_what_to_do_first(
    document: dict[str, Any], words: str
) -> None:
    said = kept_by(document)
    assert said.startswith(words)
    assert "will revert our change" in said
    assert said.endswith("first")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"metadata": {}},
        marked(),
        marked({"app.kubernetes.io/managed-by": "bahriya", "app": "api"}, {"a": "b"}),
    ],
)
def test_an_object_without_their_marks_is_nobodys(document: dict[str, Any]) -> None:
    assert kept_by(document) == ""
