"""Check boxes of facets and the filter text, each made from the other. The text is the truth.

A facet is tied to a term that stands alone among terms joined by ``and``: ``field = word``,
``field in (a, b)`` and what means the same (``!=``, ``not in``, ``>=`` of a level). Everything else in a
text is kept as it was typed. Where a facet has several such terms, the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from store.errors import FilterError
from store.filters import FIELDS, And, Comparison, Expr, Kind, Operator, Or, Value, parse, plain, terms

#: The facet of problems has two words for a number.
WITH_PROBLEMS, WITHOUT_PROBLEMS = "with problems", "without problems"
PROBLEM_WORDS = (WITH_PROBLEMS, WITHOUT_PROBLEMS)

#: All words of each facet, in their order.
Words = Mapping[str, Sequence[str]]

_BARE = re.compile(r"""[^\s()=!<>~,"']+""")
_ORDERED: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.LESS: lambda a, b: a < b,
    Operator.AT_MOST: lambda a, b: a <= b,
    Operator.MORE: lambda a, b: a > b,
    Operator.AT_LEAST: lambda a, b: a >= b,
}
_NEGATIVE = (Operator.NOT_EQUAL, Operator.NOT_IN)


@dataclass(frozen=True, slots=True)
class _Term:
    facet: str
    chosen: frozenset[str]
    start: int
    end: int


def ticks(text: str, words: Words) -> dict[str, frozenset[str]]:
    """The words of each facet that a text chooses; none for a text that does not parse."""
    found: dict[str, frozenset[str]] = {facet: frozenset() for facet in words}
    for term in _tied(text, words):
        found[term.facet] = term.chosen
    return found


def tick(text: str, facet: str, word: str, on: bool, words: Words) -> str:
    """The text with a word of a facet chosen, or no longer. FilterError for one that does not parse."""
    expression = parse(text)
    tied = [term for term in _tied(text, words) if term.facet == facet]
    if not tied:
        return _joined(text, expression, _written(facet, frozenset({word}), words)) if on else text
    term = tied[-1]
    chosen = term.chosen | {word} if on else term.chosen - {word}
    if chosen == term.chosen:
        return text
    if chosen:
        return text[: term.start] + _written(facet, chosen, words) + text[term.end :]
    return without(text, term.start, term.end)


def drop_last(text: str) -> tuple[str, str]:
    """The last of the terms joined by ``and``, and the text without it; the whole text if it is one."""
    try:
        expression = parse(text)
    except FilterError:
        return text.strip(), ""
    depth, cut = 0, None
    for span in terms(text):
        part = text[span.start : span.end].lower()
        if span.kind == "keyword":
            depth += {"(": 1, ")": -1}.get(part, 0)
            if part == "and" and not depth:
                cut = span
    if cut is None or not isinstance(expression, And):
        return text.strip(), ""
    return text[cut.end :].strip(), text[: cut.start].strip()


def quoted(word: str) -> str:
    """A word as it stands in a text: in quotes where it needs them."""
    if _BARE.fullmatch(word) and word.lower() not in ("and", "or", "not", "in"):
        return word
    return f"'{word}'" if '"' in word else f'"{word}"'


def comparisons(text: str) -> list[tuple[Comparison, int, int]]:
    """The comparisons of a text that stand among terms joined by ``and``, with start and end of each.

    None for a text that does not parse.
    """
    try:
        expression = parse(text)
    except FilterError:
        return []
    parts = expression.parts if isinstance(expression, And) else (expression,)
    spans = terms(text)
    found = []
    for part in parts:
        if isinstance(part, Comparison) and not _depth(text, part.position):
            inside = [s for s in spans if s.start >= part.position]
            last = next((i for i, s in enumerate(inside) if s.kind == "keyword"), len(inside)) - 1
            found.append((part, part.position, inside[last].end))
    return found


def joined(text: str, term: str) -> str:
    """A text and one term more, both of which must hold. FilterError for a text that does not parse."""
    return _joined(text, parse(text), term)


def without(text: str, start: int, end: int) -> str:
    """A text without one of its :func:`comparisons`."""
    before = [s for s in terms(text) if s.end <= start]
    after = [s for s in terms(text) if s.start >= end]
    if len(after) > 1:
        return text[:start] + text[after[1].start :]
    return text[: before[-2].end] if len(before) > 1 else ""


def _tied(text: str, words: Words) -> list[_Term]:
    found = []
    for part, start, end in comparisons(text):
        chosen = _chosen(part, words[part.field]) if part.field in words else None
        if chosen is not None:
            found.append(_Term(part.field, chosen, start, end))
    return found


def _depth(text: str, position: int) -> int:
    marks = [text[s.start] for s in terms(text) if s.kind == "keyword" and s.start < position]
    return marks.count("(") - marks.count(")")


def _chosen(term: Comparison, words: Sequence[str]) -> frozenset[str] | None:
    """The words that a comparison lets through; None when it is about something else."""
    if term.field == "problems":
        return _chosen_problems(term)
    if term.operator in _ORDERED:
        limit, holds = term.values[0].meaning, _ORDERED[term.operator]
        levels = {word: FIELDS[term.field].words.get(word) for word in words}
        if not isinstance(limit, int):
            return None
        return frozenset(w for w, level in levels.items() if isinstance(level, int) and holds(level, limit))
    several = FIELDS[term.field].kind is Kind.SEVERAL
    if term.operator is Operator.CONTAINS or (several and term.operator in _NEGATIVE):
        # Who has another tag may have this one as well: that is not a choice of words.
        return None
    named = [_word(term.field, value, words) for value in term.values]
    if None in named:
        return None
    chosen = frozenset(word for word in named if word is not None)
    return frozenset(words) - chosen if term.operator in _NEGATIVE else chosen


def _word(field: str, value: Value, words: Sequence[str]) -> str | None:
    for word in words:
        meaning = FIELDS[field].words.get(word)
        if plain(value.text) == plain(word) or (isinstance(value.meaning, int) and value.meaning == meaning):
            return word
    return None


def _chosen_problems(term: Comparison) -> frozenset[str] | None:
    number = term.values[0].meaning
    match (term.operator, number, len(term.values)):
        case (Operator.MORE, 0, 1) | (Operator.AT_LEAST, 1, 1) | (Operator.NOT_EQUAL, 0, 1):
            return frozenset({WITH_PROBLEMS})
        case (Operator.EQUAL, 0, 1) | (Operator.LESS, 1, 1):
            return frozenset({WITHOUT_PROBLEMS})
        case (Operator.AT_LEAST, 0, 1):
            return frozenset(PROBLEM_WORDS)
        case _:
            return None


def _written(facet: str, chosen: frozenset[str], words: Words) -> str:
    if facet == "problems":
        return "problems >= 0" if len(chosen) > 1 else f"problems {'>' if WITH_PROBLEMS in chosen else '='} 0"
    ordered = [quoted(word) for word in words[facet] if word in chosen]
    if len(ordered) > 1:
        return f"{facet} in ({', '.join(ordered)})"
    sign = Operator.HAS if FIELDS[facet].kind is Kind.SEVERAL else Operator.EQUAL
    return f"{facet} {sign} {ordered[0]}"


def _joined(text: str, expression: Expr | None, term: str) -> str:
    text = text.strip()
    if expression is None:
        return term
    return f"({text}) and {term}" if isinstance(expression, Or) else f"{text} and {term}"
