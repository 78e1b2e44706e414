"""Dates in filters: what a text means, as a stretch of time on this machine's clock."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ tT](\d{1,2}):(\d{2}))?)?)?")
#: Words for days.
DAYS = {"today": 0, "yesterday": 1}


def span(text: str, now: datetime | None = None) -> tuple[int, int] | None:
    """Begin and end (exclusive), in microseconds since 1970 (UTC), of a year, month, day or minute:
    ``2026``, ``2026-01``, ``2026-01-31``, ``2026-01-31 14:05``, ``today``, ``yesterday``. None for what is no
    date."""
    word = text.strip().casefold()
    if word in DAYS:
        midnight = (now or datetime.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        begin = midnight - timedelta(days=DAYS[word])
        return _microseconds(begin), _microseconds(begin + timedelta(days=1))
    found = _DATE.fullmatch(word)
    if found is None:
        return None
    year, month, day, hour, minute = (None if part is None else int(part) for part in found.groups())
    try:
        begin = datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0)
        if minute is not None:
            end = begin + timedelta(minutes=1)
        elif day is not None:
            end = begin + timedelta(days=1)
        elif month is not None:
            end = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
        else:
            end = begin.replace(year=begin.year + 1)
        return _microseconds(begin), _microseconds(end)
    except (ValueError, OverflowError, OSError):
        return None


def _microseconds(local: datetime) -> int:
    """A time on this machine's clock, with summer time as it was then."""
    return round(local.timestamp()) * 1_000_000
