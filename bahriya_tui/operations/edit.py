"""Change what needs no new token. A container's changes count from its next deployment on.

Only leaving a region acts at once: the workload there is removed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from types import EllipsisType
from typing import Any

from bahriya_tui.model import validate
from bahriya_tui.model.check import CheckResult
from bahriya_tui.model.clock import now
from bahriya_tui.model.connection import ConnectionSettings, node_notes, settings_of
from bahriya_tui.model.container import Container
from bahriya_tui.model.errors import InUse
from bahriya_tui.model.expiry import past_note
from bahriya_tui.model.region import Region
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations import check as checking
from bahriya_tui.operations.define import linked
from bahriya_tui.operations.init_jobs import InitChange, with_init_jobs
from bahriya_tui.operations.leave import leave_regions
from bahriya_tui.operations.meanwhile import differing, refuse_overwriting
from bahriya_tui.operations.protect import record_protection, refuse_protected
from bahriya_tui.operations.prove import Connected, Rejected, unproven
from bahriya_tui.operations.record import record
from bahriya_tui.operations.regions import RegionPin, refuse_same_cluster
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.settings import usable_settings
from bahriya_tui.operations.usable import kept_registry, usable_registry
from bahriya_tui.store import checks, containers, deployments, regions, registries


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed container, and what its leaving of regions set going."""

    container: Container
    left: tuple[str, ...]
    """Regions it leaves: its workload there is being removed."""
    removals: tuple[int, ...]


def edit_registry(
    s: Session,
    project: str,
    handle: str,
    *,
    name: str | None = None,
    expires: str | EllipsisType | None = ...,
    max_versions: int | None = None,
    settings: ConnectionSettings | None = None,
    check: bool = True,
    again: bool = False,
    shown: Registry | None = None,
) -> Connected:
    """Change display name, declared expiry, how many versions are kept, or how it is asked from here.

    What is not given stays; `expires=None` removes the expiry. Given what was `shown` to whoever changes it,
    name and expiry that somebody else changed since are not written over (`InUse`). Other `settings` are
    tried first with the current version: when the registry speaks against it, or cannot be asked any more
    although it could be before, `Rejected` is raised and nothing is changed.
    """
    if name is not None:
        validate.display_text("name", name)
    if max_versions is not None:
        validate.max_versions(max_versions)
    declared = validate.expiry(expires) if isinstance(expires, str) else None
    before = kept_registry(s.connection, project, handle)
    asked = None if settings is None else usable_settings(settings)
    moved = asked is not None and asked != settings_of(before)
    result = _tried(s, before, asked, again) if asked is not None and moved and check else None
    with s.store.write() as tx:
        registry = kept_registry(tx.conn, project, handle)
        if shown is not None:
            given = {"name": name is not None, "expires": expires is not ...}
            refuse_overwriting(shown, registry, (field for field, changes in given.items() if changes))
        edited = registries.edit(
            tx,
            registry.id,
            name=name,
            expires=... if expires is ... else declared,
            max_versions=max_versions,
            settings=asked,
            now=now(),
        )
        message = f"registry {handle} was changed"
        record(tx, s.who, "registry.edited", message, project=project, registry=handle)
    told = past_note(declared, now()) + (node_notes(asked) if asked and moved else ())
    return Connected(edited, told + unproven(result), result)


def _tried(s: Session, registry: Registry, settings: ConnectionSettings, again: bool) -> CheckResult | None:
    """Ask for the current version in another way; `Rejected` where that does not do."""
    if registry.version == 0:
        return None
    last = checks.last(s.connection, registry.id)
    was_good = last is not None and last.result is not None and checking.read_result(last.result).good
    images = checking.linked_images(s, registry)
    checked = checking.ask(s, registry, registry.version, images, settings, again=again)
    if checked.result.refused or (was_good and not checked.result.good):
        raise Rejected(
            f"registry {registry.handle}: {checking.refusal(checked)}",
            "nothing was changed; look at the settings, or store them unchecked (--no-check)",
        )
    return checked.result


