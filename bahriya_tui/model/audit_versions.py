"""Whether registries are at the versions that the audit log knows of.

Whoever can write the store could put old rows back, or a credential of their own: both open, since sealing
needs only the public key. The log knows nothing of it, and cannot be made to without breaking its chain.
"""

from collections.abc import Iterable, Mapping

from bahriya_tui.model.audit import Entry, Finding

_SETS = ("registry.added", "registry.rotated", "registry.returned")


def strayed(entries: Iterable[Entry], versions: Mapping[tuple[str, str], int]) -> tuple[Finding, ...]:
    """Find registries at another version than the log last told; `versions` by project and handle.

    A registry that is older than the log, and was not rotated since, is in none of its entries.
    """
    told: dict[tuple[str, str], tuple[int, int]] = {}
    for entry in entries:
        if entry.project is None or entry.registry is None:
            continue
        of = (entry.project, entry.registry)
        if entry.action == "registry.deleted":
            told.pop(of, None)
        elif entry.action in _SETS and entry.versions:
            told[of] = (entry.seq, max(map(int, entry.versions.split())))
    return tuple(
        Finding("strayed", seq, seq, about=_about(of, versions.get(of)))
        for of, (seq, version) in sorted(told.items())
        if versions.get(of) != version
    )


def _about(of: tuple[str, str], now: int | None) -> str:
    at = "is gone" if now is None else f"is at v{now}"
    return f"registry {'/'.join(of)} {at}"
