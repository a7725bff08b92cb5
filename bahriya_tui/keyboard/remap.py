"""The rules by which wishes for keys become a table. A wish is an action's name and the keys it is to have.

A name alone means the action wherever it works; `place.name` means it there, and goes before a name alone.
A wish goes before a default key, which is then lost to who had it; two wishes for one key are a mistake.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bahriya_tui.keyboard import spelling
from bahriya_tui.keyboard.keymap import Keymap
from bahriya_tui.keyboard.table import NEEDED, SCOPES, TABLE, TYPED, Key
from bahriya_tui.model.errors import BadInput

Spot = tuple[int, str]
"""A row of the table by its number, and one of the places where it works."""
Held = dict[Spot, tuple[str, ...]]
_EVERYWHERE: Held = {(number, place): row.each for number, row in enumerate(TABLE) for place in row.places}


def remapped(wishes: Mapping[str, object]) -> Keymap:
    """Give the table with `wishes` fulfilled, or the default one with what is wrong with them."""
    mistakes: list[BadInput] = []
    wanted: Held = {}
    for name in sorted(wishes, key=lambda name: "." in name):
        spots = _spots(name)
        if not spots:
            mistakes.append(_unknown(name))
            continue
        try:
            keys = _keys(name, wishes[name], spots)
        except BadInput as error:
            mistakes.append(error)
        else:
            wanted |= dict.fromkeys(spots, keys)
    takers: dict[Spot, dict[str, Spot]] = {}
    clashes: dict[tuple[str, str, str], BadInput] = {}
    for key, one, other in _meetings(_EVERYWHERE | wanted):
        if one in wanted and other in wanted:
            clashes.setdefault((key, _name(one), _name(other)), _clash(key, one, other))
        elif one in wanted or other in wanted:
            taker, loser = (one, other) if one in wanted else (other, one)
            takers.setdefault(loser, {})[key] = taker
    held = _EVERYWHERE | wanted
    for loser, taken in takers.items():
        held[loser] = tuple(key for key in held[loser] if key not in taken)
    needed = [_needed(spot, takers.get(spot, {})) for spot, keys in held.items() if _stuck(spot, keys)]
    if mistakes or clashes or needed:
        return Keymap(mistakes=(*mistakes, *clashes.values(), *needed))
    table = tuple(row for number in range(len(TABLE)) for row in _rows(number, held))
    return Keymap(table, lost=tuple(_losses(takers, held)))


def names() -> list[str]:
    """Give every name that a wish may have, without those of one place."""
    return list(dict.fromkeys(row.name for row in TABLE))


def _spots(name: str) -> list[Spot]:
    place, _, action = name.rpartition(".")
    return [spot for spot in _EVERYWHERE if TABLE[spot[0]].name == action and place in ("", spot[1])]


def _keys(name: str, value: object, spots: list[Spot]) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise BadInput(f"the keys of {name} are no text", f"write them in quotes: {_line(name, 'K')}")
    keys = []
    for one in value.split(",") if value.strip() else ():
        try:
            key = spelling.key_of(one)
        except ValueError as error:
            raise BadInput(
                f"{name} cannot have the key {one.strip()}: {error}",
                "write a character, a name such as f5, pageup, comma or space, or ctrl+r",
            ) from None
        # What acts early for the whole application would take the key from fields as well.
        typed = [place for row, place in spots if place in TYPED or (TABLE[row].early and place == "app")]
        if spelling.types(key) and typed:
            raise BadInput(
                f"{name} cannot have the key {one.strip()}: it is typed into fields",
                "choose one with ctrl, or one that types nothing, such as f5",
            )
        keys.append(key)
    return tuple(dict.fromkeys(keys))


def _meetings(held: Held) -> Iterator[tuple[str, Spot, Spot]]:
    """Give each key that two actions have at the same time, unless they are meant to."""
    for scope in SCOPES:
        holders: dict[str, list[Spot]] = {}
        for spot, keys in held.items():
            if spot[1] in scope or (TABLE[spot[0]].early and spot[1] == "app"):
                for key in keys:
                    for other in holders.setdefault(key, []):
                        if not _together(other, spot):
                            yield key, other, spot
                    holders[key].append(spot)


def _together(one: Spot, other: Spot) -> bool:
    """Tell whether two actions may have the same key: they are the same, or share one by default."""
    first, second = TABLE[one[0]], TABLE[other[0]]
    return first.name == second.name or bool(set(first.each) & set(second.each))


def _stuck(spot: Spot, keys: tuple[str, ...]) -> bool:
    return not keys and _name(spot) in NEEDED


def _rows(number: int, held: Held) -> Iterator[Key]:
    """Give a row of the table, as several where its keys differ by place now."""
    row = TABLE[number]
    groups: dict[tuple[str, ...], list[str]] = {}
    for place in row.places:
        groups.setdefault(held[number, place], []).append(place)
    for keys, places in groups.items():
        where = " ".join(places)
        if keys == row.each:
            yield row if where == row.where else replace(row, where=where)
        else:
            sign = " ".join(spelling.shown(key) for key in keys[:1])
            yield replace(row, keys=",".join(keys), where=where, sign=sign or None)


def _losses(takers: dict[Spot, dict[str, Spot]], held: Held) -> Iterator[str]:
    """Say once for each key and loser who has it now, and what the loser has left."""
    places: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for loser, taken in takers.items():
        for key, taker in taken.items():
            places.setdefault((key, _name(taker), _name(loser), held[loser]), []).append(loser[1])
    for (key, winner, name, left), where in places.items():
        has = f"has {' or '.join(map(spelling.written, left))} left" if left else "has no key left"
        line = _line(name if len(where) > 1 else f"{where[0]}.{name}", "")
        advice = "" if left else f"; give it one, or none: {line}"
        yield f"{spelling.written(key)} is {winner} now, and {name} ({', '.join(where)}) {has}{advice}"


def _unknown(name: str) -> BadInput:
    from difflib import get_close_matches

    place, dot, action = name.rpartition(".")
    near = get_close_matches(action, names(), n=1)
    hint = f"did you mean {near[0]}? " if near and near[0] != action else ""
    where = f" in {place}" if dot and near and near[0] == action else ""
    return BadInput(
        f"there is no action {action if where else name}{where}", f"{hint}bahriya keys lists them all"
    )


def _clash(key: str, one: Spot, other: Spot) -> BadInput:
    return BadInput(
        f"{_name(one)} and {_name(other)} both want the key {spelling.written(key)} in {one[1]}",
        "give one of them another key",
    )


def _needed(spot: Spot, taken: Mapping[str, Spot]) -> BadInput:
    name = f"{spot[1]}.{_name(spot)}"
    for key, taker in taken.items():
        return BadInput(
            f"{_name(taker)} takes {spelling.written(key)} from {name}, which needs a key",
            f"choose another one, or give {name} one as well",
        )
    return BadInput(f"{name} needs a key", f"give it one: {_line(name, 'K')}")


def _name(spot: Spot) -> str:
    return TABLE[spot[0]].name


def _line(name: str, key: str) -> str:
    return f'"{name}" = "{key}"' if "." in name else f'{name} = "{key}"'
