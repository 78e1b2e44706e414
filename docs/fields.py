"""Writes the table of fields into the page on filters: ``python docs/fields.py``."""

from __future__ import annotations

from pathlib import Path

from store.filters import FIELDS, UNKNOWN, Field, Kind

PAGE = Path(__file__).with_name("filters.md")
_START, _END = "<!-- fields: written by docs/fields.py -->", "<!-- end of fields -->"


def table() -> str:
    """The fields as a Markdown table, in the order in which the program offers them."""
    return "\n".join(
        ("| field | of | what it is | values |", "|---|---|---|---|", *map(_row, FIELDS.values()))
    )


def _row(field: Field) -> str:
    return f"| `{field.name}` | {'garment' if field.garment else 'image'} | {field.help} | {_values(field)} |"


def _values(field: Field) -> str:
    if field.kind is Kind.CATEGORY:
        return "names of categories"
    if field.kind is Kind.NUMBER:
        return "a whole number"
    if field.kind is Kind.DATE:
        return f"a date, such as `2026-01-31`; {', '.join(_code(word) for word in field.words)}"
    if field.kind is Kind.SEVERAL:
        return "any text; there may be several"
    words = ", ".join(_code(word) for word in field.words if word != UNKNOWN)
    if field.kind is Kind.TEXT:
        return f"any text, such as {words}" if words else "any text"
    return words


def _code(word: str) -> str:
    return f'`"{word}"`' if " " in word else f"`{word}`"


def page(text: str) -> str:
    """The page with the table as it should be. ValueError where its place is not marked."""
    before, rest = text.split(_START)
    _old, after = rest.split(_END)
    return f"{before}{_START}\n\n{table()}\n\n{_END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
