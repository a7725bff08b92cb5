"""A new version of a registry's credentials: read and sealed in a process of its own, checked, then accepted.

The version number is reserved before, because the seal is bound to it. Whatever fails leaves the version that
counted before as it was; the sealed bytes of the failed one are dropped.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bahriya_tui.model.audit import Outcome
from bahriya_tui.model.check import CheckResult, sentence
from bahriya_tui.model.connection import ConnectionSettings
from bahriya_tui.model.errors import Failed
from bahriya_tui.model.hints import hints
from bahriya_tui.model.registry import Registry
from bahriya_tui.operations import check
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.store import registries

if TYPE_CHECKING:
    from sqlite_utils import Database

    from bahriya_tui.launch.tokens import ReadToken


class Rejected(Failed):
    """The registry spoke against the credential, or it is the one that is in use."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A registry whose new version counts from now on."""

    registry: Registry
    notes: tuple[str, ...]
    """Sentences about what was repaired in the input, or should be known."""
    check: CheckResult | None
    """None when no check was wanted."""


def seal_and_check(
    s: Session,
    registry: Registry,
    version: int,
    *,
    server: str,
    username: str,
    read_token: "ReadToken",
    images: list[str] | None,
    settings: ConnectionSettings | None = None,
) -> tuple[CheckResult | None, tuple[str, ...]]:
    """Fill a reserved version; check it with `images` unless that is None. Gives notes on the keys too.

    `settings` are tried where the registry is to be asked in another way than until now.

    Raises `Rejected` where the registry spoke against it, which one that could not be asked did not, and for
    the token of a version that was taken before: it would be revoked with that one, as the old token.
    """
    from bahriya_tui.operations.vault import ensure_keys
    from bahriya_tui.vault.context import CredentialContext
    from bahriya_tui.vault.keys import accepts
    from bahriya_tui.vault.record import parse

    notes = ensure_keys(s)
    context = CredentialContext(registry.project, registry.id, server, username, version)
    read = read_token(context)
    sealed = read.sealed
    with s.store.write() as tx:
        # Looked at while nobody else can write: the worker removes a key only when nothing is sealed for it.
        if not accepts(s.places.public_keys, parse(sealed.vault).key_id):
            raise Failed("the vault's key was changed meanwhile", "enter the token again")
        registries.keep_sealed(tx, registry.id, version, sealed.vault, sealed.recovery, read.facts)
    looks = read.facts.notes + hints(server, username, read.facts)
    notes += looks
    if images is None:
        return None, notes
    result = check.ask(s, registry, version, images, settings).result
    if result.refused:
        raise Rejected(
            f"registry {registry.handle}: {sentence(result)}",
            "; ".join(("nothing was changed", *looks, _hint(registry, result))),
        )
    return result, notes


def reject(tx: "Database", s: Session, registry: Registry, version: int, why: BaseException) -> None:
    """Drop a version that cannot count, and tell of it unless no token ever came for it."""
    if registries.reject_version(tx, registry.id, version):
        record(
            tx,
            s.who,
            "registry.rejected",
            f"v{version} of registry {registry.handle} was not taken",
            project=registry.project,
            registry=registry.handle,
            versions=[version],
            outcome="rejected" if isinstance(why, Rejected) else "failed",
        )


def outcome_of(result: CheckResult | None) -> Outcome:
    """Say for the record how well a version that was taken is proven."""
    return "not checked" if result is None else result.login


def unproven(result: CheckResult | None) -> tuple[str, ...]:
    """Give the sentence to show when a credential was stored although the check proved nothing."""
    return () if result is None or result.good else (f"stored, but not proven: {sentence(result)}",)


def _hint(registry: Registry, result: CheckResult) -> str:
    if result.repeats not in (None, registry.version):
        back = f"bahriya registry return {registry.handle} v{result.repeats}"
        return f"go back to it: {back}, or store it once more (--no-check)"
    if result.repeats is not None:
        return "make a new one where it is issued, or store it once more (--no-check)"
    if result.login == "rejected":
        return "look at user name and token, or store it unchecked (--no-check)"
    return "look at the token's rights and the images, or store it unchecked (--no-check)"
