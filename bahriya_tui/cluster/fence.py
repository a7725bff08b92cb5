"""The mark that our workloads carry: which deployment applied them last, and by which claim on it.

Before each request that changes a region, also before each repetition, a worker asks the store whether the
deployment is still its own, so one that slept or froze sends nothing more once another has taken over. Who
took over looks at this mark first, and leaves a workload alone that shows a newer one.

Not covered is a request that was sent already, or is in the moment between that question and the sending: a
region may carry it out after the newer one, as it has no version to be held against. A newer rollout then
sees that its workload was changed, and says so. Pull secrets carry no such mark: what is in one follows from
its name, and where another token is put in, the region is told first to refuse all others (`pull_secret`).
"""

from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster.transport import Transport
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.manifests.marks import FENCE, Mark


def refuse_newer(transport: Transport, where: str, manifest: Mapping[str, Any], mark: Mark) -> None:
    """Look at the object at `where`, before it is changed; `Failed` when it carries a newer mark. One GET."""
    metadata, kind = manifest["metadata"], manifest["kind"]
    found = _mark(transport.request("GET", where, metadata_only=True).body)
    if found is not None and found > mark:
        raise Failed(
            f"{kind.lower()} {metadata['name']} belongs to deployment {found[0]} already, which is newer",
            "nothing was changed; if this store is an older copy, deploy again",
        )


def _mark(document: Mapping[str, Any]) -> Mark | None:
    metadata = document.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    text = labels.get(FENCE) if isinstance(labels, Mapping) else None
    deployment, dot, fence = text.partition(".") if isinstance(text, str) else ("", "", "")
    return (int(deployment), int(fence)) if dot and deployment.isdecimal() and fence.isdecimal() else None
