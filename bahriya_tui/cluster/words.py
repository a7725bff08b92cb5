"""What a region's refusal means for an operator; the region's own words are kept wherever it has some."""

from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster.transport import Answer


def refusal(answer: Answer, thing: str) -> str:
    """Say in one line why the region did not do what was asked of it with `thing` (`deployment api`)."""
    said = " ".join(str(answer.body.get("message") or f"status {answer.status}").split())
    if answer.status == 401:
        return f"{thing}: the region refused the kubeconfig's credentials ({said}); renew them"
    if answer.status == 403:
        return f"{thing}: not permitted there: {said}"
    if owners := conflicts(answer):
        return f"{thing}: {owners}; remove the field there, or give it up in that tool, and deploy again"
    if answer.status == 429:
        return f"{thing}: the region asks to wait (429); deploy again later"
    return f"{thing}: refused with {answer.status}: {said}"


def conflicts(answer: Answer) -> str:
    """Name who owns fields that an apply wanted: `kubectl-edit owns .spec.replicas`; empty if nobody does."""
    if answer.status != 409:
        return ""
    status: Mapping[str, Any] = answer.body
    owned: dict[str, list[str]] = {}
    for cause in (status.get("details") or {}).get("causes") or []:
        if cause.get("reason") == "FieldManagerConflict":
            manager = _manager(str(cause.get("message", "")))
            owned.setdefault(manager, []).append(str(cause.get("field", "?")))
    return " and ".join(f"{manager} owns {', '.join(fields)}" for manager, fields in owned.items())


def _manager(message: str) -> str:
    """Read the manager out of `conflict with "kubectl-edit" using apps/v1`."""
    parts = message.split('"')
    return parts[1] if len(parts) > 2 else "another manager"
