"""Numbers as a row of heights. A plot shows how they went; the words beside it say how much they are."""

from collections.abc import Sequence

HEIGHTS = "▁▂▃▄▅▆▇█"


def plot(values: Sequence[float | None], gap: str = " ") -> str:
    """Draw each number as a height above zero; where there is none, `gap`.

    The middle one of them is drawn half as high as there is room, so that what is usual looks the same
    everywhere, and one that stands out does not flatten the rest for nothing.
    """
    known = [value for value in values if value is not None]
    top = max([*known, 2 * middle(known)]) if known else 0.0
    return "".join(gap if value is None else _height(value, top) for value in values)


def middle(values: Sequence[float]) -> float:
    """Give the median, the greater one of the two in the middle; raises `ValueError` without values."""
    if not values:
        raise ValueError
    return sorted(values)[len(values) // 2]


def _height(value: float, top: float) -> str:
    share = value / top if top > 0 else 0.0
    return HEIGHTS[max(0, min(int(share * len(HEIGHTS)), len(HEIGHTS) - 1))]
