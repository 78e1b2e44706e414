"""How the rows of a list are spaced, so that a row that nobody changed is written as it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from store.formats.values import integer, mapping, texts, word

#: A coordinate is a number, a code or a name a text.
Value = str | float

#: Only what every tool takes for a blank is one; Python's own strip takes more in text.
_BLANKS = " \t\r\n\v\f"
#: A field and the blanks after it.
_PARTS = re.compile(r"([^ \t\r\n\v\f]+)([ \t\r\n\v\f]*)")
_ZEROS = re.compile(r"-?0\d+")
_WIDEST = 400
_LARGEST_EXACT = 2**53


def is_blank(text: str) -> bool:
    """Whether there is no field in a text."""
    return not text.strip(_BLANKS)


def kept_rows(value: Any) -> list[str]:
    """The rows of a list that a dataset kept as JSON; what is no row is none."""
    return [row for row in texts(value) if not is_blank(row)]


@dataclass(frozen=True, slots=True)
class Style:
    """Spaces of the rows of one file.

    The first value begins in column ``pad`` (0: right after ``gaps[0]``). ``gaps`` are what stands before
    each value; where there are more values, the last ``period`` of them repeat. With a ``width`` all values
    are right-justified to it instead. Coordinates have at least ``zeros`` digits, and
    ``end`` follows the last value.
    """

    pad: int = 0
    gaps: tuple[str, ...] = ("  ",)
    period: int = 1
    width: int = 0
    zeros: int = 3
    end: str = ""

    def row(self, name: str, values: Sequence[Value]) -> str:
        """The text of a row, without the end of the line."""
        texts = [value if isinstance(value, str) else self._number(value) for value in values]
        parts = [name.ljust(self.pad) if texts and len(name) < self.pad else name]
        for place, text in enumerate(texts):
            if self.width:
                parts.append(
                    " " * max(0 if place == 0 and len(name) < self.pad else 1, self.width - len(text))
                )
            elif place == 0:
                parts.append("" if len(name) < self.pad else self._gap(0))
            else:
                parts.append(self._gap(place))
            parts.append(text)
        return "".join(parts) + self.end

    def more(self, count: int) -> str:
        """So many zeros after the last of several values."""
        return ("0".rjust(self.width) if self.width else f"{self.gaps[-1]}0") * count

    def _gap(self, place: int) -> str:
        if place < len(self.gaps):
            return self.gaps[place]
        period = min(self.period, len(self.gaps))
        return self.gaps[len(self.gaps) - period + (place - len(self.gaps)) % period]

    def _number(self, value: float) -> str:
        if value.is_integer() and abs(value) < _LARGEST_EXACT:
            return f"{int(value):0{self.zeros}d}"
        return repr(value)

    def noted(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "gaps": list(self.gaps)}


def from_notes(notes: Any, usual: Style) -> Style:
    """A style from JSON; ``usual`` where that does not make sense."""
    found = mapping(notes)
    gaps = found.get("gaps")
    if not isinstance(gaps, list) or not gaps or not all(isinstance(gap, str) for gap in gaps):
        return usual
    if any(not is_blank(gap) or not gap for gap in gaps) or not is_blank(word(found.get("end"))):
        return usual
    numbers = {key: integer(found.get(key)) for key in ("pad", "period", "width", "zeros")}
    kept = {key: value for key, value in numbers.items() if value is not None and 0 <= value <= _WIDEST}
    if len(kept) < len(numbers) or not kept["period"]:
        return usual
    return Style(gaps=tuple(gaps), end=word(found.get("end")), **kept)


def styled(rows: Sequence[str], usual: Style) -> Style:
    """The style that most likely made some rows of a file; ``usual`` where they do not show it."""
    split = [_PARTS.findall(row) for row in rows if not is_blank(row)]
    split = [parts for parts in split if len(parts) > 1]
    if not split:
        return usual
    longest = max(split, key=len)
    width = _width(split, usual.width)
    gaps = tuple(gap for _, gap in longest[:-1])
    pad = _pad(split, width)
    # Behind a name that leaves room the gap only fills it; what else stands there is seen behind long names.
    gaps = (next((parts[0][1] for parts in split if len(parts[0][0]) >= pad), gaps[0]), *gaps[1:])
    period = min(usual.period, len(gaps))
    coordinates = [text for parts in split for text, _ in parts[1:]]
    zeros = max((len(text.lstrip("-")) for text in coordinates if _ZEROS.fullmatch(text)), default=0)
    return Style(
        pad=pad,
        gaps=gaps,
        period=max(1, period),
        width=width,
        zeros=min(zeros, _WIDEST),
        end=longest[-1][1],
    )


def _pad(split: Sequence[Sequence[tuple[str, str]]], width: int) -> int:
    """The column where first values begin, wherever the name leaves room for it; 0 where there is none."""
    starts = [
        (len(name), len(name) + len(gap) + (len(parts[1][0]) - width if width else 0), gap)
        for parts in split
        for name, gap in parts[:1]
    ]
    counts = Counter(start for _, start, _ in starts)
    for column in sorted(counts, key=lambda column: (-counts[column], column)):
        within = [(length, start, gap) for length, start, gap in starts if length < column]
        aligned = bool(within) and all(start == column and "\t" not in gap for _, start, gap in within)
        telling = len({length for length, _, _ in within}) > 1 or any(len(gap) > 2 for _, _, gap in within)
        if aligned and telling and 0 < column <= _WIDEST:
            return column
    return 0


def _width(split: Sequence[Sequence[tuple[str, str]]], usual: int) -> int:
    """The width of right-justified values, 0 where they are not: they end alike and do not begin alike."""
    gaps, widths, starts, ends = set(), set(), set(), set()
    for parts in split:
        start = sum(map(len, parts[0]))
        starts.add(start)
        ends.add(start + len(parts[1][0]))
        for (_, gap), (text, _) in pairwise(parts[1:]):
            gaps.add(len(gap))
            widths.add(len(gap) + len(text))
    if len(widths) > 1 or not (len(gaps) > 1 or (len(ends) == 1 and len(starts) > 1)):
        return 0
    return widths.pop() if widths else usual
