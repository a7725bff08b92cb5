"""Return a registry to an earlier version of its credentials; what runs keeps what it has until deployed."""

from bahriya_tui.model.checked import Checked
from bahriya_tui.model.clock import now
from bahriya_tui.model.ecr import refuse_ended
from bahriya_tui.model.errors import Failed
from bahriya_tui.operations import check as checking
from bahriya_tui.operations import reentry
from bahriya_tui.operations.prove import Connected, Rejected, outcome_of, unproven
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import history, registries


def return_registry(
    s: Session, project: str, handle: str, version: int, *, check: bool = True, again: bool = False
) -> Connected:
    """Make a kept earlier version the current one again; on any refusal nothing changes.

    Refused when it was dropped, never taken or withdrawn, when it cannot be opened, when it has ended, or
    when the registry does not take its token any more; one that it rejected before is not sent to it once
    more unless `again` says so. A declared expiry belonged to the other token, and goes.
    """
    registry = kept_registry(s.connection, project, handle)
    registries.refuse_return(s.connection, registry, version)
    kept = next(one for one in history.all(s.connection, registry.id) if one.version == version)
    refuse_ended(handle, kept, now())
    reason = reentry.reasons(s.connection, project).get((registry.id, version))
    if reason is not None:
        raise Failed(f"v{version} of registry {handle} cannot be opened: {reason}", "rotate it instead")
    images = checking.linked_images(s, registry)
    checked = checking.ask(s, registry, version, images, again=again) if check else None
    result = None if checked is None else checked.result
    if checked is not None and checked.result.refused:
        raise Rejected(f"v{version} of registry {handle}: {checking.refusal(checked)}", _hint(checked))
    with s.store.write() as tx:
        registries.return_to(tx, registry.id, version, now())
        returned = registries.edit(tx, registry.id, expires=None, now=now())
        record(
            tx,
            s.who,
            "registry.returned",
            f"registry {handle} was returned from v{registry.version} to v{version}",
            project=project,
            registry=handle,
            versions=[version],
            outcome=outcome_of(result),
        )
    forgotten = f"the declared expiry {registry.expires} belonged to v{registry.version} and was removed"
    return Connected(returned, ((forgotten,) if registry.expires else ()) + unproven(result), result)


def _hint(checked: Checked) -> str:
    if checked.result.login != "rejected":
        looks = "look at the token's rights and the images, or return it unchecked (--no-check)"
        return f"nothing was changed; {looks}"
    if checked.rejected_since is None:
        return "nothing was changed; its token may have been revoked: rotate instead"
    return "nothing was changed; rotate with a new token, or have it sent once more (--again)"
