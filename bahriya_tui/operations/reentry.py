"""Which credentials have to be entered again, as far as it is known without opening anything."""

from typing import TYPE_CHECKING

from bahriya_tui.store import credentials
from bahriya_tui.vault.record import why_unreadable

if TYPE_CHECKING:
    from bahriya_tui.store.driver import Connection


def reasons(c: "Connection", project: str) -> dict[tuple[str, int], str]:
    """Give the reason for each registry id and version that needs re-entry."""
    found = {}
    for registry_id, version, sealed, unreadable in credentials.of_project(c, project):
        reason = unreadable or why_unreadable(sealed)
        if reason:
            found[registry_id, version] = reason
    return found