def edit_region(
    s: Session,
    id: str,  # noqa: A002
    *,
    name: str | None = None,
    city: str | None = None,
    country: str | None = None,
    pin: RegionPin | None = None,
    protected: bool | None = None,
    shown: Region | None = None,
) -> Region:
    """Change what is shown of a region, where it leads (`pin`), or its protection; None leaves it as it is.

    To lead a protected region elsewhere, or to take its protection away, it has to be named. `BadInput` where
    it would be the same cluster as another region. Given what was `shown` to whoever changes it, texts that
    somebody else changed since are not written over (`InUse`).
    """
    given = {"name": name, "city": city, "country": country}
    texts: dict[str, Any] = {
        field: validate.display_text(field, text) for field, text in given.items() if text is not None
    }
    with s.store.write() as tx:
        before = regions.get(tx.conn, id)
        if shown is not None:
            refuse_overwriting(shown, before, texts)
        if pin is not None:
            refuse_protected(s, tx.conn, [id], f"leading {id} elsewhere")
        if protected is False:
            refuse_protected(s, tx.conn, [id], f"taking the protection of {id} away")
        kept = before.protected if protected is None else protected
        changed = replace(before, **texts, **(_leading_to(pin) if pin else {}), protected=kept)
        if (changed.server, changed.ca_fingerprint) != (before.server, before.ca_fingerprint):
            refuse_same_cluster(tx.conn, changed)
            regions.forget_namespaces(tx, id)
        regions.update(tx, changed)
        if pin is not None:
            message = f"region {id} leads to {pin.server} now, by context {pin.context}"
            record(tx, s.who, "region.moved", message, region=id)
        elif texts or protected is None:
            record(tx, s.who, "region.edited", f"region {id} was changed", region=id)
        if changed.protected != before.protected:
            record_protection(tx, s.who, changed)
    return changed


def _leading_to(pin: RegionPin) -> dict[str, Any]:
    """Give the fields of a region that leads there; what was known of the former cluster may not hold."""
    return {**asdict(pin), "cron_api": "", "failures": 0, "next_check_at": None, "latencies": ""}


def edit_container(
    s: Session,
    project: str,
    handle: str,
    *,
    image: str | None = None,
    registry: str | EllipsisType | None = ...,
    replicas: int | None = None,
    port: int | None = None,
    env: Iterable[tuple[str, str]] | None = None,
    regions: Sequence[str] | None = None,
    name: str | None = None,
    type: str | None = None,  # noqa: A002
    schedule: str | None = None,
    init_jobs: Iterable[InitChange] = (),
    no_init: Iterable[str] = (),
    shown: Container | None = None,
) -> Edited:
    """Change a container; what is not given stays. `registry=None` unlinks it, `no_init` removes init jobs.

    Raises `InUse` when a region is to be left while a deployment is under way, or when, of what was `shown`
    to whoever changes it, somebody else changed the same since; `Protected` when a region is to be left that
    was not named.
    """
    at = now()
    with s.store.write() as tx:
        before = containers.get(tx.conn, project, handle)
        after = _changed(before, image, replicas, port, env, regions, name, type, schedule)
        if registry is not ...:
            found = None if registry is None else usable_registry(tx.conn, project, registry)
            after = linked(after, found)
        after = with_init_jobs(tx.conn, after, init_jobs, no_init)
        if shown is not None:
            refuse_overwriting(shown, before, differing(before, after))
        after = replace(after, updated_at=at)
        containers.update(tx, after)
        left = [region for region in before.regions if region not in after.regions]
        refuse_protected(s, tx.conn, left, f"taking {handle} out of regions")
        active = deployments.active(tx.conn, before.id) if left else None
        if active is not None:
            raise InUse(
                f"container {handle} cannot leave {', '.join(left)} while deployment {active.id} runs",
                f"wait for it, or cancel it: bahriya deployment cancel {active.id}",
            )
        removing = leave_regions(tx, before, left, at)
        message = f"container {handle} was changed" + (f" and leaves {', '.join(left)}" if left else "")
        record(tx, s.who, "container.edited", message, project=project, container=handle)
    if removing:
        s.wake_worker()
    return Edited(after, tuple(left), tuple(removing))


def _changed(
    container: Container,
    image: str | None,
    replicas: int | None,
    port: int | None,
    env: Iterable[tuple[str, str]] | None,
    regions: Sequence[str] | None,
    name: str | None,
    type_: str | None,
    schedule: str | None,
) -> Container:
    kind = container.type if type_ is None else validate.container_type(type_)
    same = kind == container.type
    kept_port = container.port if same else None
    kept_schedule = container.schedule if same else None
    # A container that becomes a cronjob loses its replicas, as it loses its port.
    kept_replicas = container.replicas if same or kind != "cronjob" else 1
    return replace(
        container,
        image=container.image if image is None else validate.image_reference(image),
        type=kind,
        replicas=validate.replicas(kind, kept_replicas if replicas is None else replicas),
        port=validate.port(kind, kept_port if port is None else port),
        env=container.env if env is None else validate.env(env),
        regions=container.regions if regions is None else validate.active_regions(regions),
        name=container.name if name is None else validate.display_text("name", name),
        schedule=validate.schedule(kind, kept_schedule if schedule is None else schedule),
    )
