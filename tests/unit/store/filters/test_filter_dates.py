"""Dates in filters."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from store.errors import FilterError
from store.filters import complete, parse, terms
from store.filters.dates import span


def at(*numbers: int) -> int:
    return round(datetime(*numbers).timestamp()) * 1_000_000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026", at(2026, 1, 1), at(2027, 1, 1)),
        ("2026-12", at(2026, 12, 1), at(2027, 1, 1)),
        ("2026-02-28", at(2026, 2, 28), at(2026, 3, 1)),
        ("2026-2-8", at(2026, 2, 8), at(2026, 2, 9)),
        ("2026-02-28 14:05", at(2026, 2, 28, 14, 5), at(2026, 2, 28, 14, 6)),
        ("2026-02-28T14:05", at(2026, 2, 28, 14, 5), at(2026, 2, 28, 14, 6)),
    ],
)
def test_a_date_is_a_stretch_of_time(text: str, begin: int, end: int) -> None:
    assert span(text) == (begin, end)


def test_today_and_yesterday() -> None:
    now = datetime(2026, 3, 1, 15, 30)
    assert span("today", now) == (at(2026, 3, 1), at(2026, 3, 2))
    assert span("Yesterday", now) == (at(2026, 2, 28), at(2026, 3, 1))
    assert span("yesterday", now + timedelta(days=1)) == span("today", now)


@pytest.mark.parametrize(
    "text", ["", "20", "2026-13", "2026-02-30", "26-02-01", "soon", "0000", "9999-12-31", "x2026"]
)
def test_what_is_no_date(text: str) -> None:
    assert span(text) is None


def test_filters_take_dates_and_say_what_is_none() -> None:
    assert parse('changed > 2026-01-01 and reviewed = "2026-01-01 10:00" and reviewed != never') is not None
    with pytest.raises(FilterError, match='changed is a date, not "soon"'):
        parse("changed = soon")
    with pytest.raises(FilterError, match="no place in an order"):
        parse("changed > never")
    with pytest.raises(FilterError, match='"has" does not go with review alone'):
        parse("has review")
    kinds = [span.kind for span in terms("has note and changed > 2026-01-01 or reviewed < soon")]
    assert kinds == [
        *("operator", "field", "keyword", "field", "operator", "value", "keyword", "field"),
        *("operator", "error"),
    ]
    assert complete("notes = ", 8) == ["open", "settled", "none"]
