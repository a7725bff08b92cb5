"""Take logins that were found elsewhere as registries: a plan first, then one by one as if added by hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bahriya_tui.model import importing
from bahriya_tui.model.errors import BadInput, InUse
from bahriya_tui.model.importing import FoundLogin, Planned
from bahriya_tui.model.server import normalise
from bahriya_tui.operations.connect import connect_registry
from bahriya_tui.operations.prove import Connected
from bahriya_tui.operations.session import Session
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken


def plan_import(
    s: Session,
    project: str,
    found: Sequence[FoundLogin],
    *,
    only: Sequence[str] = (),
    handles: Mapping[str, str] | None = None,
) -> list[Planned]:
    """Say what becomes of each login; `only` names servers or keys, `handles` has handles by server.

    Raises `NotFound` for a server without a login, and `BadInput` for a handle that cannot be given.
    """
    chosen = {normalise(server).host: handle for server, handle in (handles or {}).items()}
    planned = importing.plan(
        importing.narrowed(found, only), registries.all(s.connection, project), dict(chosen)
    )
    new = {one.login.server for one in planned if one.fate == "new"}
    for server in chosen:
        if server not in new:
            raise BadInput(f"no login for {server} is taken", "look at the plan, without --handle")
    return planned


def take_login(
    s: Session,
    project: str,
    handle: str,
    login: FoundLogin,
    read_token: "ReadToken",
    *,
    resolved: "Callable[[int], FoundLogin] | None" = None,
    check: bool = True,
) -> Connected:
    """Add one login as registry `handle`; raises as `connect_registry` does, and why it cannot be taken.

    `resolved` gives a login with its user name, where a helper has to be run for that.
    """
    if login.helper and resolved is not None:
        login = resolved(login.number)
    if login.reason:
        raise BadInput(f"{login.words} cannot be taken", login.reason)
    there = importing.registry_of(login, registries.all(s.connection, project))
    if there is not None:
        raise InUse(f"{login.words} was not taken", importing.already(there))
    made = connect_registry(
        s,
        project,
        handle,
        server=login.server,
        username=login.username,
        read_token=read_token,
        check=check,
    )
    return Connected(made.registry, login.notes + made.notes, made.check)
