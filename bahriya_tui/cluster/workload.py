"""What a deployment puts into a region besides pull secrets: Deployment or CronJob, for `http` a Service."""

from typing import Any

from bahriya_tui.cluster import cronjob, objects
from bahriya_tui.model.container import WorkloadKind
from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.handle import namespace

PATIENCE_SECONDS = 300
"""Without progress for so long a rollout counts as failed; its pods get as much again for each init job.

Half of Kubernetes' own default, and what Helm and Flux wait. By then a node that autoscaling adds is there,
and pods that still wait have said for minutes what for.
"""


def manifests(spec: Spec, deployment_id: int) -> list[dict[str, Any]]:
    """Give the objects in the order in which they are applied: what can be refused without harm comes first.

    The pod template carries the deployment's id, so that each deployment starts new pods; where a registry
    is named these pull always, and so prove the credential even if the node has the image.
    """
    if kind_of(spec) == "CronJob":
        return [_cronjob(spec, deployment_id)]
    return [*([_service(spec)] if needs_service(spec) else []), _deployment(spec, deployment_id)]


def kind_of(spec: Spec) -> WorkloadKind:
    """Tell of which kind the workload is that pods come from."""
    return "CronJob" if spec.type == "cronjob" else "Deployment"


def needs_service(spec: Spec) -> bool:
    """Tell whether the container is reached through a Service."""
    return spec.type == "http" and spec.port is not None


def _cronjob(spec: Spec, deployment_id: int) -> dict[str, Any]:
    """Describe a CronJob in the newest API version; a pod that fails is replaced, so that its log stays."""
    marks = _marks(spec, deployment_id)
    template = {"metadata": {"labels": marks}, "spec": {**_pod(spec), "restartPolicy": "Never"}}
    return {
        "apiVersion": cronjob.VERSIONS[0],
        "kind": "CronJob",
        "metadata": {**_metadata(spec), "labels": marks},
        "spec": {
            "schedule": spec.schedule,
            "jobTemplate": {"metadata": {"labels": marks}, "spec": {"template": template}},
        },
    }


def _deployment(spec: Spec, deployment_id: int) -> dict[str, Any]:
    marks = _marks(spec, deployment_id)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**_metadata(spec), "labels": marks},
        "spec": {
            "replicas": spec.replicas,
            "progressDeadlineSeconds": PATIENCE_SECONDS * (1 + len(spec.init_jobs)),
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
    if spec.init_jobs:
        pod["initContainers"] = [_init_container(job) for job in spec.init_jobs]
    if spec.secrets:
        pod["imagePullSecrets"] = [{"name": name} for name in spec.secrets]
    return pod


def _init_container(job: InitRun) -> dict[str, Any]:
    container: dict[str, Any] = {"name": job.name, "image": job.image}
    if job.registry is not None or job.secret is not None:
        container["imagePullPolicy"] = "Always"
    if job.command:
        container["command"] = list(job.command)
    return container


def _service(spec: Spec) -> dict[str, Any]:
    port = {"name": "http", "port": spec.port, "targetPort": spec.port, "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(spec),
        "spec": {"selector": _selector(spec), "ports": [port]},
    }


def _marks(spec: Spec, deployment_id: int) -> dict[str, str]:
    marks = objects.labels(spec.project, container=spec.container)
    return {**marks, objects.DEPLOYMENT_ID: str(deployment_id)}


def _metadata(spec: Spec) -> dict[str, Any]:
    marks = objects.labels(spec.project, container=spec.container)
    return {"name": spec.container, "namespace": namespace(spec.project), "labels": marks}


def _selector(spec: Spec) -> dict[str, str]:
    return {objects.PROJECT: spec.project, objects.CONTAINER: spec.container}
