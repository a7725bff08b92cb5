"""Push a registry's current token into the secrets of older versions, for a token that leaked.

Workloads are not touched: their pull secret keeps its name and gets another content.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bahriya_tui.model.clock import now
from bahriya_tui.model.container import AppliedSecret, SecretWrite
from bahriya_tui.model.errors import Unattended
from bahriya_tui.operations import waiting
from bahriya_tui.operations.protect import refuse_protected
from bahriya_tui.operations.record import record
from bahriya_tui.operations.session import Session
from bahriya_tui.operations.usable import kept_registry
from bahriya_tui.store import history, secret_writes, secrets


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was asked of the regions."""

    withdrawn: tuple[int, ...]
    """The versions whose token is never sent again."""
    writes: tuple[int, ...]
    notes: tuple[str, ...]


def holding(s: Session, project: str, handle: str) -> list[str]:
    """List the regions with pull secrets of a registry: those that a push after a rotation writes to."""
    registry = kept_registry(s.connection, project, handle)
    return [secret.region for secret in secrets.applied(s.connection, registry_id=registry.id)]


def push_now(s: Session, project: str, handle: str) -> Pushed:
    """Let the current version's token stand for all older ones, in the regions and in what is yet to come.

    A version for another server keeps its token, since the new one is of no use there; a note says so.
    `Protected` for regions that were not named.
    """
    at = now()
    with s.store.write() as tx:
        registry = kept_registry(tx.conn, project, handle)
        withdrawn = history.withdraw(tx, registry)
        there = secrets.applied(tx.conn, registry_id=registry.id)
        asked = []
        changed, others = to_rewrite(there, registry.version, withdrawn)
        refuse_protected(s, tx.conn, [one.region for one in changed], f"a push of registry {handle}")
        for secret in changed:
            number = secret_writes.ask(
                tx,
                project=project,
                region=secret.region,
                name=secret.name,
                registry_id=registry.id,
                version=registry.version,
                reason=f"v{secret.holds} was withdrawn",
                actor=s.actor,
                now=at,
            )
            asked.append(number)
        record(
            tx,
            s.who,
            "registry.pushed",
            f"v{registry.version} of registry {handle} goes into {len(asked)} pull secrets of older versions",
            project=project,
            registry=handle,
            versions=[*withdrawn, registry.version],
        )
    if asked:
        s.wake_worker()
    return Pushed(tuple(withdrawn), tuple(asked), left_alone(others))


def wait_writes(s: Session, ids: Sequence[int], timeout: float) -> list[SecretWrite]:
    """Wait until every region has confirmed or could not be reached; gives what is still pending.

    Without a worker that can be started here nobody answers, and nothing is waited for.
    """

    def each() -> list[SecretWrite]:
        return [secret_writes.get(s.connection, number) for number in ids]

    if ids:
        with suppress(Unattended):
            waiting.until(s, lambda: all(one.state == "done" or one.last_error for one in each()), timeout)
    return [one for one in each() if one.state == "pending"]


def to_rewrite(
    there: Sequence[AppliedSecret], version: int, withdrawn: Collection[int]
) -> tuple[list[AppliedSecret], list[AppliedSecret]]:
    """Give the pull secrets that get the token of `version`, and those that are for another server."""
    meant = [one for one in there if one.version in withdrawn or one.version == version]
    return [one for one in meant if one.holds != version], [one for one in there if one not in meant]


def left_alone(others: Sequence[AppliedSecret]) -> tuple[str, ...]:
    """Say which pull secrets a push leaves as they are; empty when there are none."""
    if not others:
        return ()
    names = ", ".join(dict.fromkeys(f"{one.name} in {one.region}" for one in others))
    return (f"left as it is, since it is for another server: {names}",)
