"""Looks after sealed credentials: all are to be sealed for the keys in use, and old keys are to go.

There is no list of what is to be done: the credentials and the key files say it. So whoever is killed here,
or in the midst of a re-key, is followed by somebody who simply goes on.
"""

from functools import partial
from typing import Literal

from bahriya_tui.custody.files import destroy
from bahriya_tui.custody.holding import has
from bahriya_tui.model.errors import Locked
from bahriya_tui.store import credentials
from bahriya_tui.store.credentials import SealedVersion
from bahriya_tui.vault import keys
from bahriya_tui.vault.context import CredentialContext
from bahriya_tui.vault.record import why_unreadable
from bahriya_tui.vault.resealing import request
from bahriya_tui.worker.credential import MISSING
from bahriya_tui.worker.openers import reseal
from bahriya_tui.worker.run import Resources

Outcome = Literal["done", "waits", "nothing"]
_AT_ONCE = 50
"""Credentials that one opener seals again."""


def care(resources: Resources) -> Outcome:
    """Do the next piece of work; tell whether there was one, or one that waits for unlock.

    Raises `Locked` for a private key that is not safe, and `Failed` when an opener fails.
    """
    places = resources.places
    try:
        vault, recovery = keys.find_public(places.public_keys), keys.find_recovery(places.public_keys)
    except Locked:
        return "nothing"
    waits = False
    for key in resources.store.read(credentials.keys):
        kind = keys.kind_of(places.private_keys, key)
        if _judge_missing(resources, key, kind == "missing"):
            return "done"
        find = partial(credentials.stale, key=key, vault=vault.id, recovery=recovery.id, limit=_AT_ONCE)
        rows = resources.store.read(find)
        if rows and kind == "wrapped" and not has(places.private_keys, key):
            waits = True
        elif rows:
            _seal_again(resources, rows, key, vault, recovery)
            return "done"
    if _retire(resources, vault.id):
        return "done"
    return "waits" if waits else "nothing"


def _judge_missing(resources: Resources, key: bytes, missing: bool) -> bool:
    """Note which credentials nobody can open because their key is missing, or is there again."""
    doubtful = "" if missing else MISSING
    rows = resources.store.read(lambda c: credentials.of_key(c, key, doubtful))
    if not rows:
        return False
    with resources.store.write() as tx:
        for row in rows:
            why = (why_unreadable(row.sealed) or MISSING) if missing else ""
            credentials.judge(tx, row.registry_id, row.version, row.sealed, why)
    return True


def _seal_again(
    resources: Resources,
    rows: list[SealedVersion],
    key: bytes,
    vault: keys.PublicKey,
    recovery: keys.PublicKey,
) -> None:
    folders = resources.places
    path = str(keys.private_path(folders.private_keys, key))
    wanted = request([(row.sealed, CredentialContext(*row.bound_to)) for row in rows], vault, recovery, path)
    for line in reseal(wanted):
        row = rows[line["row"]]
        with resources.store.write() as tx:
            if line["result"] == "unreadable":
                credentials.judge(tx, row.registry_id, row.version, row.sealed, line["message"])
            elif keys.accepts(folders.public_keys, vault.id):
                new = bytes.fromhex(line["sealed"]), bytes.fromhex(line["recovery"])
                credentials.replace(tx, row, *new)


def _retire(resources: Resources, current: bytes) -> bool:
    """Bring old keys one step nearer to their end; False when none can go now.

    First nothing new may be sealed for such a key any more. Then, while nobody can write, it is removed if no
    credential that opens needs it; what was stored in between is sealed again before.
    """
    public, private = resources.places.public_keys, resources.places.private_keys
    for key in keys.marked(public, "retiring"):
        if key != current and resources.store.read(partial(credentials.readable, key=key)) == 0:
            keys.marker(public, key, "retiring").rename(keys.marker(public, key, "retired"))
            return True
    for key in keys.marked(public, "retired"):
        with resources.store.write() as tx:
            unneeded = credentials.readable(tx.conn, key) == 0
            if unneeded:
                destroy(keys.private_path(private, key))
                destroy(keys.wrapped_path(private, key))
        if unneeded:
            keys.marker(public, key, "retired").unlink()
            return True
    return False
