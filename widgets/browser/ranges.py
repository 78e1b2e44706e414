"""Number fields and the filter text, each made from the other, as ticks are; and the part of a file's name.

A field is tied to the comparisons with it that stand among terms joined by ``and``; everything else in a text
is kept as it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.filters import Comparison, Operator
from widgets.browser.ticks import comparisons, joined, quoted, without

#: How far each operator lets a whole number go down and up, from the number that it names.
_ENDS: dict[Operator, tuple[int | None, int | None]] = {
    Operator.EQUAL: (0, 0),
    Operator.LESS: (None, -1),
    Operator.AT_MOST: (None, 0),
    Operator.MORE: (1, None),
    Operator.AT_LEAST: (0, None),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """From ``low`` up to ``high``, both included; None: without an end."""

    low: int | None = None
    high: int | None = None

    @property
    def given(self) -> bool:
        """Whether there is an end at all."""
        return self.low is not None or self.high is not None


def limits(text: str, field: str) -> Limits:
    """The numbers that a text lets through; no ends for a text that does not parse."""
    low: int | None = None
    high: int | None = None
    for part, _start, _end in _tied(text, field):
        number = part.values[0].meaning
        assert isinstance(number, int)
        down, up = _ENDS[part.operator]
        if down is not None:
            low = number + down if low is None else max(low, number + down)
        if up is not None:
            high = number + up if high is None else min(high, number + up)
    return Limits(low, high)


def with_limits(text: str, field: str, wanted: Limits) -> str:
    """The text with other limits of a field. FilterError for one that does not parse."""
    if limits(text, field) == wanted:
        return text
    while tied := _tied(text, field):
        text = without(text, *tied[-1][1:])
    if wanted.low is not None and wanted.low == wanted.high:
        return joined(text, f"{field} = {wanted.low}")
    if wanted.low is not None:
        text = joined(text, f"{field} >= {wanted.low}")
    return text if wanted.high is None else joined(text, f"{field} <= {wanted.high}")


def named(text: str) -> str:
    """The part of a file's name that a text asks for; "" for none."""
    found = _of_names(text)
    return found[-1][0].values[0].text if found else ""


def with_named(text: str, part: str) -> str:
    """The text with another part of a file's name. FilterError for one that does not parse."""
    if named(text) == part:
        return text
    while found := _of_names(text):
        text = without(text, *found[-1][1:])
    return joined(text, f"file ~ {quoted(part)}") if part else text


def _tied(text: str, field: str) -> list[tuple[Comparison, int, int]]:
    return [
        one
        for one in comparisons(text)
        if one[0].field == field and one[0].operator in _ENDS and isinstance(one[0].values[0].meaning, int)
    ]


def _of_names(text: str) -> list[tuple[Comparison, int, int]]:
    return [
        one for one in comparisons(text) if one[0].field == "file" and one[0].operator is Operator.CONTAINS
    ]
