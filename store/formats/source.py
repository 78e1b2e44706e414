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

_STYLES: tuple[Style, ...] = ("int", "float")


def keep(
    encode: Encode, source: Entry, known: frozenset[str], numeric: frozenset[str], notes: Notes
) -> Entry:
    """The notes to keep, ``notes`` being those that decoding made.

    ``encode`` makes an entry of the decoded record under given notes, without :func:`restore`.
    ``numeric`` are the keys with lists of numbers.
    """
    kept: Entry = {**notes}
    unknown = {key: value for key, value in source.items() if key not in known}
    if unknown:
        kept["unknown"] = unknown
    written = encode(kept)
    if text(written) == text(source):
        return kept
    # With its keys known, encode adds none that the source did not have.
    kept["keys"] = list(source)
    written = encode(kept)
    styles: Entry = {}
    verbatim: Entry = {}
    for key, value in source.items():
        if key in unknown or (key in written and text(written[key]) == text(value)):
            continue
        style = _style(encode, kept, key, value) if key in numeric and key in written else None
        if style:
            styles[key] = style
        else:
            verbatim[key] = value
    if styles:
        kept["styles"] = styles
    if verbatim:
        kept["verbatim"] = verbatim
    without = {key: value for key, value in kept.items() if key != "keys"}
    return without if list(encode(without)) == list(source) else kept


def _style(encode: Encode, notes: Notes, key: str, value: Any) -> Style | None:
    for style in _STYLES:
        if text(encode({**notes, "styles": {key: style}}).get(key)) == text(value):
            return style
    return None


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
