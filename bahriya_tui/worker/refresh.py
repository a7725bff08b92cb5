"""Tokens that end: at half life the regions get the next one, as long as anything there pulls with them.

Only asks for it, as anybody does who wants a secret written anew; that is tried until the region confirms.
"""

from bahriya_tui.model import clock
from bahriya_tui.store import secret_writes, secrets
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
            # Where another version's token is to come, this one must not take its place.
            coming = secret_writes.pending(tx.conn, project=one.project, region=one.region)
            if any(write.name == one.name for write in coming) or not secrets.needed(tx.conn, one):
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
