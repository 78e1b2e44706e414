"""Keeps of a source entry what its decoded record does not give back, so that an untouched one does.

The notes lie in a record's ``extra`` under the format's name:

- ``unknown``: keys that the format does not define, with their values;
- ``styles``: key to number style, where the source writes numbers in another one than ours;
- ``verbatim``: key to source value, where encoding the record says something else;
- ``keys``: all keys in the source's order, where that is not ours.

A verbatim value is written only while decoding it gives what the record says; so it needs no count of
changes, and an undone edit brings it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from store.formats.values import Style, mapping, text

Entry = dict[str, Any]
Notes = Mapping[str, Any]
Encode = Callable[[Notes], Entry]


def keep(
    encode: Encode, source: Entry, known: frozenset[str], numeric: Mapping[str, Style], notes: Notes
) -> Entry:
    """The notes to keep, ``notes`` being those that decoding made.

    ``encode`` makes an entry of the decoded record under given notes, without :func:`restore`.
    ``numeric`` are the keys with lists of numbers, with the style that they are written in unless noted.
    """
    kept: Entry = {**notes}
    unknown = {key: value for key, value in source.items() if key not in known}
    if unknown:
        kept["unknown"] = unknown
    styles = _styles(source, numeric)
    # Encoding is what costs: nearly always this once is enough.
    written = encode({**kept, "styles": styles})
    if written.keys() == source.keys() and text({key: written[key] for key in source}) == text(source):
        if styles:
            kept["styles"] = styles
        if list(written) != list(source):
            kept["keys"] = list(source)
        return kept
    # With its keys known, encode adds none that the source did not have.
    kept["keys"] = list(source)
    written = encode({**kept, "styles": styles})
    verbatim = {
        key: value
        for key, value in source.items()
        if key not in unknown and not (key in written and text(written[key]) == text(value))
    }
    styles = {key: style for key, style in styles.items() if key not in verbatim}
    if styles:
        kept["styles"] = styles
    if verbatim:
        kept["verbatim"] = verbatim
    without = {key: value for key, value in kept.items() if key != "keys"}
    return without if list(encode(without)) == list(source) else kept


def _styles(source: Entry, numeric: Mapping[str, Style]) -> dict[str, Style]:
    """The styles that the source writes its numbers in, where they are not the usual ones."""
    found: dict[str, Style] = {}
    for key, usual in numeric.items():
        numbers = _flat(source.get(key))
        fitting = _fitting(numbers) if numbers else ()
        if fitting and usual not in fitting:
            found[key] = fitting[0]
    return found


def _flat(value: Any) -> list[Any]:
    """All numbers of a number, a list, or a list of lists."""
    if not isinstance(value, list):
        return [value]
    if not value or not isinstance(value[0], list):
        return value
    return [part for inner in value for part in (inner if isinstance(inner, list) else (inner,))]


def _fitting(numbers: list[Any]) -> tuple[Style, ...]:
    """The styles in which these numbers come out as they are."""
    types = set(map(type, numbers))
    if types == {int}:
        return ("int", "whole")
    if types == {float}:
        return ("float",) if any(map(float.is_integer, numbers)) else ("int", "float")
    if types == {int, float} and not any(type(n) is float and n.is_integer() for n in numbers):
        return ("int",)
    return ()


def style(notes: Notes, key: str, default: Style) -> Style:
    """In which style the numbers of a key are to be written."""
    found = mapping(notes.get("styles")).get(key)
    return found if found in ("whole", "int", "float") else default


def omitted(notes: Notes, key: str) -> bool:
    """Whether the source is known and did without a key."""
    keys = notes.get("keys")
    return isinstance(keys, list) and key not in keys


def restore(written: Entry, notes: Notes, unchanged: Callable[[str, Any], bool]) -> Entry:
    """The entry with verbatim values where ``unchanged(key, value)`` says so, in the source's order."""
    for key, value in mapping(notes.get("verbatim")).items():
        if unchanged(key, value):
            written[key] = value
    return ordered(written, notes)


def ordered(written: Entry, notes: Notes) -> Entry:
    """The entry with the source's keys first, in their order."""
    keys = notes.get("keys")
    if not isinstance(keys, list):
        return written
    first = {key: written[key] for key in keys if key in written}
    return {**first, **written}
