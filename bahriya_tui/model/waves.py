"""Waves: in which order regions are started."""

from collections.abc import Sequence

from bahriya_tui.model.errors import BadInput


def parse_batch(text: str) -> tuple[int, bool]:
    """Read `5` or `25%` as (number, whether it is a share); raise `BadInput` otherwise."""
    share = text.endswith("%")
    digits = text[:-1] if share else text
    if not digits.isdecimal() or int(digits) < 1 or (share and int(digits) > 100):
        raise BadInput(f"batch {text!r} is neither a number nor a percentage", "write for example 5 or 25%")
    return int(digits), share


def plan_waves(
    regions: Sequence[str], canary: str | None = None, batch: str | None = None
) -> tuple[tuple[str, ...], ...]:
    """Put `regions` in waves: the canary alone, then batches; everything at once unless told otherwise.

    A share is of the regions after the canary, rounded down, at least one.
    """
    if canary is not None and canary not in regions:
        raise BadInput(f"canary {canary!r} is not one of the regions of this deployment", ", ".join(regions))
    rest = [region for region in regions if region != canary]
    size = len(rest)
    if batch is not None:
        number, share = parse_batch(batch)
        size = max(1, len(rest) * number // 100) if share else number
    waves = [tuple(rest[start : start + size]) for start in range(0, len(rest), size)] if rest else []
    return ((canary,), *waves) if canary is not None else tuple(waves)
