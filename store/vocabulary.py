"""The names of attributes that a store knows, with their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from resources.taxonomy import fine_attributes

if TYPE_CHECKING:
    from store.db import Store

#: DeepFashion's types of attributes, by their numbers in ``list_attr_cloth.txt``.
TYPES = {1: "texture", 2: "fabric", 3: "shape", 4: "part", 5: "style"}
#: The type of names that no list gives one.
OTHER = "others"


def attributes_of(store: Store) -> tuple[tuple[str, str], ...]:
    """``(type, name)`` of every attribute: those that the lists of the datasets name, the 26 fine ones, and
    whatever else garments have. Types together, names within a type in the order of the lists. StoreError
    where the store cannot be read."""
    listed: dict[str, str] = {}
    for dataset in store.datasets.all():
        for name, group in _listed(dataset.extra):
            listed.setdefault(name, group)
    for group, name in fine_attributes():
        listed.setdefault(name, group)
    for name in store.statistics.attributes():
        listed.setdefault(name, OTHER)
    groups = dict.fromkeys(listed.values())
    order = sorted(groups, key=lambda group: group == OTHER)
    return tuple((group, name) for group in order for name, its in listed.items() if its == group)


def _listed(extra: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and types in what a reader kept of its list of attributes; of another form nothing is read."""
    for notes in extra.values():
        names = notes.get("names") if isinstance(notes, Mapping) else None
        rows = names.get("attr_cloth") if isinstance(names, Mapping) else names
        yield from _rows(rows if isinstance(rows, list) else ())


def _rows(rows: Iterable[Any]) -> Iterator[tuple[str, str]]:
    fine = {name: group for group, name in fine_attributes()}
    for row in rows:
        fields = row.split() if isinstance(row, str) else []
        typed = len(fields) > 1 and fields[-1].isdecimal()
        name = " ".join(fields[:-1] if typed else fields)
        if name:
            number = int(fields[-1]) if typed else 0
            yield name, fine.get(name) or TYPES.get(number, OTHER)
