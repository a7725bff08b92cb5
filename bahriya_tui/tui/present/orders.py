"""By what the lists can be sorted: for each column that has an order, what of an item is compared.

A column is named by its heading. What is drawn as `3 min ago` or `v10` is compared by its instant or number.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bahriya_tui.model import clock
from bahriya_tui.model.audit import Entry
from bahriya_tui.model.container import Container
from bahriya_tui.model.deployment import Deployment
from bahriya_tui.model.finding import STATES, Finding
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.tui.present import audit, expiry
from bahriya_tui.tui.view import View

if TYPE_CHECKING:
    from _typeshed import SupportsRichComparison

    Order = Callable[[Any], SupportsRichComparison]
    Orders = Mapping[str, Order]

NEVER = "9999"
"""Comes after every day and instant."""


def registries(view: View) -> "Orders":
    """Order registries; one that is not known to end ends last."""
    checked = {key: check.finished_at or NEVER for key, check in view.world.checks.items()}

    def expires(one: Registry) -> str:
        end = expiry.due(view, one.id)
        return NEVER if end is None else end.at

    return {
        "Handle": lambda one: one.handle,
        "Server": lambda one: one.server,
        "Username": lambda one: one.username,
        "Version": lambda one: one.version,
        "Expires": expires,
        "Used by": lambda one: len(view.links.get(one.id, ())),
        "Last check": lambda one: checked.get(one.id, ""),
    }


def containers(view: View) -> "Orders":  # noqa: ARG001
    """Order containers; those that pull with no registry come first."""

    def registry(one: Container) -> str:
        return one.registry or ""

    return {
        "Handle": lambda one: one.handle,
        "Image": lambda one: one.image,
        "Registry": registry,
        "Type": lambda one: one.type,
        "Replicas": lambda one: one.replicas,
        "Regions": lambda one: len(one.regions),
        "Status": lambda one: one.status if one.revision else "",
    }


def regions(view: View) -> "Orders":
    """Order regions; those that were never seen come first."""

    def seen(one: Region) -> str:
        return one.last_seen_at or ""

    return {
        "Region": lambda one: one.id,
        "City": lambda one: one.city,
        "Country": lambda one: one.country,
        "Status": lambda one: one.status,
        "Containers": lambda one: len(view.in_region.get(one.id, ())),
        "Pending": lambda one: len(view.removals.get(one.id, ())),
        "Last seen": seen,
        "Latency": lambda one: one.latency if one.latency is not None else -1.0,
    }


def deployments(now: str) -> "Orders":
    """Order deployments; by regions means by the share of them that got there."""

    def share(run: Deployment) -> float:
        good = "running" if run.kind == "deploy" else "terminated"
        return sum(region.state == good for region in run.regions) / max(1, len(run.regions))

    def took(run: Deployment) -> float:
        if run.started_at is None:
            return -1.0
        return (clock.parse(run.finished_at or now) - clock.parse(run.started_at)).total_seconds()

    return {
        "No": lambda run: run.id,
        "Container": lambda run: run.container,
        "Revision": lambda run: run.revision,
        "Kind": lambda run: run.kind,
        "State": lambda run: run.state,
        "Regions": share,
        "Started": lambda run: run.started_at or run.created_at,
        "Took": took,
        "By": lambda run: run.created_by,
        "Image": lambda run: run.spec.image,
    }


def entries() -> "Orders":
    """Order entries of the audit log."""

    def who(entry: Entry) -> str:
        return entry.user

    return {
        "Time": lambda entry: entry.seq,
        "Who": who,
        "Action": lambda entry: entry.action,
        "Object": audit.subject,
        "Version": lambda entry: [int(number) for number in entry.versions.split()],
        "Outcome": lambda entry: entry.outcome,
        "Regions": lambda entry: entry.regions,
        "From": lambda entry: entry.client,
    }


def findings() -> "Orders":
    """Order findings; by state the most pressing come first."""

    def pressing(finding: Finding) -> int:
        return STATES.index(finding.state)

    return {
        "Subject": lambda finding: finding.subject,
        "State": pressing,
        "Measured": lambda finding: finding.measured,
    }
