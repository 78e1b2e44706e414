"""Which landmarks of two schemas mean the same place of a garment.

DeepFashion labels four, six or eight landmarks on every garment (FORMATS: DeepFashion 0.1), DeepFashion2
eight to thirty-nine of each category's own. A collar of DeepFashion is where the neckline meets the
shoulder, a sleeve the outer end of the cuff, a hem the outer end of the lower edge. Garments without sleeves
have an armhole where DeepFashion labels a sleeve; those are two places, so nothing corresponds.
"""

from __future__ import annotations

from functools import cache

from resources.schemas import Schema
from resources.taxonomy import categories, clothes_types

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
def pairs(one: Schema, other: Schema) -> tuple[tuple[int, int], ...]:
    """Pairs of indices ``(in one, in other)`` of the landmarks that mean the same, by the first index.

    Between two categories those of the same name; where one of both is a clothes type, by way of the eight.
    Each landmark is in one pair at most, and ``pairs(b, a)`` are those of ``pairs(a, b)`` turned round.
    """
    if one.names == other.names:
        return tuple((index, index) for index in range(one.size))
    types = {kind.schema.names for kind in clothes_types()}
    if one.names in types or other.names in types:
        both = zip(to_fashion8(one), to_fashion8(other), strict=True)
        return tuple(sorted((a, b) for a, b in both if a >= 0 and b >= 0))
    places = {name: index for index, name in enumerate(other.names)}
    return tuple((index, places[name]) for index, name in enumerate(one.names) if name in places)


@cache
def sigmas(schema: Schema) -> tuple[float, ...]:
    """The OKS constant of each landmark of a schema.

    DeepFashion publishes none: a landmark of its clothes types has the mean of those of DeepFashion2 that
    mean the same, and any other the mean of all 294.
    """
    if schema.sigmas:
        return schema.sigmas
    everything = [sigma for category in categories() for sigma in category.schema.sigmas]
    usual = sum(everything) / len(everything)
    alike: dict[int, list[float]] = {}
    if schema.names in {kind.schema.names for kind in clothes_types()}:
        for category in categories():
            for own, theirs in pairs(schema, category.schema):
                alike.setdefault(own, []).append(category.schema.sigmas[theirs])
    return tuple(
        sum(alike[index]) / len(alike[index]) if index in alike else usual for index in range(schema.size)
    )


@cache
def schema_of(category: Schema, landmarks: int) -> Schema | None:
    """The schema that a garment's landmarks follow: its category's, or a clothes type's of that size.

    DeepFashion's garments have six, four or eight landmarks by clothes type whatever their category says.
    None where no schema has that many.
    """
    known = (category, *(kind.schema for kind in clothes_types()))
    return next((schema for schema in known if landmarks and schema.size == landmarks), None)
