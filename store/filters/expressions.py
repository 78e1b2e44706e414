"""What a filter says, as a tree of frozen records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a field is compared with its values. ``IN`` and ``NOT_IN`` take several; ``HAS`` is ``EQUAL``, and
    without a value it asks whether there is any."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    CONTAINS = "~"
    HAS = "has"
    IN = "in"
    NOT_IN = "not in"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text as written (without quotes), what it means, and its 0-based place.

    ``meaning`` is an int for numbers and levels, a text for the rest, None for "unknown".
    """

    text: str
    meaning: int | str | None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """``field operator value``; ``position`` is the 0-based place of the field's name."""

    field: str
    operator: Operator
    values: tuple[Value, ...]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """What ``part`` does not select."""

    part: Expr


@dataclass(frozen=True, slots=True)
class And:
    """What all parts select. Comparisons of garment fields among them speak of the same garment."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any part selects."""

    parts: tuple[Expr, ...]


Expr = Comparison | Not | And | Or


def among(ids: Iterable[int], where: Expr | None = None) -> Expr:
    """What selects these images only, by their numbers; with ``where`` those of them that it selects."""
    listed = Comparison("id", Operator.IN, tuple(Value(str(int(i)), int(i)) for i in ids))
    return listed if where is None else And((listed, where))
