"""A check as it is told: of which version, when, from where; and why a rejected secret is not sent again.

Registries lock out whoever tries a wrong password too often: Docker Hub the account, GitLab the address.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bahriya_tui.model.check import CheckResult


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one version found, or had found before when it was not repeated."""

    handle: str
    version: int
    at: str
    """When the registry answered."""
    result: CheckResult
    rejected_since: str | None = None
    """Set when the registry was not asked this time, because it has rejected this secret since then."""

    @property
    def place(self) -> str:
        """From where it was asked."""
        return self.result.origin or "this machine"


def rejected_since(said: Iterable[tuple[str, str]]) -> str | None:
    """Tell since when a secret is known to be rejected; None where nothing forbids to send it.

    `said` are the instants and login verdicts of its checks, oldest first. A login that could not be proven
    says nothing; one that was accepted, or that nobody asked for, ends a rejection.
    """
    since: str | None = None
    for at, login in said:
        if login == "rejected":
            since = since or at
        elif login in ("accepted", "not needed"):
            since = None
    return since


def not_repeated(checked: Checked) -> str:
    """Say why the registry was not asked; empty when it was."""
    if checked.rejected_since is None:
        return ""
    return (
        f"v{checked.version} has been rejected since {checked.rejected_since} and was not sent again, "
        "because registries lock out who keeps trying"
    )
