"""Add a registry with the first version of its credentials."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bahriya_tui.model import validate
from bahriya_tui.model.clock import now
from bahriya_tui.model.connection import ConnectionSettings, node_notes
from bahriya_tui.model.ecr import refuse_temporary
from bahriya_tui.model.errors import BadInput
from bahriya_tui.model.expiry import past_note
from bahriya_tui.model.handle import check_handle
from bahriya_tui.model.image import parse
from bahriya_tui.model.matching import serves
from bahriya_tui.model.server import normalise
from bahriya_tui.operations.prove import Connected, outcome_of, reject, seal_and_check, unproven
from bahriya_tui.operations.record import record
from bahriya_tui.operations.scrub import scrub_after
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.settings import usable_settings
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
    settings: ConnectionSettings = ConnectionSettings(),  # noqa: B008
    images: Sequence[str] = (),
    check: bool = True,
) -> Connected:
    """Add a registry; on any failure nothing of it stays, and its version number is never used again.

    `images` are only tried with it, and not stored.
    """
    check_handle("registry", handle)
    host = normalise(server)
    refuse_temporary(host.host, validate.username(username))
    validate.display_text("name", name)
    declared = validate.expiry(expires) if expires else None
    asked, tried = usable_settings(settings), _served(host.host, images)
    with s.store.write() as tx:
        registry = registries.insert(
            tx,
            project,
            handle,
            name=name,
            server=host.host,
            username=username,
            expires=declared,
            plain_http=asked.plain_http,
            ca_file=asked.ca_file,
            proxy=asked.proxy,
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
            images=tried if check else None,
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
        scrub_after(s.store, error)
        raise
    told = notes + host.notes + past_note(declared, now()) + node_notes(asked) + unproven(result)
    return Connected(registry, told, result)


def _served(server: str, images: Sequence[str]) -> list[str]:
    for image in images:
        if not serves(server, parse(validate.image_reference(image))):
            raise BadInput(
                f"image {image} is on {parse(image).domain}, not on {server}", f"name one of {server}"
            )
    return list(images)
