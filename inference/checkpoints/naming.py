"""Categories of checkpoints: what they are called, and which of DeepFashion2's they most likely are."""

from __future__ import annotations

from collections.abc import Iterable

from resources.clothes_map import counterpart
from store.runs.manifest import ModelCategory

#: Ids of categories that are none of DeepFashion2's thirteen begin after this; no store has such.
FOREIGN = 9000


def foreign(names: Iterable[str]) -> tuple[ModelCategory, ...]:
    """Categories by their names, in order: with the id from 1 to 13 of what they most likely are, else one
    after 9000 by their place. What they become in a store can be chosen there."""
    return tuple(
        ModelCategory(counterpart(name) or FOREIGN + place, name) for place, name in enumerate(names, 1)
    )


def numbered(count: int) -> tuple[str, ...]:
    """Names where nobody knows them."""
    return tuple(f"category {number}" for number in range(1, count + 1))
