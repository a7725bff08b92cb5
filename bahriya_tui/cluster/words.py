"""What a region's refusal means for an operator; the region's own words are kept wherever it has some."""

import re
from collections.abc import Mapping
from typing import Any

from bahriya_tui.cluster.transport import Answer

_TERMINATING = re.compile(r"namespace \S+ because it is being terminated|namespace \S+ is being terminated")
_WEBHOOK_DENIES = re.compile(r'admission webhook "([^"]+)" denied the request(?:: (.*))?')
_WEBHOOK_FAILS = re.compile(r'failed calling webhook "([^"]+)"')
_QUOTA = "exceeded quota"


def refusal(answer: Answer, thing: str) -> str:
    """Say in one line why the region did not do what was asked of it with `thing` (`deployment api`)."""
    said = " ".join(str(answer.body.get("message") or f"status {answer.status}").split())
    return f"{thing}: {_by_status(answer, said)}" if answer.status != 403 else f"{thing}: {_forbidden(said)}"


def _by_status(answer: Answer, said: str) -> str:
    if answer.status == 401:
        return f"the region refused the kubeconfig's credentials ({said}); renew them, then deploy again"
    if owners := conflicts(answer):
        return f"{owners}; remove the field there, or give it up in that tool, and deploy again"
    if answer.status == 429:
        return f"the region asks to wait{_how_long(answer.body)} (429); deploy again after that"
    if denied := _denial(said):
        return denied
    if failing := _WEBHOOK_FAILS.search(said):
        return f"admission webhook {failing[1]} does not answer there ({said}); have it repaired"
    if answer.status >= 500:
        return f"the region failed with {answer.status} ({said}); deploy again later"
    return f"refused with {answer.status}: {said}"


def _forbidden(said: str) -> str:
    """Tell apart what a region answers with 403: its rules for users are only one of the reasons."""
    if _TERMINATING.search(said):
        return f"its namespace is being deleted there ({said}); deploy again when it is gone"
    if _QUOTA in said:
        return f"the quota there does not allow it ({said}); {RAISE_QUOTA}"
    if denied := _denial(said):
        return denied
    return f"not permitted there ({said}); have the kubeconfig's user given this right, then deploy again"


RAISE_QUOTA = "free some of it or have it raised, then deploy again"
"""What to do when a quota is used up."""


def no_replica(said: str) -> tuple[str, str]:
    """Say why a region creates no pods, and what to do; `said` is what its Deployment shows."""
    if _QUOTA in said:
        return f"the quota there allows no further replica: {said}", RAISE_QUOTA
    if denied := _denial(said):
        return f"no replica can be created: {denied}", ""
    return f"no replica can be created: {said}", "see to that in the region, then deploy again"


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


def _denial(said: str) -> str:
    """Say which admission webhook denied a request, and why; empty when none did."""
    found = _WEBHOOK_DENIES.search(said)
    if found is None:
        return ""
    why = found[2] or "it gives no reason"
    return f"admission webhook {found[1]} denied it: {why}; change the container, or that policy there"


def _how_long(status: Mapping[str, Any]) -> str:
    seconds = (status.get("details") or {}).get("retryAfterSeconds")
    return f" {seconds} s" if isinstance(seconds, int) and seconds > 0 else ""
