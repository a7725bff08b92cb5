"""Regions: Kubernetes clusters, known by a kubeconfig context and pinned to the server seen there first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContextPin:
    """What a kubeconfig says of one context, without its credentials."""

    context: str
    server: str
    ca_fingerprint: str
    """SHA-256 of the CA certificate(s) in PEM, hexadecimal; empty when the system's CAs are used."""


@dataclass(frozen=True, slots=True)
class Region:
    """One region; the credentials for it stay in the kubeconfig."""

    id: str
    name: str
    city: str
    country: str
    context: str
    kubeconfig: str
    server: str
    ca_fingerprint: str
    status: str
    """`active`, or `unreachable` when the last contact failed."""
    last_error: str
    last_seen_at: str | None
    created_at: str
    cron_api: str = ""
    """The API version that serves CronJobs there, such as `batch/v1`; empty while nobody has asked."""
    failures: int = 0
    """Contacts in a row that failed."""
    next_check_at: str | None = None
    """When a worker that lives looks again, while it is unreachable."""
    protected: bool = False
    """Whether it has to be named before anything is changed there; see `protection`."""
    latencies: str = ""
    """In how many milliseconds the latest contacts were connected, as `with_contact` writes them."""

    @property
    def contacts(self) -> tuple[float | None, ...]:
        """The milliseconds of the latest contacts, oldest first; None for those in a row that failed."""
        return tuple(None if one == _NO_ANSWER else float(one) for one in self.latencies.split())

    @property
    def latency(self) -> float | None:
        """The milliseconds of the last contact; None where it failed, or was not measured."""
        return self.contacts[-1] if self.latencies else None


CONTACTS = 60
"""So many latencies are kept of a region."""
_NO_ANSWER = "-"


def with_contact(latencies: str, ms: float | None) -> str:
    """Add a contact that was connected in `ms`, or failed; failures in a row are kept as one."""
    kept = latencies.split()
    if ms is not None:
        kept.append(f"{ms:.1f}")
    elif kept[-1:] != [_NO_ANSWER]:
        kept.append(_NO_ANSWER)
    return " ".join(kept[-CONTACTS:])
