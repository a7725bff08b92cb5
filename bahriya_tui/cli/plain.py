"""Text that comes from outside, made harmless for a terminal: shown, never obeyed."""


def literal(text: object) -> str:
    """Give `text` with everything unprintable as an escape: control, invisible and direction marks."""
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(char if char.isprintable() else _escape(char) for char in shown)


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


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")
