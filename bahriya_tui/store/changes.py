"""How often containers, placements and pull secrets have changed, for whoever has read them before."""

from bahriya_tui.store.driver import Connection


def counts(c: Connection) -> dict[str, int]:
    """Give a number for each kind that rises with every change: `container`, `placement`, `secret`.

    A container's regions and init jobs count as itself, a placement's secrets as the placement.
    """
    return {row["kind"]: row["number"] for row in c.execute("SELECT kind, number FROM change")}
