"""Adopt pull secrets that others made in a region: find them, look who logs in where, and take a login.

The worker asks the region; what is in a secret comes back sealed, by way of the reserved version of a new
registry like any other.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bahriya_tui.model import importing
from bahriya_tui.model.clock import now
from bahriya_tui.model.errors import BadInput, Failed, error_in
from bahriya_tui.model.importing import ForeignSecret, FoundLogin
from bahriya_tui.operations import waiting
from bahriya_tui.operations.import_logins import take_login
from bahriya_tui.operations.prove import Connected
from bahriya_tui.operations.session import Session
from bahriya_tui.store import adoptions, regions

if TYPE_CHECKING:
    from bahriya_tui.launch.tokens import ReadToken, SealedToken
    from bahriya_tui.vault.context import CredentialContext

TIMEOUT = 60.0
"""Seconds to wait for the worker; a region that does not answer is given up after a few seconds."""


def find_foreign(s: Session, project: str, region: str, namespace: str = "") -> list[ForeignSecret]:
    """List the pull secrets of others in a region; raises what the region has against it."""
    found = _asked(s, project, region, "look", {"namespace": namespace})["secrets"]
    return [ForeignSecret(region, **one) for one in found]


def look_into(s: Session, project: str, region: str, secret: str) -> list[FoundLogin]:
    """List the logins in one secret, `NAMESPACE/NAME`, without what is secret; raises as `find_foreign`."""
    from bahriya_tui.operations.vault import ensure_keys

    namespace, name = _parts(secret)
    ensure_keys(s)
    found = _asked(s, project, region, "take", {"namespace": namespace, "secret": name})["logins"]
    source = f"secret {secret} in {region}"
    return [importing.found_login({**one, "source": source}) for one in found]


def adopt_login(
    s: Session, project: str, handle: str, region: str, secret: str, login: FoundLogin, *, check: bool = True
) -> Connected:
    """Add a login that `look_into` gave as registry `handle`; raises as `connect_registry` does."""
    reader = _reader(s, project, handle, region, secret, login.number)
    return take_login(s, project, handle, login, reader, check=check)


def the_one(found: Sequence[FoundLogin], secret: str, server: str | None) -> FoundLogin:
    """Choose the login that is meant; `BadInput` where several could be."""
    meant = importing.narrowed(found, [] if server is None else [server])
    if not meant:
        raise Failed(f"secret {secret} holds no login", "look at it in the region")
    if len(meant) > 1:
        keys = ", ".join(one.key for one in meant)
        raise BadInput(f"secret {secret} holds {len(meant)} logins", f"choose with --server one of: {keys}")
    return meant[0]


def _reader(s: Session, project: str, handle: str, region: str, secret: str, number: int) -> "ReadToken":
    namespace, name = _parts(secret)

    def read(context: "CredentialContext") -> "SealedToken":
        from bahriya_tui.launch.tokens import sealed_in

        wanted = {
            "namespace": namespace,
            "secret": name,
            "number": number,
            "handle": handle,
            "context": asdict(context),
        }
        return sealed_in(_asked(s, project, region, "take", wanted))

    return read


def _asked(
    s: Session, project: str, region: str, kind: adoptions.Kind, wanted: dict[str, Any]
) -> dict[str, Any]:
    """Have the worker ask a region; give its answer, or raise the error it ended with."""
    regions.get(s.connection, region)
    with s.store.write() as tx:
        number = adoptions.request(tx, project, region, kind, wanted, now(), s.actor)
    try:
        waiting.until(s, lambda: _result(s, number) is not None, TIMEOUT)
        result = _result(s, number)
    finally:
        with s.store.write() as tx:
            adoptions.take_out(tx, number)
    if result is None:
        raise Failed(f"region {region} was not asked within {TIMEOUT:.0f} s", f"look into {s.places.logs}")
    if error := error_in(result.get("error") or {}):
        raise error
    return result


def _result(s: Session, number: int) -> dict[str, Any] | None:
    asked = adoptions.get(s.connection, number)
    return None if asked is None else asked.result


def _parts(secret: str) -> tuple[str, str]:
    namespace, slash, name = secret.partition("/")
    if not slash or not namespace or not name or "/" in name:
        raise BadInput(f"secret {secret[:80]!r} names no namespace", "write it as --secret NAMESPACE/NAME")
    return namespace, name
