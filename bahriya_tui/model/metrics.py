"""Measurements in Prometheus' text format (version 0.0.4), as scrapers and textfile collectors read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, and what it was measured of."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one name."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: tuple[Sample, ...]


def text(families: Iterable[Family]) -> str:
    """Write them; a family without samples is left out."""
    return "".join(_family(one) for one in families if one.samples)


def _family(one: Family) -> str:
    head = f"# HELP {one.name} {one.help}\n# TYPE {one.name} {one.kind}\n"
    return head + "".join(
        f"{one.name}{_labels(sample.labels)} {sample.value:.17g}\n" for sample in one.samples
    )


def _labels(labels: Mapping[str, str]) -> str:
    written = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{written}}}" if written else ""
