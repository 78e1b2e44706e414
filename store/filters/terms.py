"""The parts of a filter text for colouring, and what may come next; both work on half-typed texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from store.filters.dates import span
from store.filters.expressions import Operator
from store.filters.fields import FIELDS, OPERATORS, Field, Kind, plain

SpanKind = Literal["field", "operator", "value", "keyword", "error"]
_Expect = Literal["field", "operator", "value", "joint", "list", "comma", "presence"]

_TOKEN = re.compile(
    r"""(?P<string>"[^"]*"?|'[^']*'?)|(?P<sign>>=|<=|!=|[=<>~])|(?P<mark>[(),])|(?P<word>[^\s()=!<>~,"']+)|(?P<stray>\S)"""
)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: 0-based start, end (exclusive) and what it is."""

    start: int
    end: int
    kind: SpanKind


class _Reader:
    """Walks over a text and knows after every part what may come next."""

    def __init__(self) -> None:
        self.expect: _Expect = "field"
        self.field: Field | None = None
        self.depth = 0
        self.negated = False

    def take(self, group: str, text: str) -> SpanKind:
        if group == "stray":
            return "error"
        if group == "mark":
            return self._mark(text)
        if self.expect in ("field", "presence"):
            return self._at_field(group, text)
        if self.expect == "operator":
            return self._at_operator(group, text)
        if self.expect in ("value", "list"):
            return self._at_value(group, text)
        if self.expect == "joint" and group == "word" and text.lower() in ("and", "or"):
            self.expect = "field"
            return "keyword"
        return "error"

    def _mark(self, text: str) -> SpanKind:
        if text == "(" and self.expect == "field":
            self.depth += 1
        elif text == "(" and self.expect == "list":
            return "operator"
        elif text == ")" and self.expect == "comma":
            self.expect = "joint"
            return "operator"
        elif text == ")" and self.expect == "joint" and self.depth:
            self.depth -= 1
        elif text == "," and self.expect == "comma":
            self.expect = "list"
            return "operator"
        else:
            return "error"
        return "keyword"

    def _at_field(self, group: str, text: str) -> SpanKind:
        if group == "word" and text.lower() == "not":
            return "keyword"
        if group != "word":
            return "error"
        if self.expect == "presence":
            self.expect = "joint"
            known = FIELDS.get(text.lower())
            return "field" if known and Operator.HAS in known.operators else "error"
        if text.lower() == Operator.HAS:
            self.expect = "presence"
            return "operator"
        self.field = FIELDS.get(text.lower())
        self.expect = "operator"
        return "field" if self.field else "error"

    def _at_operator(self, group: str, text: str) -> SpanKind:
        word = text.lower()
        if group == "word" and word == "not" and not self.negated:
            self.negated = True
            return "operator"
        if group == "word" and word == "in":
            self.negated = False
            self.expect = "list"
            return "operator"
        if self.negated or (group != "sign" and word != Operator.HAS):
            return "error"
        self.expect = "value"
        usable = self.field is None or word in OPERATORS[self.field.kind]
        return "operator" if usable else "error"

    def _at_value(self, group: str, text: str) -> SpanKind:
        if group == "sign":
            return "error"
        self.expect = "comma" if self.expect == "list" else "joint"
        closed = group != "string" or (len(text) > 1 and text[-1] == text[0])
        return "value" if closed and self._known(text.strip("\"'")) else "error"

    def _known(self, text: str) -> bool:
        if self.field is None or self.field.kind in (Kind.TEXT, Kind.SEVERAL, Kind.CATEGORY):
            return True
        if self.field.kind is Kind.DATE and span(text) is not None:
            return True
        if text.lstrip("-").isdecimal():
            return self.field.kind is Kind.NUMBER or int(text) in self.field.words.values()
        return plain(text) in {plain(word) for word in self.field.words}


def _walk(text: str, reader: _Reader) -> Iterator[tuple[re.Match[str], SpanKind]]:
    for found in _TOKEN.finditer(text):
        yield found, reader.take(found.lastgroup or "stray", found.group())


def terms(text: str) -> list[Span]:
    """The parts of a text in order, spaces left out. Never raises."""
    return [Span(found.start(), found.end(), kind) for found, kind in _walk(text, _Reader())]


def complete(text: str, cursor: int, words: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """What may stand at the cursor instead of the part that is being typed, best first.

    ``words`` gives the store's own values by field ("category", "dataset", "tag"). Values with spaces
    come quoted. The part to replace begins at :func:`part_start`.
    """
    start = part_start(text, cursor)
    typed = plain(text[start:cursor].lstrip("\"'"))
    reader = _Reader()
    for _ in _walk(text[:start], reader):
        pass
    offered = _offered(reader, words or {})
    found = [word for word in offered if plain(word.strip('"')).startswith(typed)]
    if len(typed) < 2:
        return found
    return [*found, *(w for w in offered if w not in found and typed in plain(w.strip('"')))]


def part_start(text: str, cursor: int) -> int:
    """Where the part begins that the cursor stands in or right behind; the cursor itself if in none."""
    for found in _TOKEN.finditer(text[:cursor]):
        if found.end() == cursor and found.lastgroup != "mark":
            text_of = found.group()
            closed = len(text_of) > 1 and text_of[0] in "\"'" and text_of[-1] == text_of[0]
            sign = found.lastgroup == "sign"
            return cursor if closed or sign else found.start()
    return cursor


def _offered(reader: _Reader, words: Mapping[str, Sequence[str]]) -> list[str]:
    field = reader.field
    match reader.expect:
        case "field":
            return [*FIELDS, "not", str(Operator.HAS)]
        case "presence":
            return [name for name, one in FIELDS.items() if Operator.HAS in one.operators]
        case "operator":
            return [str(sign) for sign in OPERATORS[field.kind]] if field else []
        case "value" | "list":
            known = [*(words.get(field.name) or field.words)] if field else []
            return [f'"{word}"' if not _bare(word) else word for word in known]
        case "joint":
            return ["and", "or"]
        case _:
            return []


def _bare(word: str) -> bool:
    found = _TOKEN.fullmatch(word)
    return found is not None and found.lastgroup == "word"
