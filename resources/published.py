"""Published figures, read once from ``data/published.toml``: each with its paper and its data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One figure, a fraction: ``table`` and ``row`` say which figure of an evaluation it stands beside.

    ``protocol`` is the benchmark under whose rules alone it may stand there; ``visibility`` is "visible" or
    "all" where it speaks of some landmarks only.
    """

    protocol: str
    visibility: str
    table: str
    row: str
    method: str
    value: float
    data: str
    source: str


@cache
def published() -> tuple[PublishedFigure, ...]:
    """All published figures, in the order of the file."""
    raw = tomllib.loads(files("resources").joinpath("data/published.toml").read_text(encoding="utf-8"))
    return tuple(
        PublishedFigure(
            group["protocol"],
            group.get("visibility", ""),
            line["table"],
            row,
            line["method"],
            float(value),
            group["data"],
            group["source"],
        )
        for group in raw["figures"]
        for line in group["rows"]
        for row, value in line.items()
        if row not in ("table", "method")
    )
