"""Whether there is something for the worker to do, and when: what it asks before it goes to sleep or ends."""

from bahriya_tui.model import clock
from bahriya_tui.model.backoff import FARTHEST_SECONDS
from bahriya_tui.store import secret_writes
from bahriya_tui.store.deletions import ANSWERED
from bahriya_tui.store.driver import Connection
from bahriya_tui.store.leases import LEASE_SECONDS

_DUE = f"""
SELECT min(at) FROM (
  SELECT min(created_at) AS at FROM deployment WHERE state = 'queued'
  UNION ALL
  SELECT min(lease_until) FROM deployment WHERE state IN ('running', 'cancelling')
  UNION ALL
  SELECT min(requested_at) FROM registry_check WHERE state = 'queued'
  UNION ALL
  SELECT min(requested_at) FROM adoption WHERE state = 'queued'
  UNION ALL
  SELECT min(requested_at) FROM region_check
  UNION ALL
  SELECT min(requested_at) FROM read_back WHERE requested_at IS NOT NULL
  UNION ALL
  SELECT min(next_try_at) FROM removal WHERE state = 'pending'
  UNION ALL
  SELECT min(next_try_at) FROM secret_write WHERE state = 'pending'
  UNION ALL
  SELECT min(refresh_at) FROM applied_secret WHERE refresh_at IS NOT NULL
  UNION ALL
  SELECT min(deleting_since) FROM registry WHERE {ANSWERED}
)
"""  # noqa: S608
_BEFORE_THE_CLOCK_WAS_PUT_BACK = f"""
SELECT EXISTS (SELECT 1 FROM deployment WHERE state = 'queued' AND created_at > :now)
  OR EXISTS (SELECT 1 FROM deployment WHERE state IN ('running', 'cancelling') AND lease_until > :lease)
  OR EXISTS (SELECT 1 FROM registry_check WHERE state = 'queued' AND requested_at > :now)
  OR EXISTS (SELECT 1 FROM adoption WHERE state = 'queued' AND requested_at > :now)
  OR EXISTS (SELECT 1 FROM region_check WHERE requested_at > :now)
  OR EXISTS (SELECT 1 FROM read_back WHERE requested_at > :now)
  OR EXISTS (SELECT 1 FROM removal WHERE state = 'pending' AND next_try_at > :removal)
  OR EXISTS (SELECT 1 FROM secret_write WHERE state = 'pending' AND next_try_at > :secret_write)
  OR EXISTS (SELECT 1 FROM registry WHERE {ANSWERED})
"""  # noqa: S608
"""What nobody could have written by the present clock: it is not waited for, which might take hours."""

_SILENT_SECONDS = 60.0
"""So long after its lease, or after it was asked for, a deployment has no worker that lives."""
_LEFT_ALONE = """
SELECT count(*) > 0 AND max(kept) = 0 FROM (
  SELECT lease_until >= :before AS kept FROM deployment WHERE state IN ('running', 'cancelling')
  UNION ALL
  SELECT 0 FROM deployment WHERE state = 'queued' AND created_at < :before
)
"""


def next_due(c: Connection) -> str | None:
    """Give the instant from which on there is work: past for what is queued, None when there is none at all.

    A running deployment counts from the end of its lease, when another worker may take it over.
    """
    at: str | None = c.execute(_DUE).fetchone()[0]
    return at


def anything(c: Connection, now: str) -> bool:
    """Tell whether any can be taken up now: a deployment, check, read-back, removal, deletion or secret."""
    at = next_due(c)
    if at is None or at <= now:
        return at is not None
    latest = {
        "now": now,
        "lease": clock.later(now, LEASE_SECONDS),
        "removal": clock.later(now, FARTHEST_SECONDS),
        "secret_write": clock.later(now, secret_writes.FARTHEST_SECONDS),
    }
    return bool(c.execute(_BEFORE_THE_CLOCK_WAS_PUT_BACK, latest).fetchone()[0])


def left_alone(c: Connection, now: str) -> bool:
    """Tell whether deployments have had no worker for a minute: neither a lease, nor anybody to begin them.

    While the worker keeps one, the others wait for their turn.
    """
    return bool(c.execute(_LEFT_ALONE, {"before": clock.later(now, -_SILENT_SECONDS)}).fetchone()[0])
