"""One request to a region, on a verified connection, by a process that locks itself in before it asks."""
