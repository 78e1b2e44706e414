"""Text to expression."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from store.errors import FilterError
from store.filters.dates import span
from store.filters.expressions import And, Comparison, Expr, Not, Operator, Or, Value
from store.filters.fields import FIELDS, OPERATORS, Field, Kind, plain

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_EXPECTED = {
    "FIELD": "a field",
    "WORD": "a value",
    "STRING": "a value",
    "OPERATOR": "an operator",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "_AND": "and",
    "_OR": "or",
    "_NOT": "not",
    "HAS": "has",
    "IN": "in",
    "NOT_IN": "not in",
}


@cache
def _parser() -> Lark:
    # Imported late: the window starts without a filter.
    from lark import Lark

    grammar = files("store.filters").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", propagate_positions=True)


def parse(text: str) -> Expr | None:
    """The expression that a text says; None for an empty one.

    FilterError, with the place and what may have been meant, when it does not parse or names a field or
    word that does not exist. Names of categories and datasets are known only to a store, which checks
    them when the expression is used.
    """
    from lark import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

    if not text.strip():
        return None
    try:
        tree = _parser().parse(text)
    except UnexpectedCharacters as error:
        raise _stray(text, error.pos_in_stream or 0) from None
    except UnexpectedToken as error:
        token = error.token
        if token.type == "$END":
            raise _unfinished(text, error.accepts or error.expected) from None
        raise _misplaced(text, token, error.accepts or error.expected) from None
    except UnexpectedEOF as error:
        raise _unfinished(text, set(error.expected)) from None
    return _expression(tree.children[0])


def _stray(text: str, position: int) -> FilterError:
    character = text[position]
    if character in "\"'":
        return FilterError(
            f"The quote {character} at {position + 1} is never closed.",
            f"Put {character} after the value.",
            position,
        )
    return FilterError(f"The filter cannot be read from {text[position:][:20]!r} on.", "", position)


def _unfinished(text: str, expected: set[str]) -> FilterError:
    return FilterError(
        f"The filter is not finished: {_expecting(expected)} is missing.", "", len(text.rstrip())
    )


def _misplaced(text: str, token: Token, expected: set[str]) -> FilterError:
    position = token.start_pos or 0
    fix = f"There should be {_expecting(expected)}."
    before = text[:position].split()
    word = token.type in ("WORD", "FIELD")
    if word and before and "OPERATOR" not in expected:
        fix = f'Join comparisons with and / or; put several words in quotes: "{before[-1]} {token}".'
    elif word:
        fix = f'"{before[-1]}" needs an operator first, as in {before[-1]} = {token}.' if before else fix
    return FilterError(f'"{token}" does not fit at {position + 1}.', fix, position)


def _expecting(expected: set[str]) -> str:
    if {"WORD", "STRING"} <= expected:
        return "a value"
    words = [_EXPECTED[name] for name in _EXPECTED if name in expected]
    return " or ".join(words) if words else "the end"


def _expression(tree: Any) -> Expr:
    match tree.data:
        case "either":
            return Or(_flat(Or, tree))
        case "both":
            return And(_flat(And, tree))
        case "negation":
            return Not(_expression(tree.children[0]))
        case "presence":
            return _presence(tree)
        case _:
            return _comparison(tree)


def _flat(kind: type[And] | type[Or], tree: Tree[Token]) -> tuple[Expr, ...]:
    parts: list[Expr] = []
    for child in tree.children:
        part = _expression(child)
        parts.extend(part.parts if isinstance(part, And | Or) and isinstance(part, kind) else (part,))
    return tuple(parts)


def _presence(tree: Any) -> Comparison:
    """``has note``: there is one, whatever it says."""
    sign, name = tree.children
    field = _field(name)
    if Operator.HAS not in field.operators:
        several = ", ".join(one.name for one in FIELDS.values() if Operator.HAS in one.operators)
        raise FilterError(f'"has" does not go with {field.name} alone.', f"Use {several}.", sign.start_pos)
    return Comparison(field.name, Operator.HAS, (), name.start_pos)


def _comparison(tree: Any) -> Comparison:
    name, sign, *values = tree.children
    field = _field(name)
    operator = Operator(" ".join(sign.lower().split()))
    if operator not in OPERATORS[field.kind]:
        usable = " ".join(OPERATORS[field.kind])
        raise FilterError(f'"{operator}" does not go with {field.name}.', f"Use {usable}.", sign.start_pos)
    found = tuple(_value(field, operator, value.children[0]) for value in values)
    return Comparison(field.name, operator, found, name.start_pos)


def _field(name: Token) -> Field:
    field = FIELDS.get(name.lower())
    if field is not None:
        return field
    close = get_close_matches(name.lower(), FIELDS, 1)
    raise FilterError(
        f'There is no field "{name}".',
        f'Did you mean "{close[0]}"?' if close else f"There are {', '.join(FIELDS)}.",
        name.start_pos or 0,
    )


def _value(field: Field, operator: Operator, token: Token) -> Value:
    text = str(token[1:-1] if token.type == "STRING" else token)
    position = token.start_pos or 0
    if field.kind in (Kind.TEXT, Kind.SEVERAL, Kind.CATEGORY) or operator is Operator.CONTAINS:
        return Value(text, text, position)
    words = {plain(word): meaning for word, meaning in field.words.items()}
    word = plain(text)
    if word in words:
        meaning = words[word]
        if meaning is None and operator not in (
            Operator.EQUAL,
            Operator.NOT_EQUAL,
            Operator.IN,
            Operator.NOT_IN,
        ):
            raise FilterError(f'"{text}" has no place in an order.', f"Use {field.name} = {text}.", position)
        return Value(text, meaning, position)
    if field.kind is Kind.DATE:
        if span(text) is None:
            raise FilterError(
                f'{field.name} is a date, not "{text}".',
                f'Write {field.name} > 2026-01-31, or "2026-01-31 14:05", today, yesterday, never.',
                position,
            )
        return Value(text, text, position)
    number = _whole(text)
    if number is not None and (field.kind is Kind.NUMBER or number in words.values()):
        return Value(text, number, position)
    raise _unknown_word(field, text, position)


def _whole(text: str) -> int | None:
    # Larger ones do not fit in a column, so no row has them.
    return int(text) if text.lstrip("-").isdecimal() and text.count("-") <= 1 and len(text) <= 18 else None


def _unknown_word(field: Field, text: str, position: int) -> FilterError:
    if field.kind is Kind.NUMBER:
        return FilterError(f'{field.name} is a whole number, not "{text}".', "", position)
    close = get_close_matches(plain(text), field.words, 1)
    offered = ", ".join(f'"{word}"' if " " in word else word for word in field.words)
    return FilterError(
        f'{field.name} is never "{text}".',
        f'Did you mean "{close[0]}"?' if close else f"It is one of {offered}.",
        position,
    )
