"""Tokens that end: at half life the regions get the next one, as long as anything there pulls with them.

Only asks for it, as anybody does who wants a secret written anew; that is tried until the region confirms.
"""

from bahriya_tui.model import clock
from bahriya_tui.model.container import AppliedSecret
from bahriya_tui.store import removals, secret_writes, secrets
from bahriya_tui.store.driver import Connection
from bahriya_tui.worker.shared_store import SharedStore

ACTOR = "bahriya worker"
"""On whose behalf the credential is opened."""


def ask_for_next_tokens(store: SharedStore) -> None:
    """Ask for the next token in every pull secret that is due for it."""
    if not store.read(lambda c: secrets.to_refresh(c, clock.now())):
        return
    with store.write() as tx:
        now = clock.now()
        for one in secrets.to_refresh(tx.conn, now):
            secrets.refresh_asked(tx, one)
            if not _wanted(tx.conn, one):
                continue
            secret_writes.ask(
                tx,
                project=one.project,
                region=one.region,
                name=one.name,
                registry_id=one.registry_id,
                version=one.holds,
                reason=f"its token ends at {clock.minute(one.expires_at or now)}",
                actor=ACTOR,
                now=now,
            )


def _wanted(c: Connection, one: AppliedSecret) -> bool:
    """Tell whether a secret stays, is pulled with, and is not to get another version's token anyway."""
    here = {"project": one.project, "region": one.region}
    leaving = (
        removal.kind == "Secret" and removal.name == one.name for removal in removals.pending(c, **here)
    )
    coming = (write.name == one.name for write in secret_writes.pending(c, **here))
    return not any(leaving) and not any(coming) and secrets.needed(c, one)
