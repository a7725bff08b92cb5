"""Fields for people, whose text may come from outside: shown by a terminal, never obeyed."""

from bahriya_tui.failure import literal


def value(thing: object) -> str:
    """Write a field for people: a dash for nothing, yes and no, lists with commas."""
    if thing is None or thing == "" or thing == [] or thing == {}:
        return "-"
    if isinstance(thing, bool):
        return "yes" if thing else "no"
    if isinstance(thing, dict):
        return ", ".join(f"{literal(key)}={literal(one)}" for key, one in thing.items())
    if isinstance(thing, list | tuple):
        return ", ".join(literal(one) for one in thing)
    return literal(thing)
