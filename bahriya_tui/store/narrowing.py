"""Conditions on columns, as far as values are given."""


def narrowed(**given: object) -> tuple[str, dict[str, object]]:
    """Give the condition that columns have these values, leaving out those that are None, and its parameters.

    `(:region IS NULL OR region = :region)` in one statement for all would look at every row of the table.
    """
    wanted = {column: value for column, value in given.items() if value is not None}
    return " AND ".join(f"{column} = :{column}" for column in wanted) or "true", wanted
