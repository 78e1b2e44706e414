"""The filter language: a text becomes an expression; ``store/db/facts`` asks it."""

from store.filters.expressions import And, Comparison, Expr, Not, Operator, Or, Value, among
from store.filters.fields import FIELDS, UNKNOWN, Field, Kind, plain
from store.filters.language import parse
from store.filters.terms import Span, complete, terms

__all__ = [
    "FIELDS",
    "UNKNOWN",
    "And",
    "Comparison",
    "Expr",
    "Field",
    "Kind",
    "Not",
    "Operator",
    "Or",
    "Span",
    "Value",
    "among",
    "complete",
    "parse",
    "plain",
    "terms",
]
