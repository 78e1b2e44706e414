"""Which landmark of a category is which of FashionNet's eight, where both mean the same.

DeepFashion labels eight landmarks on every garment (FORMATS: DeepFashion 0.1), DeepFashion2 eight to
thirty-nine of each category's own. A collar of DeepFashion is where the neckline meets the shoulder, a sleeve
the outer end of the cuff, a hem the outer end of the lower edge. Garments without sleeves have an armhole
where DeepFashion labels a sleeve; those are two places, so nothing corresponds.
"""

from __future__ import annotations

from functools import cache

from resources.schemas import Schema
from resources.taxonomy import clothes_types

#: What one of the eight may be called in a category's own schema, the first that is there.
_OWN_NAMES: dict[str, tuple[str, ...]] = {
    "collar": ("neck",),
    "sleeve": ("cuff, outer",),
    "waistline": ("waist",),
    "hem": ("hem", "leg hem, outer"),
}


def fashion8() -> Schema:
    """FashionNet's eight: collar, sleeve, waistline, hem, the left of each before the right."""
    return clothes_types()[2].schema


@cache
def to_fashion8(schema: Schema) -> tuple[int, ...]:
    """For each of the eight the index of the landmark of ``schema`` that means the same; -1: none does."""
    places = {name: index for index, name in enumerate(schema.names)}
    found = []
    for name in fashion8().names:
        side, part = name.split(" ", 1)
        own = (f"{side} {word}" for word in (part, *_OWN_NAMES[part]))
        found.append(next((places[word] for word in own if word in places), -1))
    return tuple(found)


@cache
def schema_of(category: Schema, landmarks: int) -> Schema | None:
    """The schema that a garment's landmarks follow: its category's, or a clothes type's of that size.

    DeepFashion's garments have six, four or eight landmarks by clothes type whatever their category says.
    None where no schema has that many.
    """
    known = (category, *(kind.schema for kind in clothes_types()))
    return next((schema for schema in known if landmarks and schema.size == landmarks), None)
