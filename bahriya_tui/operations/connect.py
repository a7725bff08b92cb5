"""Add a registry with the first version of its credentials."""

from pathlib import Path
from typing import TYPE_CHECKING

from bahriya_tui.model import validate
from bahriya_tui.model.clock import now
from bahriya_tui.model.ecr import refuse_temporary
from bahriya_tui.model.errors import NotFound
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.server import normalise
from bahriya_tui.operations.prove import Connected, outcome_of, reject, seal_and_check, unproven
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken


def connect_registry(
    s: Session,
    project: str,
    handle: str,
    *,
    server: str,
    username: str,
    read_token: "ReadToken",
    name: str = "",
    expires: str | None = None,
    plain_http: bool = False,
    ca_file: str | None = None,
    check: bool = True,
) -> Connected:
    """Add a registry; on any failure nothing of it stays, and its version number is never used again."""
    check_handle("registry", handle)
    host = normalise(server)
    refuse_temporary(host.host, validate.username(username))
    validate.display_text("name", name)
    declared = validate.expiry(expires) if expires else None
    trusted = _existing_file(ca_file)
    with s.store.write() as tx:
        registry = registries.insert(
            tx,
            project,
            handle,
            name=name,
            server=host.host,
            username=username,
            expires=declared,
            plain_http=plain_http,
            ca_file=trusted,
            now=now(),
        )
        version = registries.reserve_version(
            tx, registry, server=host.host, username=username, actor=s.actor, now=now()
        )
    try:
        result, notes = seal_and_check(
            s,
            registry,
            version,
            server=host.host,
            username=username,
            read_token=read_token,
            images=[] if check else None,
        )
        with s.store.write() as tx:
            registry = registries.accept_version(tx, registry.id, version, now())
            record(
                tx,
                s.who,
                "registry.added",
                f"registry {handle} was added with v{version}, {username} at {host.host}",
                project=project,
                registry=handle,
                versions=[version],
                outcome=outcome_of(result),
            )
    except BaseException as error:
        with s.store.write() as tx:
            reject(tx, s, registry, version, error)
            registries.delete(tx, registry.id)
        s.store.scrub()
        raise
    return Connected(registry, notes + host.notes + unproven(result), result)


def _existing_file(path: str | None) -> str | None:
    if path is None:
        return None
    found = Path(path).expanduser().absolute()
    if not found.is_file():
        raise NotFound(f"there is no CA file {path}", "name a file with PEM certificates")
    return str(found)
