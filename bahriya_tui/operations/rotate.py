"""Rotate a registry: a new version of its credentials; what runs keeps what it has until it is deployed."""

from typing import TYPE_CHECKING

from bahriya_tui.model import validate
from bahriya_tui.model.clock import now
from bahriya_tui.model.connection import ConnectionSettings, node_notes, settings_of
from bahriya_tui.model.ecr import refuse_temporary
from bahriya_tui.model.expiry import past_note
from bahriya_tui.model.registry import Registry
from bahriya_tui.model.server import normalise
from bahriya_tui.operations.check import linked_images
from bahriya_tui.operations.prove import Connected, outcome_of, reject, seal_and_check, unproven
from bahriya_tui.operations.record import record
from bahriya_tui.operations.scrub import scrub_after
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.settings import usable_settings
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken


def rotate_registry(
    s: Session,
    project: str,
    handle: str,
    *,
    read_token: "ReadToken",
    check: bool = True,
    expires: str | None = None,
    server: str | None = None,
    username: str | None = None,
    name: str | None = None,
    max_versions: int | None = None,
    settings: ConnectionSettings | None = None,
) -> Connected:
    """Make version N+1 the current one; if it is rejected, version N counts on, untouched.

    Another server or user name needs a new token too, and so is a rotation. `settings` are how the registry
    is asked from now on; None leaves them as they are, and so how many versions are kept. A declared expiry
    belonged to the old token, where there was one: it goes unless a new one is given.
    """
    registry = kept_registry(s.connection, project, handle)
    host = normalise(server) if server is not None else normalise(registry.server)
    account = validate.username(username if username is not None else registry.username)
    refuse_temporary(host.host, account)
    declared = expiry_after(registry, expires)
    if name is not None:
        validate.display_text("name", name)
    if max_versions is not None:
        validate.max_versions(max_versions)
    asked = settings_of(registry) if settings is None else usable_settings(settings)
    with s.store.write() as tx:
        version = registries.reserve_version(
            tx, registry, server=host.host, username=account, actor=s.actor, now=now()
        )
    try:
        result, notes = seal_and_check(
            s,
            registry,
            version,
            server=host.host,
            username=account,
            read_token=read_token,
            images=linked_images(s, registry) if check else None,
            settings=None if asked == settings_of(registry) else asked,
        )
        with s.store.write() as tx:
            before = kept_registry(tx.conn, project, handle)
            registries.accept_version(tx, registry.id, version, now())
            rotated = registries.edit(
                tx,
                registry.id,
                # What is not given stays as it is by now: reading and checking a token takes minutes.
                name=name,
                expires=declared,
                max_versions=max_versions,
                settings=None if settings is None else asked,
                now=now(),
            )
            record(
                tx,
                s.who,
                "registry.rotated",
                f"registry {handle} was rotated to v{version}, {account} at {host.host}",
                project=project,
                registry=handle,
                versions=[before.version, version] if before.version else [version],
                outcome=outcome_of(result),
            )
    except BaseException as error:
        with s.store.write() as tx:
            reject(tx, s, registry, version, error)
        scrub_after(s.store, error)
        raise
    changed = () if asked == settings_of(registry) else node_notes(asked)
    dates = past_note(declared, now()) + _forgotten(registry.expires, declared)
    told = notes + host.notes + changed + dates + unproven(result)
    return Connected(rotated, told, result)


def expiry_after(registry: Registry, given: str | None) -> str | None:
    """Give the declared expiry after a rotation of `registry` for which `given` was given, empty for none.

    One that was declared before the first token is of that one.
    """
    if given is None and registry.version == 0:
        return registry.expires
    return validate.expiry(given) if given else None


def _forgotten(old: str | None, new: str | None) -> tuple[str, ...]:
    if old is None or new is not None:
        return ()
    return (f"the declared expiry {old} belonged to the old token and was removed",)
