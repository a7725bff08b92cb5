"""Before a command does what needs the vault's key: a locked vault is unlocked, or it is refused."""

from typing import TYPE_CHECKING

from bahriya_tui.cli import output
from bahriya_tui.cli.options import Common
from bahriya_tui.operations import vault

if TYPE_CHECKING:
    from bahriya_tui.operations.session import Session


def refuse_locked(asked: Common, session: "Session") -> None:
    """Raise `VaultLocked` where `unlocked` would without asking anybody; nothing is unlocked."""
    if not asked.may_ask:
        vault.require_unlocked(session)


def unlocked(asked: Common, session: "Session") -> None:
    """Return when the key can be used; `VaultLocked` when it cannot and nobody is there to be asked."""
    if vault.is_locked(session) and asked.may_ask:
        output.note("the vault is locked; its passphrase unlocks it for an hour")
        vault.unlock(session)
    vault.require_unlocked(session)
