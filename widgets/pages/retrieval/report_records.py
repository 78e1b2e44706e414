"""What the report view shows: records in, nothing of stores."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Why the queries of a slice failed: ``counts`` in the order of the causes. See ``store``'s ``Causes``;
    "" as group and level is everything."""

    group: str
    level: str
    failures: int
    judged: int
    repaired: int
    open: int
    disagreed: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What one person said of one query. ``stands``: it is their newest; ``query`` its number in the
    ranking."""

    query: int
    category: str
    colour: str
    image: str
    cause: str
    author: str
    at: str
    note: str
    stands: bool
    repaired: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Who judged how many queries, and what they said most."""

    name: str
    judged: int
    words: str


@dataclass(frozen=True, slots=True)
class ReportState:
    """A ranking's failures by cause and slice, and who said so. ``causes`` name the columns."""

    title: str
    causes: tuple[str, ...]
    rows: tuple[CauseRow, ...]
    verdicts: tuple[VerdictRow, ...]
    people: tuple[Person, ...]
