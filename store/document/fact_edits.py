"""Edits of facts that are more than one value: levels in turn, attributes, what geometry suggests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from resources.taxonomy import LEVELS, ClothesCategory
from store.document.edits import Edit, set_facts
from store.document.fact_hints import Hint
from store.records import Garment

#: What facts with levels are called.
LEVEL_WORDS: Mapping[str, str] = {
    "scale": "scale",
    "occlusion": "occlusion",
    "zoom_in": "zoom-in",
    "viewpoint": "viewpoint",
}
#: Words for the three values of an attribute.
VALUE_WORDS: Mapping[int, str] = {1: "yes", -1: "no", 0: "unknown"}


def next_level(garment: Garment, fact: str) -> Edit:
    """The next level of a fact, the first one behind the last. KeyError for a fact without levels."""
    levels = sorted(LEVELS[fact])
    now = getattr(garment, fact)
    level = levels[(levels.index(now) + 1) % len(levels)] if now in levels else levels[0]
    edit = set_facts(garment, **{fact: level})
    return replace(edit, title=f"Set {LEVEL_WORDS[fact]} to {LEVELS[fact][level]}")


def set_attribute(garment: Garment, name: str, value: int) -> Edit:
    """Says 1 (yes), -1 (no) or 0 (unknown) of one attribute. ValueError for another value.

    Of an unknown attribute nothing is kept, unless the garment says so of others: the lists of some
    benchmarks have a value for each.
    """
    if value not in VALUE_WORDS:
        raise ValueError(f"an attribute is 1, -1 or 0, not {value!r}")
    said = dict(garment.attributes)
    explicit = 0 in (other for key, other in said.items() if key != name) or said.get(name) == 0
    if value or explicit:
        said[name] = value
    else:
        said.pop(name, None)
    edit = set_facts(garment, attributes=said)
    return replace(edit, title=f"Say {VALUE_WORDS[value]} to {name}")


def set_clothes(garment: Garment, category: ClothesCategory | None) -> Edit:
    """Sets which of DeepFashion's 50 categories a garment is, and the clothes type that goes with it."""
    if category is None:
        return set_facts(garment, clothes_category=None)
    edit = set_facts(garment, clothes_category=category.id, clothes_type=category.type)
    return replace(edit, title=f"Set the DeepFashion category to {category.name}")


def take_hints(garment: Garment, found: Iterable[Hint]) -> Edit:
    """Sets what geometry suggests. ValueError where it suggests nothing."""
    levels = {hint.fact: hint.level for hint in found}
    if not levels:
        raise ValueError("there is no hint to take")
    edit = set_facts(garment, **levels)
    words = ", ".join(f"{LEVEL_WORDS[fact]} {LEVELS[fact][level]}" for fact, level in levels.items())
    return replace(edit, title=f"Take from geometry: {words}")
