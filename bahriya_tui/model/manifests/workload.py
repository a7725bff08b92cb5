"""What a deployment puts into a region besides pull secrets: Deployment or CronJob, for `http` a Service."""

from bahriya_tui.model.container import WorkloadKind
from bahriya_tui.model.deployment import InitRun, Spec
from bahriya_tui.model.handle import namespace
from bahriya_tui.model.manifests import marks
from bahriya_tui.model.manifests.marks import Manifest, Mark, stamped

CRON_VERSIONS = ("batch/v1", "batch/v1beta1")
"""In which regions serve CronJobs: those before Kubernetes 1.21 in the second."""

PATIENCE_SECONDS = 300
"""Without progress for so long a rollout counts as failed; its pods get as much again for each init job.

Half of Kubernetes' own default, and what Helm and Flux wait. By then a node that autoscaling adds is there,
and pods that still wait have said for minutes what for.
"""


def manifests(spec: Spec, deployment_id: int) -> list[Manifest]:
    """Give the objects in the order in which they are applied: what can be refused without harm comes first.

    The pod template carries the deployment's id, so that each deployment starts new pods; where a registry
    is named these pull always, and so prove the credential even if the node has the image.
    """
    if kind_of(spec) == "CronJob":
        return [_cronjob(spec, deployment_id)]
    return [*([_service(spec)] if needs_service(spec) else []), _deployment(spec, deployment_id)]


def applied_by(mark: Mark, spec: Spec) -> list[Manifest]:
    """Give the objects as the deployment and claim named by `mark` apply them, in that order."""
    return [stamped(one, mark) for one in manifests(spec, mark[0])]


def in_order(known: str) -> tuple[str, ...]:
    """Give the versions of CronJobs in the order in which a region is asked: first the one it is known for.

    The other one follows all the same: a region may have been upgraded.
    """
    return (
        (known, *(one for one in CRON_VERSIONS if one != known)) if known in CRON_VERSIONS else CRON_VERSIONS
    )


def kind_of(spec: Spec) -> WorkloadKind:
    """Tell of which kind the workload is that pods come from."""
    return "CronJob" if spec.type == "cronjob" else "Deployment"


def needs_service(spec: Spec) -> bool:
    """Tell whether the container is reached through a Service."""
    return spec.type == "http" and spec.port is not None


def _cronjob(spec: Spec, deployment_id: int) -> Manifest:
    """Describe a CronJob in the newest API version; a pod that fails is replaced, so that its log stays."""
    labels = _labels(spec, deployment_id)
    template = {"metadata": {"labels": labels}, "spec": {**_pod(spec), "restartPolicy": "Never"}}
    return {
        "apiVersion": CRON_VERSIONS[0],
        "kind": "CronJob",
        "metadata": {**_metadata(spec), "labels": labels},
        "spec": {
            "schedule": spec.schedule,
            "jobTemplate": {"metadata": {"labels": labels}, "spec": {"template": template}},
        },
    }


def _deployment(spec: Spec, deployment_id: int) -> Manifest:
    labels = _labels(spec, deployment_id)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**_metadata(spec), "labels": labels},
        "spec": {
            "replicas": spec.replicas,
            "progressDeadlineSeconds": PATIENCE_SECONDS * (1 + len(spec.init_jobs)),
            "selector": {"matchLabels": _selector(spec)},
            "template": {
                "metadata": {"labels": labels},
                "spec": _pod(spec),
            },
        },
    }


def _pod(spec: Spec) -> Manifest:
    container: Manifest = {"name": spec.container, "image": spec.image}
    if spec.registry is not None or spec.secret is not None:
        container["imagePullPolicy"] = "Always"
    if spec.port is not None:
        container["ports"] = [{"containerPort": spec.port, "protocol": "TCP"}]
    if spec.env:
        container["env"] = [{"name": name, "value": value} for name, value in spec.env]
    pod: Manifest = {"containers": [container]}
    if spec.init_jobs:
        pod["initContainers"] = [_init_container(job) for job in spec.init_jobs]
    if spec.secrets:
        pod["imagePullSecrets"] = [{"name": name} for name in spec.secrets]
    return pod


def _init_container(job: InitRun) -> Manifest:
    container: Manifest = {"name": job.name, "image": job.image}
    if job.registry is not None or job.secret is not None:
        container["imagePullPolicy"] = "Always"
    if job.command:
        container["command"] = list(job.command)
    return container


def _service(spec: Spec) -> Manifest:
    port = {"name": "http", "port": spec.port, "targetPort": spec.port, "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(spec),
        "spec": {"selector": _selector(spec), "ports": [port]},
    }


def _labels(spec: Spec, deployment_id: int) -> dict[str, str]:
    own = marks.labels(spec.project, container=spec.container)
    return {**own, marks.DEPLOYMENT_ID: str(deployment_id)}


def _metadata(spec: Spec) -> Manifest:
    own = marks.labels(spec.project, container=spec.container)
    return {"name": spec.container, "namespace": namespace(spec.project), "labels": own}


def _selector(spec: Spec) -> dict[str, str]:
    return {marks.PROJECT: spec.project, marks.CONTAINER: spec.container}
