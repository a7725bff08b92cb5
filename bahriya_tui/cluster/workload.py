"""What a deployment puts into a region besides the pull secret: a Deployment, and a Service for `http`."""

from typing import Any

from bahriya_tui.cluster import objects
from bahriya_tui.model.deployment import Spec
from bahriya_tui.model.handle import namespace


def manifests(spec: Spec, deployment_id: int) -> list[dict[str, Any]]:
    """Give the objects in the order in which they are applied: what can be refused without harm comes first.

    The pod template carries the deployment's id, so that each deployment starts new pods; where a registry
    is named these pull always, and so prove the credential even if the node has the image.
    """
    return [*([_service(spec)] if needs_service(spec) else []), _deployment(spec, deployment_id)]


def needs_service(spec: Spec) -> bool:
    """Tell whether the container is reached through a Service."""
    return spec.type == "http" and spec.port is not None


def _deployment(spec: Spec, deployment_id: int) -> dict[str, Any]:
    marks = objects.labels(spec.project, container=spec.container)
    marks[objects.DEPLOYMENT_ID] = str(deployment_id)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**_metadata(spec), "labels": marks},
        "spec": {
            "replicas": spec.replicas,
            "selector": {"matchLabels": _selector(spec)},
            "template": {
                "metadata": {"labels": marks},
                "spec": _pod(spec),
            },
        },
    }


def _pod(spec: Spec) -> dict[str, Any]:
    container: dict[str, Any] = {"name": spec.container, "image": spec.image}
    if spec.registry is not None or spec.secret is not None:
        container["imagePullPolicy"] = "Always"
    if spec.port is not None:
        container["ports"] = [{"containerPort": spec.port, "protocol": "TCP"}]
    if spec.env:
        container["env"] = [{"name": name, "value": value} for name, value in spec.env]
    pod: dict[str, Any] = {"containers": [container]}
    if spec.secret is not None:
        pod["imagePullSecrets"] = [{"name": spec.secret}]
    return pod


def _service(spec: Spec) -> dict[str, Any]:
    port = {"name": "http", "port": spec.port, "targetPort": spec.port, "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(spec),
        "spec": {"selector": _selector(spec), "ports": [port]},
    }


def _metadata(spec: Spec) -> dict[str, Any]:
    marks = objects.labels(spec.project, container=spec.container)
    return {"name": spec.container, "namespace": namespace(spec.project), "labels": marks}


def _selector(spec: Spec) -> dict[str, str]:
    return {objects.PROJECT: spec.project, objects.CONTAINER: spec.container}
