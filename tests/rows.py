"""Everything that stands in a store, to show that a refusal wrote nothing."""

from bahriya_tui.store.driver import Connection


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Give the rows of every table by the table's name."""
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        table: [tuple(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2')]
        for table in tables
    }
