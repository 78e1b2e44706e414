"""Where a query and a result say the same of themselves, and where not."""

from __future__ import annotations

from dataclasses import dataclass

from resources.taxonomy import LEVELS
from store.records import Garment
from widgets.pages.retrieval.records import Hit, Query

#: At most so many attributes are listed; those that differ come first.
_MOST = 6


@dataclass(frozen=True, slots=True)
class Agreement:
    """One thing that is compared; ``words`` are what both say, or "this / that"."""

    name: str
    words: str
    same: bool


def agreement(query: Query, hit: Hit) -> tuple[Agreement, ...]:
    """Category, viewpoint and the attributes that both speak of; empty where the result's garment is gone."""
    other = hit.garment
    if other is None:
        return ()
    garment = query.garment
    found = [_compared("category", query.row.category, hit.category)]
    view, seen = (
        LEVELS["viewpoint"].get(garment.viewpoint or 0),
        LEVELS["viewpoint"].get(other.viewpoint or 0),
    )
    if view and seen:
        found.append(_compared("viewpoint", view, seen))
    return (*found, *_attributes(garment, other))


def _attributes(garment: Garment, other: Garment) -> list[Agreement]:
    """The attributes that one of them has and the other speaks of; those that differ first."""
    both = [
        Agreement(
            name, "yes" if mine > 0 < theirs else "yes / no" if mine > 0 else "no / yes", mine == theirs
        )
        for name, mine in sorted(garment.attributes.items())
        if mine and (theirs := other.attributes.get(name, 0)) and max(mine, theirs) > 0
    ]
    return sorted(both, key=lambda one: one.same)[:_MOST]


def _compared(name: str, mine: str, theirs: str) -> Agreement:
    same = mine == theirs
    return Agreement(name, mine if same else f"{mine} / {theirs}", same)
