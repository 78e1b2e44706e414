"""Writes the settings of training runs into their page: ``python docs/configuration.py``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resources.presets import presets
from store.runs.config import RunConfig
from store.runs.configuring import read_config
from store.runs.form import FormField, FormSection, fields, flat, sections

PAGE = Path(__file__).with_name("configuration.md")
_START = "<!-- {}: written by docs/configuration.py -->"
_END = "<!-- end of {} -->"


def settings() -> str:
    """Every setting in a Markdown table a section, in the order of the New run dialog."""
    return "\n\n".join(map(_section, sections()))


def ready() -> str:
    """What each ready configuration sets otherwise than the defaults: one column a configuration."""
    defaults = flat(RunConfig().model_dump())
    found = {name: flat(read_config(file).model_dump()) for name, file in presets().items()}
    head = "| " + " | ".join(("setting", *(f"`{name}`" for name in found))) + " |"
    rows = [
        _ready_row(field, found)
        for field in fields()
        if field.name != "name" and any(one[field.name] != defaults[field.name] for one in found.values())
    ]
    return "\n".join((head, "|---" * (len(found) + 1) + "|", *rows))


def _ready_row(field: FormField, found: Mapping[str, Mapping[str, Any]]) -> str:
    cells = [
        _value(one[field.name]) if field.fits(one["model.architecture"]) else "" for one in found.values()
    ]
    return "| " + " | ".join((f"`{field.name}`", *cells)) + " |"


def _section(section: FormSection) -> str:
    head = ("| setting | default | values | what it does |", "|---|---|---|---|")
    return "\n".join((f"### {section.title}", "", section.description, "", *head, *map(_row, section.fields)))


def _row(field: FormField) -> str:
    only = f" *Only {', '.join(field.architectures)}.*" if field.architectures else ""
    cells = (f"`{field.name}`", _value(field.default), _values(field), f"{field.description}{only}")
    return "| " + " | ".join(cells) + " |"


def _values(field: FormField) -> str:
    if field.kind == "choice":
        return ", ".join(f"`{one}`" for one in field.choices)
    if field.kind == "switch":
        return "`true`, `false`"
    if field.kind == "text":
        return "text" if field.maximum is None else f"text, at most {field.maximum:g} characters"
    kind = "a whole number" if field.kind == "whole" else "a number"
    low, high = field.minimum, field.maximum
    limits = []
    if low is not None:
        limits.append(f"{'above' if field.above else 'from'} {_number(low)}")
    if high is not None:
        limits.append(f"{'below' if field.below else 'to'} {_number(high)}")
    return " ".join((kind, *limits))


def _value(value: object) -> str:
    if value == "":
        return "empty"
    text = (
        str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value
    )
    return f"`{text}`"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() else f"{value:g}"


def page(text: str) -> str:
    """The page with both tables as they should be. ValueError where a place is not marked."""
    for name, table in (("settings", settings()), ("ready", ready())):
        start, end = _START.format(name), _END.format(name)
        before, rest = text.split(start)
        _old, after = rest.split(end)
        text = f"{before}{start}\n\n{table}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
