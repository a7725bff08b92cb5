"""CronJobs: regions serve them as `batch/v1`, those before Kubernetes 1.21 as `batch/v1beta1`."""

from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster.apply import apply
from bahriya_tui.cluster.objects import path
from bahriya_tui.cluster.transport import Answer, Transport
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.manifests.workload import CRON_VERSIONS, in_order


def apply_cronjob(
    transport: Transport, manifest: Mapping[str, Any], known: str = "", *, force: bool = False
) -> tuple[Answer, str]:
    """Apply a CronJob in the version that the region serves; gives that version too.

    Raises `Failed` where it serves none.
    """
    for version in in_order(known):
        answer = apply(transport, {**manifest, "apiVersion": version}, force=force)
        if not is_unserved(answer):
            return answer, version
    raise unserved(manifest["metadata"]["name"])


def find(transport: Transport, namespace: str, name: str, known: str = "") -> str:
    """Give the path at which a region serves this CronJob, whether it is there or not."""
    for version in in_order(known):
        where = path("CronJob", namespace, name, version)
        if not is_unserved(transport.request("GET", where, metadata_only=True)):
            return where
    raise unserved(name)


def is_unserved(answer: Answer) -> bool:
    """Tell whether a region does not know the API asked for: its 404 names no object and no namespace."""
    details = answer.body.get("details")
    return answer.status == 404 and not (isinstance(details, dict) and details.get("kind"))


def unserved(name: str) -> Failed:
    """Say that a region has no CronJobs at all."""
    return Failed(
        f"cronjob {name}: the region serves it neither as {' nor as '.join(CRON_VERSIONS)}",
        "look at the proxy in front of it, or take the container out of this region",
    )
